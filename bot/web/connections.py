"""Keeps connections that say nothing from taking what pages need: descriptors, memory, time.

aiohttp has no limit for how long a header or a body takes, nor for how many connections there are. At the
descriptor limit nothing leaves any more, neither to Slack nor to a contact method.
"""

import asyncio
import logging
import resource
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeAlias

from aiohttp import web

from bot.web.packed import NotUnderstood, TooMuch, Unpackable, unpacked

log = logging.getLogger("muster.web")

HEADER_SECONDS = 10.0
BODY_SECONDS = 10.0
IDLE_SECONDS = 75.0
"""How long a connection is kept between two requests: longer than a reverse proxy keeps it, mostly 60 s."""
BACKLOG = 64
"""As many are accepted in one go, before any of them can be closed again."""
MOST = 500
MOST_BODIES = 32
"""So many bodies may be on their way at once: each may take as much memory as a body may have bytes."""
PIECE = 16 * 1024
"""Bytes that are read at once. What is read before anybody wants it takes memory that others decide about."""

Unread: TypeAlias = Callable[[web.Request, str, web.Response], Awaitable[web.Response]]


class _Doing(StrEnum):
    WAITING = "waiting"  # for a header, or for the next request
    READING = "reading"  # a body
    ANSWERING = "answering"


def most_connections() -> int:
    """Return how many may be open: a quarter of what the process may have, so that the rest pages with."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(8, min(MOST, soft // 4))


class Connections:
    """All connections of the server. When there are too many, the one that has waited longest goes."""

    def __init__(
        self,
        most: int | None = None,
        larger: tuple[str, ...] = (),
        larger_body: int = 0,
        unread: Unread | None = None,
    ) -> None:
        """Bodies at paths that begin with one of `larger` may have `larger_body` bytes.

        `unread` is told of each body that cannot be read, with why and what is to be answered.
        """
        self._larger, self._larger_body = larger, larger_body
        self._unread = unread
        self._most = most or most_connections()
        self._open: dict[Connection, None] = {}
        self._by_handler: dict[object, Connection] = {}
        self._reading: set[Connection] = set()

    def protocol(self, handler: asyncio.Protocol) -> "Connection":
        return Connection(handler, self)

    def opened(self, connection: "Connection") -> None:
        """Take one in: another one that waits makes room, and if none does it has to go itself."""
        self._open[connection] = None
        self._by_handler[connection.handler] = connection
        if len(self._open) > self._most and not self._drop_oldest(_Doing.WAITING, _Doing.READING):
            connection.drop("all others are being answered")

    def moved(self, connection: "Connection") -> None:
        """Put one at the end of the queue: it has just done something."""
        if self._open.pop(connection, 0) is None:
            self._open[connection] = None
        if connection.doing is not _Doing.READING:
            self._reading.discard(connection)
        elif connection in self._open:
            self._reading.add(connection)
        if len(self._reading) > MOST_BODIES:
            self._drop_oldest(_Doing.READING)

    def closed(self, connection: "Connection") -> None:
        self._open.pop(connection, None)
        self._reading.discard(connection)
        self._by_handler.pop(connection.handler, None)

    def _drop_oldest(self, *doing: _Doing) -> bool:
        oldest = next((one for one in self._open if one.doing in doing), None)
        if oldest:
            oldest.drop("too many are open")
        return oldest is not None

    @web.middleware
    async def read_first(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Read the body within its time, and then answer; a part of one is never waited for longer."""
        connection = self._by_handler.get(request.protocol)
        if not connection:
            return await handler(request)  # type: ignore[no-any-return]
        if not request.content.is_eof():  # most come in one piece, and are here already
            connection.now(_Doing.READING, BODY_SECONDS)
        if request.path.startswith(self._larger) and not self._is_small(request):
            request = request.clone(client_max_size=self._larger_body)
        why, unread = await _read(request)
        connection.now(_Doing.ANSWERING, None)
        try:
            if unread:
                return await self._unread(request, why, unread) if why and self._unread else unread
            return await handler(request)  # type: ignore[no-any-return]
        finally:
            connection.now(_Doing.WAITING, IDLE_SECONDS)

    def _is_small(self, request: web.Request) -> bool:
        """Say whether a body is within the limit that all have: what is packed may be more than it says."""
        size = request.content_length
        return (
            size is not None and size <= request.client_max_size and "Content-Encoding" not in request.headers
        )


