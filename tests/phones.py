"""Phones at the other end of contact methods: a small local server that keeps what Apprise brings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


class Phones:
    """What arrived, by address. `status` is answered; `hold` keeps waiting what has `rung`."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, str]] = []
        self.refused = 0
        self.status = 200
        self.rung = asyncio.Event()
        self.hold = asyncio.Event()
        self.hold.set()
        self.port = 0

    @property
    def url(self) -> str:
        """Return the Apprise URL of a contact method to these phones."""
        return f"json://127.0.0.1:{self.port}/phones/{{address}}"

    def texts(self, address: str) -> list[str]:
        """Return what arrived at an address, oldest first."""
        return [text for to, text in self.arrived if to == address]

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.rung.set()
        await self.hold.wait()
        if self.status == 200:
            self.arrived.append((request.match_info["address"], body["message"]))
        else:
            self.refused += 1
        return web.Response(status=self.status)


@asynccontextmanager
async def phones() -> AsyncIterator[Phones]:
    """Serve phones on a free port."""
    found = Phones()
    app = web.Application()
    app.router.add_post("/phones/{address}", found.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.port = int(runner.addresses[0][1])
    yield found
    found.hold.set()
    await runner.cleanup()
