"""Slack announces that it closes a connection: nothing that it brought is lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.integrations.slack.socket import Socket
from handlers.request_filter import Home, RequestFilter
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.patience import PATIENCE
from tests.scenarios.conftest import manifest


@pytest.fixture
async def slack(clock: FakeClock) -> AsyncIterator[Slack]:
    slack = Slack(manifest(), clock)
    await slack.start(port=0)
    yield slack
    await slack.stop()


class Slow:
    """An app whose command is answered when the test says so."""

    def __init__(self, slack: Slack) -> None:
        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=slack.bot_token)

        self.app = AsyncApp(client=AsyncWebClient(base_url=slack.api_url), authorize=authorize)
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self.app.command("/inc")(self._inc)

    async def _inc(self, ack: AsyncAck) -> None:
        self.begun.set()
        await self.go.wait()
        await ack("done")


@pytest.fixture
async def slow(slack: Slack) -> Slow:
    return Slow(slack)


@pytest.fixture
async def socket(slack: Slack, slow: Slow, clock: FakeClock) -> AsyncIterator[Socket]:
    socket = Socket(slow.app, slack.app_token, clock, RequestFilter(slow.app.async_dispatch, Home).receive)
    socket.start()
    await until(lambda: slack.sockets.count == 2)
    yield socket
    await socket.stop()


async def until(condition: Callable[[], Any]) -> None:
    """Wait until something that another task does has happened."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - another task is at work
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_what_was_taken_is_answered_where_it_came_from(
    slack: Slack, slow: Slow, socket: Socket, reason: str
) -> None:
    old = set(slack.sockets._sockets)
    asked = asyncio.create_task(slack.person("dev").slash("/inc", "help"))
    await slow.begun.wait()

    await slack.sockets.drill(reason)
    await until(lambda: slack.sockets.count == 4)
    assert old < set(slack.sockets._sockets)
    slow.go.set()

    assert (await asked).text == "done"
    assert await socket.open() == 2


async def test_the_old_ones_go_when_slack_closes_them(slack: Slack, slow: Slow, socket: Socket) -> None:
    old = set(slack.sockets._sockets)
    slow.go.set()
    slack.sockets.notice = 0.2

    await slack.sockets.drill("warning")

    seen = []
    async with asyncio.timeout(PATIENCE):
        while slack.sockets.count != 2 or old & set(slack.sockets._sockets):
            seen.append(slack.sockets.count)
            assert (await slack.person("dev").slash("/inc", "help")).text == "done"
    assert min(seen) >= 2
    assert len(slack.calls("apps.connections.open")) == 4


async def test_one_that_slack_forgets_to_close_is_closed_when_it_has_answered(
    slack: Slack, slow: Slow, socket: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.integrations.slack.socket.LEAVING_SECONDS", 0.05)
    old = set(slack.sockets._sockets)
    slack.sockets.notice = 1_000
    asked = asyncio.create_task(slack.person("dev").slash("/inc", "help"))
    await slow.begun.wait()

    await slack.sockets.drill("refresh_requested")
    await until(lambda: slack.sockets.count == 3)
    slow.go.set()

    assert (await asked).text == "done"
    await until(lambda: not old & set(slack.sockets._sockets))
    assert slack.sockets.count == 2
