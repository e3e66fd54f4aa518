"""The board: what is open now, for whoever signed in, and for a screen in the office."""

from contextlib import suppress
from datetime import UTC, tzinfo
from typing import TypeAlias

from aiohttp import web
from markupsafe import Markup

from bot.domain.actors import Actor
from bot.domain.incidents.board import Board as Found
from bot.domain.incidents.board import Seen
from bot.domain.tokens import WALL, Token
from bot.operations.incidents.board import board, board_seen
from bot.operations.tokens import bearer
from bot.views.browser.board import board_part
from bot.views.browser.rendering import HEADERS, Viewer
from handlers.api import LONGEST_TOKEN, STRANGERS_PER_MINUTE, Rate
from handlers.browser.drawn import Drawings
from handlers.browser.live import Live, version_of
from handlers.browser.site import Site
from storage import tokens
from storage.database import DatabaseBusy
from storage.transaction import Tx

LIVE_PATH = "/live"
WALL_PATH = "/wall/{token}"
FRESH = 15.0
"""Seconds for which what is drawn of a board is good while nothing changes: its times grow old."""
GONE = "This address of a board is not good any more, or never was. Ask Muster's operator for a new one."
Key: TypeAlias = tuple[frozenset[int], bool, str, bool]
"""What is the same for all who are shown the same."""
State: TypeAlias = tuple[Seen, int]
"""What a board shows, and the time by which it grows old."""


class Board:
    """Draws each board once for all who see the same: a hundred readers ask for it at one time."""

    def __init__(self, site: Site, live: Live) -> None:
        self._site, self._live = site, live
        self._strangers = Rate(site.uow.clock, STRANGERS_PER_MINUTE)
        self._drawings = Drawings[Key, State](site.uow.clock)

    def routes(self) -> list[web.RouteDef]:
        guarded = self._site.guarded
        return [
            self._site.get("/", self.show),
            web.get(LIVE_PATH, guarded(self.tell), allow_head=False),
            web.get(WALL_PATH, guarded(self.show_wall)),
            web.get(f"{WALL_PATH}{LIVE_PATH}", guarded(self.tell_wall), allow_head=False),
        ]

    async def show(self, _: web.Request, viewer: Viewer) -> web.Response:
        part, seen = await self._part(viewer.person, viewer.zone)
        live = f"{LIVE_PATH}?seen={version_of(seen.latest)}"
        return self._site.render("board.html", viewer, title="Board", here="/", part=part, live=live)

    async def tell(self, request: web.Request) -> web.StreamResponse:
        """Say to an open page when something has changed."""

        async def allowed() -> bool:
            return await self._site.signed_in(request) is not None

        return await self._live.stream(request, allowed) if await allowed() else _nothing()

    async def show_wall(self, request: web.Request) -> web.Response:
        """Show the board without private incidents to whoever has the address. Nothing can be done there."""
        token = await self._wall(request)
        if not token:
            return self._site.message(404, "Nothing to show", GONE, ways=())
        if token.unnoted(self._site.uow.clock.now()):
            with suppress(DatabaseBusy):
                await self._site.uow.perform(tokens.used, token.id)
        part, seen = await self._part(token.actor, UTC, private=False)
        live = f"{request.path}{LIVE_PATH}?seen={version_of(seen.latest)}"
        return self._site.render("wall.html", None, title="Board", part=part, live=live)

    async def tell_wall(self, request: web.Request) -> web.StreamResponse:
        async def allowed() -> bool:
            return await self._wall(request) is not None

        return await self._live.stream(request, allowed) if await allowed() else _nothing()

    async def _wall(self, request: web.Request) -> Token | None:
        secret = request.match_info["token"]
        found = await self._site.uow.read(bearer, secret) if len(secret) <= LONGEST_TOKEN else None
        if found and WALL in found.scopes:
            return found
        if wait := self._strangers.wait(str(request.remote)):
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(int(wait) + 1)})
        return None

    async def _part(self, by: Actor, zone: tzinfo, *, private: bool = True) -> tuple[Markup, Seen]:
        """Return what changes of the board, as it was drawn for whoever sees the same now, or anew.

        What is kept was read in one transaction with what it is kept by: else somebody might be shown what
        only another one may see, since it began between the two.
        """
        uow = self._site.uow

        def at(seen: Seen) -> State:
            return seen, int(uow.clock.now().timestamp() / FRESH)

        def whose(seen: Seen) -> Key:
            return seen.ids, seen.works, str(zone), private

        async def look() -> tuple[Key, State]:
            seen = await uow.read(board_seen, by, private=private)
            return whose(seen), at(seen)

        async def draw() -> tuple[Key, State, Markup]:
            seen, found = await uow.read(_read, by, private=private)
            return whose(seen), at(seen), board_part(found, root=self._site.root, zone=zone, links=private)

        key, state = await look()
        if part := self._drawings.kept(key, state):
            return part, state[0]
        part, state = await self._drawings.of(key, look, draw)
        return part, state[0]


def _read(tx: Tx, by: Actor, *, private: bool) -> tuple[Seen, Found]:
    return board_seen(tx, by, private=private), board(tx, by, private=private)


def _nothing() -> web.Response:
    return web.Response(status=404, text="There is nothing here.\n", headers=HEADERS)
