"""The on-call pages: now and next for each team, and the calendar of a schedule."""

from datetime import UTC, date, timedelta, tzinfo

from aiohttp import web

from bot.domain.errors import NotFound
from bot.domain.oncall.days import days, midnight, stretches
from bot.domain.oncall.findings import STALE
from bot.domain.rights import Right
from bot.operations.paging.notify import contact_of
from bot.operations.rights import allow, on_paths
from bot.views.browser import oncall as view_of
from bot.views.browser.oncall import DAYS, Sheet, Standing
from bot.views.browser.rendering import Viewer
from bot.views.browser.rich import Reader
from handlers.browser.site import Site
from handlers.oncall.typed import names
from storage import calendars, people, schedules
from storage.transaction import Tx

HERE = "/on-call"
FAR = timedelta(days=366)
"""How far a calendar can be turned, to either side."""


class OnCallPages:
    """Shows who is on call to whoever may page people."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [
            self._site.get(HERE, self.show),
            self._site.get(f"{HERE}/schedules/{{schedule}}", self.show_calendar),
        ]

    async def show(self, _: web.Request, viewer: Viewer) -> web.Response:
        found, known = await self._site.uow.read(_standing, viewer.person)
        teams = view_of.tiles(found, Reader(viewer.zone, known))
        at = self._site.uow.clock.now()
        return self._site.render(
            "oncall.html", viewer, title="On call", here=HERE, place=HERE, teams=teams, at=at
        )

    async def show_calendar(self, request: web.Request, viewer: Viewer) -> web.Response:
        utc = request.query.get("zone") == "utc"
        zone = UTC if utc else viewer.zone
        first = _day(request.query.get("since", ""))
        named = request.match_info["schedule"]
        sheet, known = await self._site.uow.read(_sheet, viewer.person, named, first, zone)
        values = view_of.calendar(sheet, Reader(zone, known), utc=utc)
        return self._site.render("oncall_calendar.html", viewer, here=HERE, place="", **values)


def _standing(tx: Tx, viewer: str) -> tuple[Standing, dict[str, str]]:
    now = on_paths(tx, viewer)
    called = {who for them in now.values() for who in them}
    phones = {who: phone for who in called if (phone := contact_of(tx, who).phone)}
    shadows = {name: people.shadowing(tx, name) for name in tx.process.teams}
    following, stale = schedules.following(tx), calendars.stale(tx, STALE)
    found = Standing(tx.process, now, following, phones, shadows, stale)
    return found, people.names(tx, found.people)


def _sheet(tx: Tx, viewer: str, named: str, since: date | None, zone: tzinfo) -> tuple[Sheet, dict[str, str]]:
    """Return four weeks of a schedule, which may be named by its team or role. Raises NotFound."""
    allow(tx, viewer, Right.WORK)
    name = names(tx.process).get(named.lower())
    if not name:
        raise NotFound("schedule", named[:60])
    today = tx.now.astimezone(zone).date()
    first = min(max(since or today, today - FAR), today + FAR)
    first -= timedelta(days=first.weekday())
    start, end = midnight(first, zone), midnight(first + timedelta(days=DAYS), zone)
    schedule, overrides = schedules.standing(tx, end, start)[name]
    found = list(stretches(schedule, overrides, start, end))
    sheet = Sheet(
        name,
        [one.name for one in tx.process.teams.values() if one.schedule and one.schedule.name == name],
        days(found, first, DAYS, zone),
        [one for one in found if not one.people and one.end > tx.now],
        today,
        schedule.calendar is not None,
        list(people.ids(tx, schedule.managers).values()),
    )
    return sheet, people.names(tx, sheet.people)


def _day(text: str) -> date | None:
    """Return a day of an address; what is none is left out."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
