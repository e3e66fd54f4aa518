"""/ui/clock, /ui/advance, /ui/faults and /ui/reset: what is done to the sandbox, and not in it."""

from collections.abc import Callable

from aiohttp import web

from sandbox.bodies import json_object, number, shortened
from sandbox.errors import Unusable
from sandbox.pace import Pace
from sandbox.state import Json
from sandbox.switchboard import Switchboard

Reset = Callable[[], None]
# A day: every deadline in it is acted upon, one after the other, before the answer comes.
MOST_SECONDS = 86_400
NO_RESET = (
    "A bot runs in here, and its incidents would lose their channels. Stop the sandbox and start it anew."
)


class Controls:
    def __init__(self, pace: Pace, switchboard: Switchboard) -> None:
        self._pace, self._switchboard = pace, switchboard
        self.reset: Reset | None = None

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/ui/clock", self.clock),
            web.post("/ui/clock", self.set_clock),
            web.post("/ui/advance", self.advance),
            web.get("/ui/faults", self.faults),
            web.post("/ui/faults", self.set_faults),
            web.post("/ui/reset", self.start_over),
        ]

    async def clock(self, request: web.Request) -> web.Response:
        return web.json_response(self._pace.shown())

    async def set_clock(self, request: web.Request) -> web.Response:
        given = await json_object(request)
        if self._pace.advance is None:
            raise web.HTTPConflict(text="This sandbox follows the real time.")
        try:
            self._pace.go(speed=given.get("speed"), paused=_flag(given, "paused"))
        except Unusable as wrong:
            raise web.HTTPBadRequest(text=str(wrong)) from None
        return await self.clock(request)

    async def advance(self, request: web.Request) -> web.Response:
        given = await json_object(request)
        try:
            seconds = number("seconds", given.get("seconds"), MOST_SECONDS)
        except Unusable as wrong:
            raise web.HTTPBadRequest(text=str(wrong)) from None
        try:
            await self._pace.skip(seconds)
        except Unusable as fixed:
            raise web.HTTPConflict(text=str(fixed)) from None
        shown = self._pace.shown()
        return web.json_response({**shown, "clock": shown["now"]})

    async def faults(self, request: web.Request) -> web.Response:
        return web.json_response(self._switchboard.shown())

    async def set_faults(self, request: web.Request) -> web.Response:
        given = await json_object(request)
        try:
            await self._switchboard.turn(given)
        except Unusable as wrong:
            raise web.HTTPBadRequest(text=str(wrong)) from None
        return await self.faults(request)

    async def start_over(self, request: web.Request) -> web.Response:
        if self.reset is None:
            raise web.HTTPConflict(text=NO_RESET)
        self.reset()
        return web.json_response({})


def _flag(given: Json, name: str) -> bool | None:
    value = given.get(name)
    if value is not None and not isinstance(value, bool):
        raise Unusable(f"{name}: found {shortened(value)}, expected true or false")
    return value
