"""The Socket Mode connections, and somebody who looks whether they are still there."""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeAlias

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.clock import Clock
from bot.integrations.slack.client import sorted_out
from bot.jobs import DeliveryFailed

log = logging.getLogger("muster.socket")

LINES = 2
"""How many connections there are: Slack closes each from time to time, and one may die without a word."""
PING_EVERY = 5.0
"""Seconds between two pings. One that is not answered in half that time ends the connection, so that a silent
death is seen after 7.5 seconds."""
LOOK_EVERY = 5.0
"""Seconds between two looks at a connection."""
PATIENCE = 3
"""Looks without a connection before a new one is forced: the client's own reconnecting comes first."""
_TRIED_AGAIN = ("Failed to connect", "Failed to check the current session", "Failed to receive or enqueue")
_SESSION = re.compile(r"s_\d+")
CLOSING_SECONDS = 1.0
"""How long Slack has to say goodbye; a connection that died silently never does."""
LEAVING_SECONDS = 15.0
"""How long a connection that Slack announced to close stays: Slack closes it itself, after some 10 s."""

Receive: TypeAlias = Callable[[Any, Any], Awaitable[BoltResponse]]
Announced: TypeAlias = Callable[["Connection"], None]


class Connection(SocketModeClient):
    """One WebSocket. What arrives by it is acknowledged by it, also while another takes its place."""

    def __init__(
        self,
        app: AsyncApp,
        token: str,
        clock: Clock,
        *,
        receive: Receive,
        logger: logging.Logger,
        ping_every: float,
        announced: "Announced",
    ) -> None:
        """`announced` hears that Slack will close it. `receive` answers each payload; what it refuses is
        acknowledged too, or Slack sends it again.
        """
        super().__init__(token, logger, app.client, ping_interval=ping_every)
        self._receive = receive
        self._clock = clock
        self._announced = announced
        self._in_hand = 0
        self.idle, self.gone = asyncio.Event(), asyncio.Event()
        self.idle.set()
        self.socket_mode_request_listeners.append(self._serve)
        self.on_close_listeners.append(self._closed)

    async def end(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.close()  # type: ignore[no-untyped-call]
        await self.aiohttp_client_session.close()

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Leave it to the line to open another one when Slack announces that it closes this."""
        if force:
            self._announced(self)
        else:
            await super().connect_to_new_endpoint()

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        """Remember that something is in hand until it is answered."""
        self._in_hand += 1
        self.idle.clear()
        try:
            await super().run_message_listeners(message, raw_message)
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self.idle.set()

    async def issue_new_wss_url(self) -> str:
        """Ask Slack where to connect. slack_sdk's own way trips over an answer that is not JSON."""
        while True:
            try:
                answer = await self.web_client.apps_connections_open(app_token=self.app_token)
                return str(answer["url"])
            except SlackApiError as error:
                failure = sorted_out("apps.connections.open", error)
                if failure.after is None:
                    raise failure from error
                await self._clock.sleep(failure.after.total_seconds())

    async def _serve(self, _: Any, request: SocketModeRequest) -> None:
        response = await self._receive(request.payload, build_headers(request))
        if response.status in {400, 403}:
            response = BoltResponse(status=200)
        await send_async_response(self, request, response, 0.0)

    async def _closed(self, _: Any) -> None:
        self.gone.set()


class Socket:
    """Connects in the background, so that the bot starts and keeps its deadlines while Slack is away.

    Slack gives each payload to one of the connections. When it asks for a new one that is opened first, and
    the old one finishes what it has taken. It can be started again after it was stopped.
    """

    def __init__(self, app: AsyncApp, app_token: str, clock: Clock, receive: Receive) -> None:
        """`receive` answers each payload; what it refuses is acknowledged too, or Slack sends it again."""
        self._app, self._receive = app, receive
        self._token = app_token
        self._clock = clock
        self._said = logging.getLogger("muster.socket.client")
        self._said.filters[:] = [TriedAgain()]
        self._lines: list[Line] = []

    def start(self) -> None:
        if not self._lines:
            self._lines = [Line(self._connection, self._clock) for _ in range(LINES)]
            for line in self._lines:
                line.start()

    async def connected(self) -> bool:
        return await self.open() > 0

    async def open(self) -> int:
        return sum([await line.connected() for line in self._lines])

    async def stop(self) -> None:
        """Close the connections; Slack gives what is unacknowledged to a later one."""
        lines, self._lines = self._lines, []
        await asyncio.gather(*(line.stop() for line in lines))

    def _connection(self, announced: Announced) -> Connection:
        return Connection(
            self._app,
            self._token,
            self._clock,
            receive=self._receive,
            logger=self._said,
            ping_every=PING_EVERY,
            announced=announced,
        )


class TriedAgain(logging.Filter):
    """Makes one plain warning of what slack_sdk repeats, with its stack, while Slack is away."""

    def __init__(self) -> None:
        super().__init__()
        self._said: deque[str] = deque(maxlen=len(_TRIED_AGAIN))

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether to log this: of what is tried again anyway only the first of equal lines."""
        text = _SESSION.sub("", record.getMessage())
        if not text.startswith(_TRIED_AGAIN):
            return True
        if text in self._said:
            return False
        self._said.append(text)
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
        return True


class Line:
    """One connection after the other, and those that are about to go."""

    def __init__(self, make: Callable[[Announced], Connection], clock: Clock) -> None:
        self._make = make
        self._client = make(self._renew)
        self._leaving: dict[Connection, asyncio.Task[None]] = {}
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks.append(asyncio.create_task(self._watch(), name="socket watch"))

    async def connected(self) -> bool:
        return any([await one.is_connected() for one in (self._client, *self._leaving)])

    async def stop(self) -> None:
        tasks = [*self._tasks, *self._leaving.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(one.end() for one in (self._client, *self._leaving)))

    async def _watch(self) -> None:
        self._connect()
        missed = 0
        while True:
            await self._clock.sleep(LOOK_EVERY)
            missed = 0 if await self.connected() else missed + 1
            if missed >= PATIENCE:
                log.warning("a connection to Slack is gone; opening a new one")
                self._connect()
                missed = 0

    def _connect(self) -> None:
        """Ask for a new address: one that was given out before may have expired."""
        self._tasks = [task for task in self._tasks if not task.done()]
        for task in self._tasks[1:]:
            task.cancel()
        self._client.wss_uri = None
        self._tasks.append(asyncio.create_task(self._open(), name="socket connect"))

    async def _open(self) -> None:
        try:
            await self._client.connect()  # type: ignore[no-untyped-call]
        except (DeliveryFailed, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("Slack cannot be reached", extra={"reason": str(error)})

    def _renew(self, old: Connection) -> None:
        """Open another connection, and let the old one finish."""
        if old is not self._client:
            return
        old.auto_reconnect_enabled = False
        self._client = self._make(self._renew)
        self._leaving[old] = asyncio.create_task(self._leave(old), name="socket leave")
        self._connect()

    async def _leave(self, old: Connection) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVING_SECONDS):
                await old.gone.wait()
        await old.idle.wait()
        await old.end()
        del self._leaving[old]
