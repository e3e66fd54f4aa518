"""The bot is told to stop: it does, whatever Slack does."""

import asyncio

import aiohttp
from slack_bolt.async_app import AsyncApp

from bot.integrations.slack_socket import Socket
from tests.fakes import FakeClock


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
    for line in socket._lines:
        await line._client.close()
        line._client = Silent()
    socket.start()

    async with asyncio.timeout(3):
        await socket.stop()
