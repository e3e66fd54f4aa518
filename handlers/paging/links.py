"""What people do with a link in a page: look at it, and answer by its button when Slack is away.

Whoever holds the link answers as the person whom it names. Looking never changes anything, since programs
that show a preview of a message open the links in it.
"""

import functools
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeAlias

from aiohttp import web

from bot.domain.actors import BOT
from bot.domain.errors import Lost, NotFound, Refused
from bot.domain.paging.notification_tests import MethodTest
from bot.domain.paging.pages import Page
from bot.operations.oncall.rota import zone_of
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.alarm import to_call
from bot.operations.paging.answers import cannot_take, on_my_way
from bot.operations.paging.calling import ways
from bot.operations.paging.engaged import unable
from bot.operations.paging.notification_tests import confirm_notification_test
from bot.operations.paging.why import why
from bot.unit_of_work import UnitOfWork
from bot.views.mrkdwn import mentioned
from bot.views.paging import link_page
from bot.views.paging import why as why_view
from bot.views.paging.answers import CANNOT, REASONS
from bot.views.paging.link_page import Shown, Standing
from bot.views.rehearsal import Reader
from bot.web.links import ACKNOWLEDGE_PATH, BUTTON_PATH, CONFIRM_PATH, Links
from handlers.posted import posted
from handlers.request import with_names
from storage import incidents, notification_tests, pages, people
from storage.database import DatabaseBusy, Outdated
from storage.transaction import Tx

log = logging.getLogger("muster.links")

_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]

KEEPS = timedelta(days=7)
"""How long the link of a page that is over says what became of it."""


