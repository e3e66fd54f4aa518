"""status.io: its incidents, by version 2 of its API. It answers 200 with an error in the body, too."""

from collections.abc import Collection, Mapping
from typing import Any

from bot.clock import Clock
from bot.config.statuspage import STATUS_IO, PageSettings
from bot.domain.incidents.public_posts import PublicState, worst
from bot.domain.incidents.publicity import PublicStatus
from bot.integrations.destination import Destination
from bot.integrations.statuspages.notice import Wanted
from bot.jobs import DeliveryFailed

STATUS: Mapping[PublicStatus, int] = {
    PublicStatus.OPERATIONAL: 100,
    PublicStatus.DEGRADED: 300,
    PublicStatus.PARTIAL: 400,
    PublicStatus.DISRUPTION: 500,
    PublicStatus.SECURITY: 600,
}
STATE: Mapping[PublicState, int] = {
    PublicState.INVESTIGATING: 100,
    PublicState.IDENTIFIED: 200,
    PublicState.MONITORING: 300,
    PublicState.RESOLVED: 300,
}
"""What is over is resolved by a call of its own; until then it is being monitored."""
WAYS = ("email", "sms", "webhook")
NEVER = ("social", "irc", "msteams", "slack")


class StatusIo:
    """The incidents of one page."""

    name = STATUS_IO
    ends_at_once = False

    def __init__(self, settings: PageSettings, clock: Clock) -> None:
        headers = {"x-api-id": settings.keys[0], "x-api-key": settings.keys[1]}
        self._api = Destination(STATUS_IO, settings.url, headers, clock)
        self._page = settings.page
        self._flags = {f"notify_{one}": "1" if settings.notify else "0" for one in WAYS}

    async def create(self, wanted: Wanted) -> str:
        said = {"incident_name": wanted.title, "message_subject": wanted.title, **self._affected(wanted)}
        found = await self._call("POST", "incident/create", self._said(wanted) | said)
        if not isinstance(found, str) or not found:
            raise DeliveryFailed(f"{STATUS_IO} answered what is no incident", uncertain=True)
        return found

    async def update(self, remote: str, wanted: Wanted) -> None:
        await self._call("POST", "incident/update", self._said(wanted) | {"incident_id": remote})

    async def resolve(self, remote: str, wanted: Wanted) -> None:
        await self._call("POST", "incident/resolve", self._said(wanted) | {"incident_id": remote})

    async def find(self, wanted: Wanted, known: Collection[str]) -> str | None:
        for one in await self._listed("active_incidents"):
            first = _messages(one)[:1] + _messages(one)[-1:]
            same = one.get("name") == wanted.title and wanted.text in [each.get("details") for each in first]
            if same and str(one.get("_id")) not in known:
                return str(one["_id"])
        return None

    async def says(self, remote: str, wanted: Wanted) -> bool:
        listed = await self._listed("resolved_incidents" if wanted.resolved else "active_incidents")
        there = next((one for one in listed if str(one.get("_id")) == remote), {})
        said = [(one.get("details"), one.get("state")) for one in _messages(there)]
        if wanted.resolved:
            return any(text == wanted.text for text, _ in said)
        return (wanted.text, STATE[wanted.state]) in said

    async def try_out(self) -> None:
        await self._listed("active_incidents")

    async def _listed(self, which: str) -> list[dict[str, Any]]:
        found = await self._call("GET", f"incident/list/{self._page}")
        return _dicts(found.get(which)) if isinstance(found, dict) else []

    def _said(self, wanted: Wanted) -> dict[str, Any]:
        return {
            "statuspage_id": self._page,
            "incident_details": wanted.text,
            "current_status": STATUS[
                worst(wanted.components.values()) if wanted.components else wanted.status
            ],
            "current_state": STATE[wanted.state],
            **self._flags,
            **dict.fromkeys(NEVER, "0"),
        }

    def _affected(self, wanted: Wanted) -> dict[str, Any]:
        affected = [*wanted.components]
        return {"infrastructure_affected": affected, "all_infrastructure_affected": "0" if affected else "1"}

    async def _call(self, method: str, path: str, said: Mapping[str, Any] | None = None) -> Any:
        _, found = await self._api.call(method, path, said=said)
        status = found.get("status") if isinstance(found, dict) else None
        if not isinstance(status, dict):
            raise DeliveryFailed(f"{STATUS_IO} answered what cannot be read", uncertain=method != "GET")
        if status.get("error") == "yes":
            raise DeliveryFailed(
                f"{STATUS_IO} refused it ({str(status.get('message'))[:200]})", permanent=True
            )
        return found.get("result")


def _messages(incident: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _dicts(incident.get("messages"))


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
