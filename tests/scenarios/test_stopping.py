"""The bot is told to stop: it does, whatever Slack does."""

import asyncio

import pytest
from slack_bolt.async_app import AsyncApp

from bot.integrations.slack_socket import Connection, Socket
from handlers.request_filter import Home, RequestFilter
from tests.fakes import FakeClock
from tests.patience import PATIENCE


async def never(_: Connection) -> None:
    """What a connection whose other end is gone without a word waits for."""
    await asyncio.Event().wait()


async def test_a_connection_that_died_silently_does_not_keep_the_bot_from_stopping(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Connection, "connect", never)
    monkeypatch.setattr(Connection, "disconnect", never)
    app = AsyncApp(token="xoxb-1")
    socket = Socket(app, "xapp-1", clock, RequestFilter(app.async_dispatch, Home).receive)
    socket.start()
    silent = [line._client for line in socket._lines]

    async with asyncio.timeout(PATIENCE):
        await socket.stop()

    assert [client.aiohttp_client_session.closed for client in silent] == [True, True]