class LinkPages:
    """Serves the pages behind links, beside whatever else the bot's server has."""

    def __init__(self, uow: UnitOfWork, links: Links) -> None:
        self._uow = uow
        self._links = links

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve, for the bot's server."""
        page, notification_test = f"{ACKNOWLEDGE_PATH}{{token}}", f"{CONFIRM_PATH}{{token}}"
        return [
            web.get(page, _answers_anyway(self.show)),
            web.post(page, _answers_anyway(self.answer)),
            web.get(notification_test, _answers_anyway(self.show_notification_test)),
            web.post(notification_test, _answers_anyway(self.confirm)),
            web.post(f"{BUTTON_PATH}{{token}}", _answers_anyway(self.press)),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Show how the page stands. It changes nothing."""
        found = await self._standing(request)
        return _response(link_page.standing(found)) if found else _response(link_page.unusable(), 404)

    async def answer(self, request: web.Request) -> web.Response:
        """Acknowledge the page, or take the one that it has become; then show how it stands."""
        found = await self._standing(request)
        if not found:
            return _response(link_page.unusable(), 404)
        act = await _act(request) or ""
        taking = act == link_page.TAKE
        if taking or act == link_page.ACKNOWLEDGE:
            page = found.now if taking else found.page
            await self._acknowledge(page.id, found.person, taking=taking)
        elif length := link_page.ON_MY_WAY.get(act):
            await self._otherwise(on_my_way, found, length)
        elif act == CANNOT and (reason := await _field(request, "reason")) in REASONS:
            now = await self._otherwise(cannot_take, found, reason)
            if now and now.id == found.page.id:
                return _response(link_page.stays_open(found))
        return _again(request)

    async def press(self, request: web.Request) -> web.Response:
        """Acknowledge for a button on a phone's lock screen, which shows whether that was a success."""
        named = self._links.button(request.match_info["token"])
        if not named:
            return web.Response(status=404, text="This button does not work.")
        try:
            page = await self._uow.perform(acknowledge, named[0], by=named[1])
        except Refused as refused:
            found = await self._uow.read(_standing, *named)
            if not found or found.page.answered_by != named[1]:  # else it was pressed twice
                return web.Response(status=409, text=await with_names(str(refused), self._uow))
        else:
            log.info("page answered by a button", extra={"page": page.id, "incident": page.incident})
        return web.Response(text="Acknowledged.")

    async def show_notification_test(self, request: web.Request) -> web.Response:
        """Show whether a test was confirmed. It changes nothing."""
        found = await self._way(request)
        return (
            _response(link_page.notification_test(*found)) if found else _response(link_page.unusable(), 404)
        )

    async def confirm(self, request: web.Request) -> web.Response:
        """Note that a test arrived."""
        named = self._links.notification_test_and_contact_method(request.match_info["token"])
        if not named or not await self._way(request):
            return _response(link_page.unusable(), 404)
        if await _act(request) == link_page.CONFIRM:
            notification_test = await self._uow.read(notification_tests.get, named[0])
            await self._uow.perform(confirm_notification_test, *named, by=notification_test.person)
        return _again(request)

    async def _acknowledge(self, page_id: int, person: str, *, taking: bool) -> None:
        try:
            page = await self._uow.perform(acknowledge, page_id, by=person, taking=taking)
        except Refused:
            return  # answered or moved on meanwhile; the page says so
        log.info("page answered by its link", extra={"page": page.id, "incident": page.incident})

    async def _otherwise(self, answer: Callable[..., Page], found: Standing, how: object) -> Page | None:
        """Give an answer that is no acknowledgement."""
        try:
            return await self._uow.perform(answer, found.page.id, how, by=found.person)
        except Refused:
            return None  # it cannot be given any more; the page says what can

    async def _standing(self, request: web.Request) -> Standing | None:
        names = self._links.page_and_person(request.match_info["token"])
        return await self._uow.read(_standing, *names) if names else None

    async def _way(self, request: web.Request) -> tuple[MethodTest, str | None] | None:
        named = self._links.notification_test_and_contact_method(request.match_info["token"])
        return await self._uow.read(_way, *named) if named else None


def _answers_anyway(handler: _Handler) -> _Handler:
    """Say what to do instead while the database cannot be used: whoever comes may have been woken."""

    @functools.wraps(handler)
    async def guarded(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except Lost:
            return _response(link_page.lost(), 404)
        except (DatabaseBusy, Outdated) as why:
            log.error("a link could not be answered", extra={"reason": str(why)})
            return _response(link_page.away(await _act(request)), 503)

    return guarded


def _way(tx: Tx, notification_test_id: int, contact_method: str) -> tuple[MethodTest, str | None] | None:
    """Return a contact method of a test, with its person's time zone."""
    try:
        notification_test = notification_tests.get(tx, notification_test_id)
    except NotFound:
        return None
    way, who = notification_test.way(contact_method), people.get(tx, notification_test.person)
    return (way, who.tz if who else None) if way else None


def _standing(tx: Tx, page_id: int, person: str) -> Standing | None:
    """Return how a page stands, or None for one that is long over or unknown, or for somebody who left."""
    try:
        page = pages.visible(tx, page_id, person)
    except Lost:
        raise
    except NotFound:
        return None
    now = pages.latest(tx, page)
    if not now.pending and tx.now - now.raised_at > KEEPS:
        return None
    who = people.get(tx, person)
    if who and not who.active:
        return None
    incident = incidents.visible(tx, page.incident, BOT) if page.incident else None  # the page was visible
    can, said = ways(tx, page, incident), unable(tx, page.incident).get(person) if page.incident else None
    holder = can.after.holder if can.after else None
    named = {one for one in (now.responder, now.answered_by, page.answered_by, holder) if one}
    names = people.names(tx, named)
    zone, team = (who.tz, who.team) if who else (None, "")
    return Standing(
        page,
        now,
        incident,
        person,
        names,
        zone,
        _colleagues(tx, now, person),
        team,
        _why(tx, page, person),
        can,
        bool(said and said.data["page"] == page.id),
    )


def _why(tx: Tx, page: Page, person: str) -> tuple[str, ...]:
    """Return why the page called this person, as plain text on their clocks."""
    zone = zone_of(tx, person)
    try:
        lines = why_view.lines(why(tx, page.id, by=person), person)
    except (LookupError, ValueError, TypeError, AttributeError):
        # The page can be answered without its story, and must be.
        log.exception("why a page called somebody could not be told", extra={"page": page.id})
        return ()
    reader = Reader(people.names(tx, set().union(*map(mentioned, lines))), {}, zone)
    return (*map(reader.plain, lines), f"Times are in {zone}.")


def _colleagues(tx: Tx, page: Page, person: str) -> tuple[tuple[str, str], ...]:
    """Return the others on the page's path, with the numbers at which they can be called."""
    others = [one for one in to_call(tx, page) if one["phone"] and one["person"] != person]
    names = people.names(tx, [one["person"] for one in others if one["person"]])
    return tuple((names.get(one["person"], one["name"]), one["phone"]) for one in others)


def _response(shown: Shown, status: int = 200) -> web.Response:
    return web.Response(
        text=link_page.drawn(shown), content_type="text/html", status=status, headers=link_page.HEADERS
    )


async def _act(request: web.Request) -> str | None:
    """Return which button was pressed, if any."""
    if request.method != "POST" or request.content_type != "application/x-www-form-urlencoded":
        return None
    return await _field(request, "act")


async def _field(request: web.Request, name: str) -> str:
    return (await posted(request)).get(name, [""])[0]


def _again(request: web.Request) -> web.Response:
    """Send the browser to the same page, by a name that is right behind a proxy: reloading posts nothing."""
    there = {"Location": request.match_info["token"]}
    return web.Response(status=303, headers=link_page.HEADERS | there)
