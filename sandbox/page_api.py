"""/ui/*: what the page asks for and does."""

import json
from pathlib import Path

from aiohttp import web

from sandbox import sight
from sandbox.acts import act
from sandbox.acts.acting import Acting
from sandbox.acts.rooms import mark_read
from sandbox.acts.shape import check_shape
from sandbox.bodies import json_object
from sandbox.controls import Controls
from sandbox.courier import Courier
from sandbox.errors import SlackError, Unusable
from sandbox.inspector import Inspector
from sandbox.simulation import Simulation
from sandbox.state import Json
from sandbox.stream import Streams
from sandbox.workspace import Workspace

PAGE = Path(__file__).with_name("page")


class PageApi:
    def __init__(
        self,
        ws: Workspace,
        courier: Courier,
        streams: Streams,
        controls: Controls,
        inspector: Inspector,
        *,
        simulation: Simulation,
        key: str,
    ) -> None:
        self._ws, self._courier, self._streams = ws, courier, streams
        self._controls, self._inspector = controls, inspector
        self._simulation, self._key = simulation, key

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/ui/world", self.world),
            web.get("/ui/sidebar", self.sidebar),
            web.get("/ui/conversation", self.conversation),
            web.get("/ui/modal", self.modal),
            web.get("/ui/home", self.home),
            web.get("/ui/stream", self._streams.serve),
            web.post("/ui/act", self.act),
            *self._controls.routes(),
            *self._inspector.routes(),
            *self._simulation.routes(),
            web.get("/", self.page),
            web.get("/index.html", self.page),
            web.get("/simulate", self.page),
            web.get("/{file:[\\w./-]+}", _page),
        ]

    def acting(self, name: str) -> Acting:
        return Acting(self._ws, self._courier, self._ws.user(name))

    async def do(self, user: str, do: str, given: Json) -> Json:
        return await act(self.acting(user), do, given)

    def _viewer(self, request: web.Request) -> Acting:
        try:
            return self.acting(request.query["user"])
        except KeyError as unknown:
            raise web.HTTPNotFound(text=f"no such user: {unknown}") from None

    async def world(self, request: web.Request) -> web.Response:
        can = {
            "can_advance": self._ws.skips,
            "can_reset": self._controls.reset is not None,
            "can_simulate": self._simulation.offered,
            "app_pages": self._simulation.pages,
        }
        return web.json_response({**sight.world(self._ws), **can})

    async def sidebar(self, request: web.Request) -> web.Response:
        return web.json_response(sight.sidebar(self._ws, self._viewer(request).user.id))

    async def conversation(self, request: web.Request) -> web.Response:
        viewer = self._viewer(request)
        try:
            channel = viewer.channel({"channel": request.query["id"]})
        except (SlackError, KeyError):
            raise web.HTTPNotFound(text="no such conversation") from None
        thread, before = request.query.get("thread_ts"), request.query.get("before")
        mark_read(viewer, channel)
        return web.json_response(sight.conversation(self._ws, channel, viewer.user.id, thread, before))

    async def modal(self, request: web.Request) -> web.Response:
        viewer = self._viewer(request).user.id
        return web.json_response(sight.modal(self._ws, self._ws.top_view(viewer)))

    async def home(self, request: web.Request) -> web.Response:
        return web.json_response(sight.modal(self._ws, self._viewer(request).user.home))

    async def page(self, request: web.Request) -> web.Response:
        """The page itself, with its key: no other website can read it, as the browser keeps it from them."""
        file = "simulate.html" if request.path == "/simulate" else "index.html"
        text = (PAGE / file).read_text("utf-8").replace("PAGE_KEY", self._key)
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def act(self, request: web.Request) -> web.Response:
        given = {key: value for key, value in (await json_object(request)).items() if value is not None}
        try:
            check_shape(given)
            user, do = given.pop("user"), given.pop("do")
            answer = await self.do(user, do, given)
        except Unusable as wrong:
            raise web.HTTPBadRequest(text=str(wrong)) from None
        except KeyError as missing:
            raise web.HTTPBadRequest(text=f"missing or unknown: {missing}") from None
        return web.json_response(answer)


async def _page(request: web.Request) -> web.StreamResponse:
    """A part of the page, always as it is on disk now."""
    file = (PAGE / request.match_info["file"]).resolve()
    if not file.is_relative_to(PAGE) or not file.is_file():
        raise web.HTTPNotFound(text=json.dumps({"ok": False, "error": "not found"}))
    kind = {"Content-Type": "font/woff2"} if file.suffix == ".woff2" else {}
    return web.FileResponse(file, headers={"Cache-Control": "no-cache", **kind})
