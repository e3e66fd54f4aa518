"""PagerDuty: pages by Events API v2, and who acknowledged them by its REST API."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from bot.clock import Clock
from bot.config.pagers import PagerSettings
from bot.domain.incidents.incident import Severity
from bot.domain.paging.pagers import PagerState, Touch
from bot.intake.pagers import STATUSES, name_in, of_pagerduty, text_in
from bot.integrations.destination import Destination, Gone
from bot.views.paging.pager import Raised

_SEVERITIES: Mapping[Severity, str] = {
    Severity.S1: "critical",
    Severity.S2: "critical",
    Severity.S3: "error",
    Severity.S4: "warning",
}
_ACTIONS: Mapping[PagerState, str] = {
    PagerState.ACKNOWLEDGED: "acknowledge",
    PagerState.RESOLVED: "resolve",
}


class PagerDuty:
    """An alert is known by its dedup key, and the incident that it makes there has it too."""

    name = "PagerDuty"

    def __init__(self, settings: PagerSettings, clock: Clock) -> None:
        self.private, self.teams = settings.private, settings.keys.keys()
        self.asks = bool(settings.token) and not settings.hooks
        self._settings = settings
        self._events = Destination(self.name, settings.url, {}, clock)
        headers = {
            "Authorization": f"Token token={settings.token}",
            "Accept": "application/vnd.pagerduty+json;version=2",
        }
        self._api = Destination(f"{self.name}'s REST API", settings.api_url, headers, clock)

    async def trigger(self, team: str, key: str, what: Raised) -> None:
        payload = {
            "summary": what.summary,
            "source": "Muster",
            "severity": _SEVERITIES[what.severity],
            "custom_details": what.details,
        }
        await self._event(team, key, "trigger", {"payload": payload, "client": "Muster"})

    async def change(self, team: str, key: str, state: PagerState) -> None:
        await self._event(team, key, _ACTIONS[state], {})

    async def _event(self, team: str, key: str, action: str, more: Mapping[str, Any]) -> None:
        event = {"routing_key": self._settings.keys[team], "event_action": action, "dedup_key": key}
        await self._events.call("POST", "v2/enqueue", said={**event, **more})

    async def look(self, team: str, key: str) -> Touch | None:
        asked = [("incident_key", key), *(("statuses[]", one) for one in ("triggered", *STATUSES))]
        _, found = await self._api.call("GET", "incidents", asked=asked)
        for one in reversed(found.get("incidents") or [] if isinstance(found, dict) else []):
            if touch := of_pagerduty(one, _agent(one)):
                return touch if touch.key == key else None
        return None

    async def identified(self, touch: Touch) -> Touch:
        """Return it with the person: as the configuration knows the account, else by its address there."""
        if known := self._settings.people.get(touch.user):
            return replace(touch, person=known)
        if not touch.user or not self._settings.token:
            return touch
        try:
            _, found = await self._api.call("GET", f"users/{quote(touch.user, safe='')}")
        except Gone:
            return touch
        user = found.get("user") if isinstance(found, dict) else None
        return replace(touch, person=text_in(user, "email"), name=touch.name or name_in(user, "name"))

    async def try_out(self) -> None:
        if self._settings.token:
            await self._api.call("GET", "abilities")


def _agent(incident: Any) -> Any:
    """Return who acknowledged an incident last, else who changed it last."""
    given = incident.get("acknowledgements") if isinstance(incident, dict) else None
    if isinstance(given, list) and given and isinstance(given[-1], dict):
        return given[-1].get("acknowledger")
    return incident.get("last_status_change_by") if isinstance(incident, dict) else None