async def _read(request: web.Request) -> tuple[str, web.Response | None]:
    """Read a body; return why it could not be, and what to answer: it is too long, or not as it says."""
    try:
        raw = await request.read()
        body = unpacked(raw, request.headers.get("Content-Encoding", ""), request.client_max_size)
        request._read_bytes = body  # noqa: SLF001  what handlers read, by whatever method
    except (web.HTTPRequestEntityTooLarge, TooMuch):
        why = f"the body is longer than {request.client_max_size} bytes"
        return why, _refused(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, why)
    except NotUnderstood as error:
        why = str(error)
        return why, _refused(request, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, why)
    except (web.RequestPayloadError, Unpackable):
        request.content.feed_eof()  # else aiohttp reads on, and logs the error again
        why = "the body is not as its Content-Encoding or Transfer-Encoding says"
        answer = _refused(request, 400, why)
        answer.force_close()  # where the next request would begin nobody knows
        return why, answer
    except ConnectionResetError:  # whoever sent it broke off: nobody reads this, and it is no error of ours
        return "", web.Response(status=400)
    return "", None


def _refused(request: web.Request, status: int, said: str) -> web.Response:
    if not request.path.startswith("/api/"):
        return web.json_response({"ok": False, "error": said}, status=status)
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": said}
    return web.json_response(told, status=status, content_type="application/problem+json")


class Connection(asyncio.Protocol):
    """One connection: hands everything to aiohttp's handler, and ends what takes too long."""

    def __init__(self, handler: asyncio.Protocol, all_of_them: Connections) -> None:
        self.handler, self._all = handler, all_of_them
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until: float | None = None
        """By the loop's clock, until when it may do what it does; the timer comes no later than that."""
        self._idle = False
        self._heard = False
        self.doing = _Doing.WAITING
        self.dropped = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        vars(transport)["max_size"] = PIECE  # asyncio takes 256 KB at once otherwise
        self.handler.connection_made(transport)
        self.now(_Doing.WAITING, HEADER_SECONDS)
        self._idle = False
        self._all.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.dropped = True
        self._all.closed(self)
        self._cancel()
        self.handler.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._heard = True
        if self._idle and self.doing is _Doing.WAITING:
            self.now(_Doing.WAITING, HEADER_SECONDS)
            self._idle = False
        self.handler.data_received(data)

    def eof_received(self) -> bool | None:
        return self.handler.eof_received()

    def pause_writing(self) -> None:
        self.handler.pause_writing()

    def resume_writing(self) -> None:
        self.handler.resume_writing()

    def now(self, doing: _Doing, seconds: float | None) -> None:
        """Say what it does now, and how long it may take."""
        if self.dropped:
            return
        self.doing, self._idle = doing, doing is _Doing.WAITING
        loop = asyncio.get_running_loop()
        self._until = None if seconds is None else loop.time() + seconds
        if self._until is not None and (not self._timer or self._timer.when() > self._until):
            self._set(loop, self._until)
        self._all.moved(self)

    def _set(self, loop: asyncio.AbstractEventLoop, at: float) -> None:
        self._cancel()
        self._timer = loop.call_at(at, self._look)

    def _look(self) -> None:
        """End what took too long. A request moves its time several times: not each sets a timer anew."""
        loop, self._timer = asyncio.get_running_loop(), None
        if self._until is None:
            return
        if loop.time() < self._until:
            self._set(loop, self._until)
        else:
            usual = self._idle or not self._heard  # browsers keep some open, and open some in advance
            self.drop("it took too long", logging.DEBUG if usual else logging.WARNING)

    def drop(self, why: str, level: int = logging.WARNING) -> None:
        """Close it at once, whatever it does."""
        self.dropped = True
        self._all.closed(self)
        self._cancel()
        log.log(level, "connections closed", extra={"reason": why})
        if self._transport:
            self._transport.abort()

    def _cancel(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


def say_accept_errors() -> None:
    """Have a server that can accept nothing say so in a line: asyncio writes a traceback for every try."""
    loop = asyncio.get_running_loop()
    before: Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object] | None = (
        loop.get_exception_handler()
    )

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if "accept" in str(context.get("message")):
            why = type(context.get("exception")).__name__
            log.warning("no connection can be accepted", extra={"reason": why})
        elif before:
            before(loop, context)
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)


def raise_limit(to: int = 4096) -> None:
    """Have as many descriptors as we are let have, up to this many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = to if hard == resource.RLIM_INFINITY else min(to, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
