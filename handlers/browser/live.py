"""Tells open pages that something changed, so that they ask for themselves what they may see of it.

One watcher a process looks, and only while somebody reads; what it says is a number and nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from bot.unit_of_work import UnitOfWork
from bot.views.browser.rendering import HEADERS
from storage import live
from storage.database import DatabaseBusy, Outdated

EVERY = 2.0
"""Seconds between two looks: what happens in between is one change."""
BEAT = 20.0
"""Seconds after which a word goes out though nothing changed: proxies end what is silent."""
APART = 0.04
"""Seconds between two readers who are told: they ask for the page at once, and pages that call people wait
for that as for anything."""
MOST_READERS = 150
"""More have to ask again by themselves: each holds a connection, and pages need some too."""


class Live:
    """The watcher, and the streams that it tells."""

    every = EVERY
    beat = BEAT
    apart = APART

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._latest = ""
        self._changed = asyncio.Condition()
        self._readers = 0
        self._watching: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._turn = 0.0

    async def stop(self) -> None:
        """End all streams: browsers come back by themselves."""
        self._ended.set()
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None
        async with self._changed:
            self._changed.notify_all()

    async def stream(
        self, request: web.Request, allowed: Callable[[], Awaitable[bool]]
    ) -> web.StreamResponse:
        """Tell one page of changes for as long as it is open, and its reader is `allowed`."""
        if self._readers >= MOST_READERS or self._ended.is_set():
            return web.Response(status=503, headers={**HEADERS, "Retry-After": "15"}, text="Ask again.\n")
        self._readers += 1
        try:
            response = web.StreamResponse(headers={**HEADERS, "X-Accel-Buffering": "no"})
            response.content_type = "text/event-stream"
            await response.prepare(request)
            with suppress(ConnectionError):
                await self._tell(response, request, allowed)
        finally:
            self._readers -= 1
        return response

    async def _tell(
        self, response: web.StreamResponse, request: web.Request, allowed: Callable[[], Awaitable[bool]]
    ) -> None:
        await response.write(b"retry: 5000\n\n")
        seen = request.headers.get("Last-Event-ID") or request.query.get("seen", "")
        await self._watch()
        while not self._ended.is_set():
            if self._latest == seen:
                await response.write(b": still here\n\n")
                await self._wait(seen)
            await self._in_turn()
            if self._ended.is_set():
                return
            if not await allowed():
                await response.write(b"event: over\ndata: 0\n\n")
                return
            if self._latest != seen:
                seen = self._latest
                await response.write(f"id: {seen}\nevent: changed\ndata: {seen}\n\n".encode())

    async def _wait(self, seen: str) -> None:
        """Return when something has changed, or it is time for a word."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.beat), self._changed:
                await self._changed.wait_for(lambda: self._ended.is_set() or self._latest != seen)

    async def _in_turn(self) -> None:
        """Wait until those before are told: what changes meanwhile is told with it."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._turn)
        self._turn = at + self.apart
        with suppress(TimeoutError):
            async with asyncio.timeout_at(at):
                await self._ended.wait()

    async def _watch(self) -> None:
        if not self._watching or self._watching.done():
            await self._look()
            self._watching = asyncio.create_task(self._go_on(), name="pages in the browser")

    async def _go_on(self) -> None:
        while self._readers and not self._ended.is_set():
            await asyncio.sleep(self.every)
            await self._look()

    async def _look(self) -> None:
        with suppress(DatabaseBusy, Outdated):
            latest = version_of(await self._uow.read(live.latest))
            async with self._changed:
                if latest != self._latest:
                    self._latest = latest
                    self._changed.notify_all()


def version_of(latest: tuple[int, ...]) -> str:
    return "-".join(map(str, latest))
