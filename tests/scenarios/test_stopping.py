"""The bot is told to stop: it does, whatever Slack does."""

import asyncio

import aiohttp
from slack_bolt.async_app import AsyncApp

from bot.integrations.slack_socket import Socket
from tests.fakes import FakeClock
from tests.patience import PATIENCE


class Silent:
    """The client of a connection whose other end is gone without a word."""

    wss_uri = None

    def __init__(self) -> None:
        self.aiohttp_client_session = aiohttp.ClientSession()

    async def connect(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        await asyncio.Event().wait()


async def test_a_connection_that_died_silently_does_not_keep_the_bot_from_stopping(clock: FakeClock):
    socket = Socket(AsyncApp(token="xoxb-1"), "xapp-1", clock)
    socket.start()
    real, silent = [line._client for line in socket._lines], [Silent() for _ in socket._lines]
    for line, client in zip(socket._lines, silent, strict=True):
        line._client = client  # before it has begun to connect
    for client in real:
        await client.close()
        await client.aiohttp_client_session.close()

    async with asyncio.timeout(PATIENCE):
        await socket.stop()

    assert [client.aiohttp_client_session.closed for client in silent] == [True, True]
