"""/ui/simulate: what the app that runs in here would do, as it rehearses it. Nothing is sent."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.bodies import json_object, shortened
from sandbox.state import Json

LONGEST = 1000
NO_BOT = "No app runs in here that can be rehearsed. Start the sandbox with `make sandbox`."

Rehearse = Callable[[Json], Awaitable[Json]]


class Simulation:
    """`offer` is called by whoever runs an app in here: with what can be chosen, and what answers a form."""

    def __init__(self) -> None:
        self._choices: Json = {}
        self._rehearse: Rehearse | None = None
        # Where the app's own pages are, if it has some.
        self.pages = ""

    def offer(self, choices: Json, rehearse: Rehearse) -> None:
        self._choices, self._rehearse = choices, rehearse

    @property
    def offered(self) -> bool:
        return self._rehearse is not None

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/ui/simulate", self.choices), web.post("/ui/simulate", self.simulate)]

    async def choices(self, request: web.Request) -> web.Response:
        self._offered()
        return web.json_response(self._choices)

    async def simulate(self, request: web.Request) -> web.Response:
        """Answer with a story, or with what is `wrong` with which field."""
        given = await json_object(request)
        for name, value in given.items():
            if not isinstance(value, str) or len(value) > LONGEST:
                raise web.HTTPBadRequest(text=f"{name}: found {shortened(value)}, expected a short text")
        return web.json_response(await self._offered()(given))

    def _offered(self) -> Rehearse:
        if self._rehearse is None:
            raise web.HTTPConflict(text=NO_BOT)
        return self._rehearse
