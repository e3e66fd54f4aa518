"""The bot is told to stop: it does, whatever Slack does."""

import asyncio
from pathlib import Path

import pytest
from slack_bolt.async_app import AsyncApp

from bot.config import load
from bot.integrations.slack.socket import Connection, Socket
from handlers.request_filter import Home, RequestFilter
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.patience import PATIENCE
from tests.scenarios.conftest import CONFIG, World


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


async def test_the_loop_goes_on_while_the_last_transaction_ends(
    slack: Slack, clock: FakeClock, tmp_path: Path
) -> None:
    world = World(slack, clock, tmp_path / "muster.db", load(CONFIG))
    world.in_place = False
    await world.start()
    threads, loop = world.muster._executor, asyncio.get_running_loop()
    assert threads
    last = threads.submit(
        lambda: asyncio.run_coroutine_threadsafe(asyncio.sleep(0, "went on"), loop).result(5)
    )

    await world.stop()

    assert last.result() == "went on"
