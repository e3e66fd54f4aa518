"""Atlassian Statuspage: its incidents, by the REST API."""

from collections.abc import Collection, Mapping
from typing import Any

from bot.clock import Clock
from bot.config.statuspage import ATLASSIAN, PageSettings
from bot.domain.incidents.public_posts import PublicState
from bot.domain.incidents.publicity import PublicStatus
from bot.integrations.destination import Destination
from bot.integrations.statuspages.notice import Wanted
from bot.jobs import DeliveryFailed

COMPONENT: Mapping[PublicStatus, str] = {
    PublicStatus.OPERATIONAL: "operational",
    PublicStatus.DEGRADED: "degraded_performance",
    PublicStatus.PARTIAL: "partial_outage",
    PublicStatus.DISRUPTION: "major_outage",
    PublicStatus.SECURITY: "major_outage",
}
STATE: Mapping[PublicState, str] = {one: one.value.lower() for one in PublicState}
RECENT = 100


class Statuspage:
    """The incidents of one page."""

    name = ATLASSIAN
    ends_at_once = True

    def __init__(self, settings: PageSettings, clock: Clock) -> None:
        headers = {"Authorization": f"OAuth {settings.keys[0]}"}
        self._api = Destination(ATLASSIAN, settings.url, headers, clock)
        self._path = f"pages/{settings.page}/incidents"
        self._notify = settings.notify

    async def create(self, wanted: Wanted) -> str:
        said = {"name": wanted.title, "metadata": {"muster": {"id": wanted.marker}}, **self._said(wanted)}
        _, found = await self._api.call("POST", self._path, said={"incident": said})
        number = found.get("id") if isinstance(found, dict) else None
        if not isinstance(number, str):
            raise DeliveryFailed(f"{ATLASSIAN} answered what is no incident", uncertain=True)
        return number

    async def update(self, remote: str, wanted: Wanted) -> None:
        said = {"incident": self._said(wanted)}
        await self._api.call("PATCH", f"{self._path}/{remote}", said=said)

    async def resolve(self, remote: str, wanted: Wanted) -> None:
        await self.update(remote, wanted)

    async def find(self, wanted: Wanted, known: Collection[str]) -> str | None:
        _, found = await self._api.call("GET", self._path, asked={"limit": RECENT})
        ours = (one for one in _dicts(found) if _marker(one) == wanted.marker)
        return next((str(one["id"]) for one in ours if str(one.get("id")) not in known), None)

    async def says(self, remote: str, wanted: Wanted) -> bool:
        _, found = await self._api.call("GET", f"{self._path}/{remote}")
        told = _dicts(found.get("incident_updates")) if isinstance(found, dict) else []
        last = told[0] if told else {}
        return (last.get("body"), last.get("status")) == (wanted.text, STATE[wanted.state])

    async def try_out(self) -> None:
        await self._api.call("GET", self._path, asked={"limit": 1})

    def _said(self, wanted: Wanted) -> dict[str, Any]:
        components = {number: COMPONENT[status] for number, status in wanted.components.items()}
        return {
            "status": STATE[wanted.state],
            "body": wanted.text,
            "component_ids": [*components],
            "components": components,
            "deliver_notifications": self._notify,
        }


def _marker(incident: Mapping[str, Any]) -> Any:
    metadata = incident.get("metadata")
    ours = metadata.get("muster") if isinstance(metadata, dict) else None
    return ours.get("id") if isinstance(ours, dict) else None


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
