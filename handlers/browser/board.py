"""The board: what is open now."""

from aiohttp import web

from bot.views.browser.rendering import Viewer
from handlers.browser.site import Site
from storage import incidents


class Board:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [self._site.get("/", self.show)]

    async def show(self, _: web.Request, viewer: Viewer) -> web.Response:
        found = await self._site.uow.read(incidents.open_ones, viewer.person)
        return self._site.render("board.html", viewer, title="Board", here="/", incidents=found)
