"""Serves our own status page at an address of its own: static, cacheable, without a login."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime

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
        *,
        routes: Sequence[web.RouteDef] = (),
    ) -> None:
        host, _, port = listen.rpartition(":")
        self._read, self._clock = read, clock
        self._host, self.port = host.strip("[]"), int(port)
        self._headers, self._types, self._routes = headers, types, routes
        self._lock = asyncio.Lock()
        self._files: Files = {}
        self._changed: dict[str, tuple[str, datetime]] = {}
        self._read_at = float("-inf")
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_routes(self._routes)
        app.router.add_get("/{path:.*}", self.serve)
        runner = web.AppRunner(app, access_log=None, auto_decompress=False)  # no browser packs a form
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self.port).start()
        except OSError as error:
            await runner.cleanup()
            raise PortInUse(self._host, self.port, error, "`statuspage.listen`") from error
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
        tag, changed = self._version(name, content)
        headers = {
            **self._headers,
            "ETag": tag,
            "Last-Modified": format_datetime(changed, usegmt=True),
            "Cache-Control": f"public, max-age={AGE}",
            "Content-Type": self._types[name.rpartition(".")[2]],
            "Access-Control-Allow-Origin": "*",
        }
        known = [
            one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")
        ]
        since = request.if_modified_since
        same = tag in known or "*" in known if any(known) else bool(since and changed <= since)
        if same:
            return web.Response(status=304, headers=headers)
        return web.Response(body=content, headers=headers)

    def _version(self, name: str, content: bytes) -> tuple[str, datetime]:
        """Return what tells a file from others, and since when it is as it is, as far as we saw."""
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        before = self._changed.get(name)
        if not before or before[0] != tag:
            before = self._changed[name] = (tag, self._clock.now().replace(microsecond=0))
        return before

    async def _fresh(self) -> Files:
        async with self._lock:
            if self._clock.monotonic() - self._read_at >= FRESH:
                try:
                    self._files = await self._read()
                except (DatabaseBusy, Outdated):
                    log.warning("the status page is served as it was: the database is away")
                self._read_at = self._clock.monotonic()
            return self._files
