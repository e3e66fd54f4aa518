"""A small receiver of webhooks that checks what a careful one checks, and can fail."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.scenarios.webhooks.judge import verified

KEYS = ("whsec_" + "QUFB" * 8, "whsec_" + "QkJC" * 8)


class Receiver:
    """Takes an event once, by its id. `faults` are taken one a call: a status, `lost`, which takes the event
    and gives no answer, or `hangs`.
    """

    def __init__(self) -> None:
        self.events: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.faults: list[int | str] = []
        self.always: int | str | None = None
        self.headers: dict[str, str] = {}
        self.secrets: tuple[str, ...] = KEYS[:1]
        self.url = ""
        self._released = asyncio.Event()

    @property
    def types(self) -> list[str]:
        return [one["type"] for one in self.events.values()]

    @property
    def said(self) -> str:
        return json.dumps(list(self.events.values()), ensure_ascii=False)

    def of(self, kind: str) -> dict[str, Any]:
        """Return the data of the newest event of a type."""
        return next(one["data"] for one in reversed(self.events.values()) if one["type"] == kind)

    def release(self) -> None:
        self._released.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Receiver"]:
        app = web.Application()
        app.add_routes([web.post("/hook", self._take)])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        try:
            yield self
        finally:
            self.release()
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        said = verified(self.secrets, body, request.headers)
        number = request.headers["webhook-id"]
        fault = self.faults.pop(0) if self.faults else self.always
        self.calls.append((number, said["type"]))
        if fault == "hangs":
            await self._released.wait()
        if isinstance(fault, int):
            return web.Response(status=fault, headers=self.headers)
        assert self.events.setdefault(number, said)["type"] == said["type"]
        if fault == "lost" and request.transport:
            request.transport.abort()
        return web.Response(status=204)
