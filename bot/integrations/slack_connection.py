"""One Socket Mode connection, from its opening to its end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeAlias

from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.clock import Clock
from bot.integrations.slack_client import sorted_out

CLOSING_SECONDS = 1.0
"""How long Slack has to say goodbye; a connection that died silently never does."""

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
