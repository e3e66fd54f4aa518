"""/ui/*: what the page asks for and does."""

import json
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox import sight
from sandbox.acts import act
from sandbox.acts.acting import Acting
from sandbox.acts.rooms import mark_read
from sandbox.controls import Controls
from sandbox.courier import Courier
from sandbox.errors import SlackError
from sandbox.inspector import Inspector
from sandbox.state import Json
from sandbox.stream import Streams
from sandbox.workspace import Workspace

PAGE = Path(__file__).with_name("page")


class PageApi:
    def __init__(
        self, ws: Workspace, courier: Courier, streams: Streams, controls: Controls, inspector: Inspector
    ) -> None:
        self._ws, self._courier, self._streams = ws, courier, streams
        self._controls, self._inspector = controls, inspector

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
            web.get("/", _page),
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
        can = {"can_advance": self._ws.skips, "can_reset": self._controls.reset is not None}
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

    async def act(self, request: web.Request) -> web.Response:
        given: Json = await request.json()
        try:
            user, do = given.pop("user"), given.pop("do")
            answer = await self.do(user, do, given)
        except KeyError as missing:
            raise web.HTTPBadRequest(text=f"missing or unknown: {missing}") from None
        return web.json_response(answer)


async def _page(request: web.Request) -> web.StreamResponse:
    """The page itself, always as it is on disk now."""
    file = (PAGE / (request.match_info.get("file") or "index.html")).resolve()
    if not file.is_relative_to(PAGE) or not file.is_file():
        raise web.HTTPNotFound(text=json.dumps({"ok": False, "error": "not found"}))
    return web.FileResponse(file, headers={"Cache-Control": "no-cache"})


@web.middleware
async def only_from_the_page(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keep other websites in the same browser from acting here: they cannot send JSON unasked."""
    acting = request.method == "POST" and request.path.startswith(("/ui/", "/phones/"))
    if acting and request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send application/json")
    return await handler(request)
