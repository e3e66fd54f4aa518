"""/ui/*: what the page asks for and does."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox import sight
from sandbox.acts import act
from sandbox.acts.acting import Acting
from sandbox.acts.rooms import mark_read
from sandbox.courier import Courier
from sandbox.errors import SlackError
from sandbox.record import Log, Record
from sandbox.state import Json
from sandbox.stream import Streams
from sandbox.workspace import Workspace

PAGE = Path(__file__).with_name("page")
MOST_ENTRIES = 500

Advance = Callable[[float], Awaitable[None]]


class PageApi:
    def __init__(self, ws: Workspace, courier: Courier, records: Log) -> None:
        self._ws, self._courier, self._records = ws, courier, records
        self.streams = Streams(ws)
        self.on_advance: Advance | None = None

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/ui/world", self.world),
            web.get("/ui/sidebar", self.sidebar),
            web.get("/ui/conversation", self.conversation),
            web.get("/ui/modal", self.modal),
            web.get("/ui/home", self.home),
            web.get("/ui/record", self.record),
            web.get("/ui/stream", self.streams.serve),
            web.post("/ui/act", self.act),
            web.post("/ui/advance", self.advance),
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
        return web.json_response(sight.world(self._ws, can_advance=self.on_advance is not None))

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

    async def record(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "-1"))
        entries = self._records.entries[after + 1 :][:MOST_ENTRIES]
        return web.json_response({"entries": [_entry(record) for record in entries]})

    async def act(self, request: web.Request) -> web.Response:
        given: Json = await request.json()
        try:
            user, do = given.pop("user"), given.pop("do")
            answer = await self.do(user, do, given)
        except KeyError as missing:
            raise web.HTTPBadRequest(text=f"missing or unknown: {missing}") from None
        return web.json_response(answer)

    async def advance(self, request: web.Request) -> web.Response:
        if self.on_advance is None:
            raise web.HTTPConflict(text="This sandbox follows the real time; it cannot be moved on.")
        await self.on_advance(float((await request.json())["seconds"]))
        self.streams.tick()
        return web.json_response({"clock": self._ws.clock.now().isoformat()})


def _entry(record: Record) -> dict[str, Any]:
    seconds = record.seconds
    return {
        "n": record.n,
        "kind": record.kind,
        "method": record.method,
        "time": record.at.isoformat(),
        "ms": None if seconds is None else round(seconds * 1000, 1),
        "args": record.args,
        "result": record.result,
        "status": record.status,
        "ok": record.ok,
        "error": record.error,
    }


async def _page(request: web.Request) -> web.StreamResponse:
    """The page itself, always as it is on disk now."""
    file = (PAGE / (request.match_info.get("file") or "index.html")).resolve()
    if not file.is_relative_to(PAGE) or not file.is_file():
        raise web.HTTPNotFound(text=json.dumps({"ok": False, "error": "not found"}))
    return web.FileResponse(file, headers={"Cache-Control": "no-cache"})
