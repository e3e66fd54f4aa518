"""Serves our own status page at an address of its own: static, cacheable, without a login."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.clock import Clock
from bot.web.listening import PortInUse
from storage.database import DatabaseBusy, Outdated

log = logging.getLogger("muster.statuspage")

FRESH = 5.0
"""Seconds for which the files are kept: however many come, the database is asked no oftener."""
AGE = 30
"""Seconds for which whoever reads may keep a file."""

Files = Mapping[str, bytes]


class PublicPage:
    """A server beside the bot's own one. While the database is away it serves what it had."""

    def __init__(
        self,
        read: Callable[[], Awaitable[Files]],
        clock: Clock,
        listen: str,
        headers: Mapping[str, str],
        types: Mapping[str, str],
    ) -> None:
        host, _, port = listen.rpartition(":")
        self._read, self._clock = read, clock
        self._host, self.port = host.strip("[]"), int(port)
        self._headers, self._types = headers, types
        self._lock = asyncio.Lock()
        self._files: Files = {}
        self._read_at = float("-inf")
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", self.serve)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self.port).start()
        except OSError as error:
            await runner.cleanup()
            raise PortInUse(self._host, self.port, error, ", or `statuspage.listen`") from error
        self.port = int(runner.addresses[0][1])
        self._runner = runner

    async def stop(self) -> None:
        """Stop listening. A server that never started may be stopped too."""
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    async def serve(self, request: web.Request) -> web.Response:
        files = await self._fresh()
        if not files:
            return web.Response(
                status=503, text="Please try again in a minute.", headers={"Retry-After": "60"}
            )
        path = request.match_info["path"]
        name = f"{path}index.html" if not path or path.endswith("/") else path
        content = files.get(name)
        if content is None:
            return web.Response(status=404, text="There is no such page.", headers=self._headers)
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {
            **self._headers,
            "ETag": tag,
            "Cache-Control": f"public, max-age={AGE}",
            "Content-Type": self._types[name.rpartition(".")[2]],
            "Access-Control-Allow-Origin": "*",
        }
        known = [
            one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")
        ]
        if tag in known or "*" in known:
            return web.Response(status=304, headers=headers)
        return web.Response(body=content, headers=headers)

    async def _fresh(self) -> Files:
        async with self._lock:
            if self._clock.monotonic() - self._read_at >= FRESH:
                try:
                    self._files = await self._read()
                except (DatabaseBusy, Outdated):
                    log.warning("the status page is served as it was: the database is away")
                self._read_at = self._clock.monotonic()
            return self._files
