"""The Socket Mode connections, and somebody who looks whether they are still there."""

import asyncio
import logging
import re
from collections import deque
from contextlib import suppress
from functools import partial
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.integrations.slack_client import sorted_out
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


class Socket:
    """Connects in the background, so that the bot starts and keeps its deadlines while Slack is away.

    Slack gives each payload to one of the connections. When it asks for new ones they are renewed one after
    another, so that one is always open. It can be started again after it was stopped.
    """

    def __init__(self, app: AsyncApp, app_token: str, clock: Clock) -> None:
        self._app = app
        self._token = app_token
        self._clock = clock
        self._said = logging.getLogger("muster.socket.client")
        self._said.filters[:] = [TriedAgain()]
        self._lines: list[Line] = []

    def start(self) -> None:
        """Begin to connect, and to watch."""
        if not self._lines:
            turn = asyncio.Lock()
            self._lines = [Line(self._client(turn), self._clock) for _ in range(LINES)]
            for line in self._lines:
                line.start()

    async def connected(self) -> bool:
        """Say whether events reach us now."""
        return await self.open() > 0

    async def open(self) -> int:
        """Return by how many connections events reach us."""
        return sum([await line.connected() for line in self._lines])

    async def stop(self) -> None:
        """Close the connections; Slack gives what is unacknowledged to a later one."""
        lines, self._lines = self._lines, []
        await asyncio.gather(*(line.stop() for line in lines))

    def _client(self, turn: asyncio.Lock) -> Any:
        handler = AsyncSocketModeHandler(self._app, self._token, self._said, ping_interval=PING_EVERY)
        client: Any = handler.client
        client.connect_operation_lock = turn
        client.issue_new_wss_url = partial(_address, client, self._clock)
        return client


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
    """One connection."""

    def __init__(self, client: Any, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to connect, and to watch."""
        self._tasks.append(asyncio.create_task(self._watch(), name="socket watch"))

    async def connected(self) -> bool:
        """Say whether events reach us by this one now."""
        return bool(await self._client.is_connected())

    async def stop(self) -> None:
        """Close the connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await self._client.close()
        await self._client.aiohttp_client_session.close()

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
            await self._client.connect()
        except (DeliveryFailed, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("Slack cannot be reached", extra={"reason": str(error)})


async def _address(client: Any, clock: Clock) -> str:
    """Ask Slack where to connect. slack_sdk's own way trips over an answer that is not JSON."""
    while True:
        try:
            return str((await client.web_client.apps_connections_open(app_token=client.app_token))["url"])
        except SlackApiError as error:
            failure = sorted_out("apps.connections.open", error)
            if failure.after is None:
                raise failure from error
            await clock.sleep(failure.after.total_seconds())
