"""Opsgenie: pages by its alert API, which tells by address who acknowledged them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.clock import Clock
from bot.config.pagers import PagerSettings
from bot.domain.incidents.incident import Severity
from bot.domain.paging.pagers import PagerState, Touch
from bot.intake.pagers import opsgenie_touch, text_in
from bot.integrations.destination import Destination, Gone
from bot.views.paging.pager import Raised

LONGEST_MESSAGE = 130
_PRIORITIES: Mapping[Severity, str] = {
    Severity.S1: "P1",
    Severity.S2: "P2",
    Severity.S3: "P3",
    Severity.S4: "P4",
}
_ACTIONS: Mapping[PagerState, str] = {
    PagerState.ACKNOWLEDGED: "acknowledge",
    PagerState.RESOLVED: "close",
}


class Opsgenie:
    """An alert is known by its alias, and each team has a key of its own."""

    name = "Opsgenie"

    def __init__(self, settings: PagerSettings, clock: Clock) -> None:
        self.private, self.teams = settings.private, settings.keys.keys()
        self.asks = not settings.hooks
        self._settings = settings
        self._destination = Destination(self.name, settings.url, {}, clock)

    async def trigger(self, team: str, key: str, what: Raised) -> None:
        said = {
            "message": what.summary[:LONGEST_MESSAGE],
            "alias": key,
            "description": what.summary,
            "details": what.details,
            "source": "Muster",
            "priority": _PRIORITIES[what.severity],
        }
        await self._call("POST", "v2/alerts", team, said)

    async def change(self, team: str, key: str, state: PagerState) -> None:
        await self._call(
            "POST", f"{_alert(key)}/{_ACTIONS[state]}", team, {"source": "Muster"}, by_alias=True
        )

    async def look(self, team: str, key: str) -> Touch | None:
        try:
            found = await self._call("GET", _alert(key), team, by_alias=True)
        except Gone:  # not made yet: what is asked for is done a moment later
            return None
        alert = found.get("data") if isinstance(found, dict) else None
        if not isinstance(alert, dict) or text_in(alert, "alias") != key:
            return None
        report = alert.get("report")
        if text_in(alert, "status") == "closed":
            return opsgenie_touch(
                key, PagerState.RESOLVED, text_in(report, "closedBy") or text_in(alert, "owner")
            )
        if alert.get("acknowledged") is True:
            by = text_in(report, "acknowledgedBy") or text_in(alert, "owner")
            return opsgenie_touch(key, PagerState.ACKNOWLEDGED, by)
        return None

    async def identified(self, touch: Touch) -> Touch:
        """Return it as it is: accounts are addresses."""
        return touch

    async def try_out(self) -> None:
        for team in self.teams:
            headers = {"Authorization": f"GenieKey {self._settings.keys[team]}"}
            await self._destination.call("GET", "v2/alerts", asked={"limit": "1"}, headers=headers)

    async def _call(
        self, method: str, path: str, team: str, said: Any = None, *, by_alias: bool = False
    ) -> Any:
        asked = {"identifierType": "alias"} if by_alias else None
        headers = {"Authorization": f"GenieKey {self._settings.keys[team]}"}
        _, found = await self._destination.call(method, path, said=said, asked=asked, headers=headers)
        return found


def _alert(key: str) -> str:
    return f"v2/alerts/{quote(key, safe='')}"
