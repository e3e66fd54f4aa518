"""Two connections to Slack: there is always one."""

import asyncio
import logging

import pytest

from tests.patience import PATIENCE
from tests.scenarios.conftest import World
from tests.scenarios.look import asks, shown


async def both_open(world: World) -> bool:
    return world.slack.sockets.count == 2


async def test_the_bot_opens_two(world: World):
    await world.until(lambda: both_open(world))


async def test_when_one_breaks_the_other_serves_at_once(world: World):
    await world.until(lambda: both_open(world))
    (broken, _) = world.slack.sockets._sockets

    await broken.close()

    for _ in range(3):
        assert await world.muster.connected()
        assert "declares an incident" in shown(await asks(world, "dev", "help", "general"))
    await world.until(lambda: both_open(world))


async def test_both_are_renewed_and_none_goes_before_the_next_is_there(world: World):
    await world.until(lambda: both_open(world))
    old = set(world.slack.sockets._sockets)
    world.slack.sockets.notice = 0.2

    await world.slack.sockets.drill("refresh_requested")

    seen = []
    async with asyncio.timeout(PATIENCE):
        while world.slack.sockets.count < 2 or old & set(world.slack.sockets._sockets):
            seen.append(world.slack.sockets.count)
            assert await world.muster.connected()
            await asyncio.sleep(0)
    assert min(seen) == 2


@pytest.fixture
async def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again so often that it happens within the test's patience."""
    monkeypatch.setattr("bot.integrations.slack.socket.PING_EVERY", 0.05)


@pytest.mark.usefixtures("impatient")
async def test_a_slack_that_is_away_is_a_plain_warning_and_not_every_second(
    world: World, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.WARNING)
    await world.slack.switchboard.down(True)

    async def tried_often() -> bool:
        return len(world.slack.calls("apps.connections.open")) > 8

    await world.until(tried_often)

    said = [one for one in caplog.records if one.name == "muster.socket.client"]
    assert {(one.levelname, one.exc_info) for one in said} == {("WARNING", None)}
    texts = [one.getMessage() for one in said]
    assert all("apps.connections.open: Slack answered 503" in text for text in texts)
    assert len(texts) <= 3
