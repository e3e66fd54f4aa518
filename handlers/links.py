"""What people do with a link in a page: look at it, and answer by its button when Slack is away.

Whoever holds the link answers as the person whom it names. Looking never changes anything, since programs
that show a preview of a message open the links in it.
"""

import logging
from datetime import timedelta

from aiohttp import web

from bot.desk import Desk
from bot.domain.errors import NotFound, Refused
from bot.links import ACKNOWLEDGE_PATH, Links
from bot.operations.acknowledge import acknowledge
from bot.views import link_page
from bot.views.link_page import Shown, Standing
from storage import incidents, pages, people
from storage.transaction import Tx

log = logging.getLogger("muster.links")

KEEPS = timedelta(days=7)
"""How long the link of a page that is over says what became of it."""


class LinkPages:
    """Serves the pages behind links, beside whatever else the bot's server has."""

    def __init__(self, desk: Desk, links: Links) -> None:
        self._desk = desk
        self._links = links

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve, for the bot's server."""
        there = f"{ACKNOWLEDGE_PATH}{{token}}"
        return [web.get(there, self.show), web.post(there, self.answer)]

    async def show(self, request: web.Request) -> web.Response:
        """Show how the page stands. It changes nothing."""
        found = await self._standing(request)
        return _response(link_page.standing(found)) if found else _response(link_page.unusable(), 404)

    async def answer(self, request: web.Request) -> web.Response:
        """Acknowledge the page, or take the one that it has become; then show how it stands."""
        found = await self._standing(request)
        if not found:
            return _response(link_page.unusable(), 404)
        form = request.content_type == "application/x-www-form-urlencoded"
        act = (await request.post()).get("act") if form else None
        taking = act == link_page.TAKE
        if taking or act == link_page.ACKNOWLEDGE:
            page = found.now if taking else found.page
            await self._acknowledge(page.id, found.person, taking=taking)
        # To itself, by a name that stays right behind a proxy: reloading must not send the form again.
        there = {"Location": request.match_info["token"]}
        return web.Response(status=303, headers=link_page.HEADERS | there)

    async def _acknowledge(self, page_id: int, person: str, *, taking: bool) -> None:
        try:
            page = await self._desk.perform(acknowledge, page_id, by=person, taking=taking)
        except Refused:
            return  # answered or moved on meanwhile; the page says so
        log.info("page answered by its link", extra={"page": page.id, "incident": page.incident})

    async def _standing(self, request: web.Request) -> Standing | None:
        names = self._links.page_and_person(request.match_info["token"])
        return await self._desk.read(_standing, *names) if names else None


def _standing(tx: Tx, page_id: int, person: str) -> Standing | None:
    """Return how a page stands, or None for one that is long over or that this database does not know."""
    try:
        page = pages.get(tx, page_id)
    except NotFound:
        return None
    now = pages.latest_of_chain(tx, page.chain)
    if not now.pending and tx.now - now.raised_at > KEEPS:
        return None
    incident = incidents.get(tx, page.incident) if page.incident else None
    named = filter(None, (now.responder, now.answered_by, page.answered_by))
    known = {user: people.get(tx, user) for user in named}
    return Standing(page, now, incident, person, {user: one.name for user, one in known.items() if one})


def _response(shown: Shown, status: int = 200) -> web.Response:
    return web.Response(
        text=link_page.drawn(shown), content_type="text/html", status=status, headers=link_page.HEADERS
    )
