"""Who is on call in somebody's own calendar program: a button of `/inc oncall` says where it is read."""

from aiohttp import web

from bot.domain.errors import Refused
from bot.domain.paging.pages import Page
from bot.operations.oncall.calendars import calendar, number_of, renew
from bot.unit_of_work import UnitOfWork
from bot.views.oncall import calendar as view_of
from bot.web.links import CALENDAR_PATH, Links
from handlers.pressed import pressed
from handlers.request import Feature, Listener, Request, answer
from storage import pages
from storage.database import DatabaseBusy, Outdated

MOST_PAGES = 10
"""So many of somebody's unanswered pages are linked to at once."""
HEADERS = {
    "Cache-Control": "private, max-age=300",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


@pressed
async def addresses(request: Request) -> None:
    """Say at which addresses a calendar program reads the shifts."""
    number = await request.uow.read(number_of, request.user)
    await answer(request.respond, view_of.addresses(*_addresses(request, number)))


async def own_links(request: Request) -> None:
    """Say at which addresses somebody answers and reads without signing in: those that are theirs alone."""
    number = await request.uow.read(number_of, request.user)
    own, schedules = _addresses(request, number)
    waiting = await request.uow.read(pages.pending_for, request.user)
    links = [(_of(one), request.links.to_acknowledge(one.id, request.user)) for one in waiting[:MOST_PAGES]]
    shown = [(of, link) for of, link in links if link]
    await request.answer(view_of.addresses(own, schedules, pages=shown))


def _of(page: Page) -> str:
    return f"of INC-{page.incident}" if page.incident else f"for {page.level_team}"


@pressed
async def renewed(request: Request) -> None:
    """Make new addresses; the earlier ones show nothing any more."""
    number = await request.uow.perform(renew, by=request.user)
    await answer(request.respond, view_of.addresses(*_addresses(request, number), renewed=True))


def _addresses(request: Request, number: int) -> tuple[str, dict[str, str]]:
    own = request.links.to_calendar(number, request.user)
    if own is None:
        raise Refused("Muster has no public address, so no program reaches it. Ask its operator to set one.")
    names = request.uow.process.schedules
    return own, {name: str(request.links.to_calendar(number, request.user, name)) for name in names}


class Calendars:
    """Serves the calendars, beside whatever else the bot's server has."""

    def __init__(self, uow: UnitOfWork, links: Links) -> None:
        self._uow = uow
        self._links = links

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve, for the bot's server."""
        return [web.get(f"{CALENDAR_PATH}{{token}}.ics", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """Answer with the calendar of an address that is still good."""
        named = self._links.calendar(request.match_info["token"])
        try:
            found = await self._uow.read(calendar, *named) if named else None
        except Refused:  # whoever had the address has left
            found = None
        except (DatabaseBusy, Outdated):
            return web.Response(status=503, headers={"Retry-After": "60"}, text="Try again in a minute.")
        if not found:
            return web.Response(status=404, text="This calendar is not there any more.")
        people = {who: (one.name, one.email) for who, one in found.people.items()}
        text = view_of.file(found.name, found.shifts, people)
        return web.Response(text=text, content_type="text/calendar", charset="utf-8", headers=HEADERS)


FEATURE = Feature(
    listeners=(
        Listener("action", view_of.ADDRESSES, addresses),
        Listener("action", view_of.RENEW, renewed),
    )
)
