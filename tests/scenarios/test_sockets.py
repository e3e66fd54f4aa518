"""Two connections to Slack: there is always one."""

import asyncio

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
        assert "/inc escalate" in shown(await asks(world, "dev", "help", "general"))
    await world.until(lambda: both_open(world))


async def test_both_are_renewed_one_after_the_other(world: World):
    await world.until(lambda: both_open(world))
    old = set(world.slack.sockets._sockets)

    await world.slack.sockets.drill("refresh_requested")

    seen = []
    async with asyncio.timeout(5):
        while world.slack.sockets.count < 2 or old & set(world.slack.sockets._sockets):
            seen.append(world.slack.sockets.count)
            assert await world.muster.connected()
            await asyncio.sleep(0)
    assert min(seen) == 1
