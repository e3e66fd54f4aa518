"""What people wrote is shown whole, however long a form or a command lets it be."""

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, asks, buttons, inc, presses, sends, shown

LONG = "The load balancer dropped every second connection. " * 50 + "The end."


@pytest.mark.parametrize("way", ["cancel", "lowered", "reopened", "asked"])
async def test_the_channel_shows_all_of_a_reason(world: World, way: str):
    dev = await world.declare(severity="S2")
    if way == "cancel":
        await inc(world, "dev", f"cancel {LONG}")
    elif way == "lowered":
        await inc(world, "dev", "severity S4")
        assert await sends(world, dev, which="never", reason=LONG) == {}
    elif way == "reopened":
        await inc(world, "dev", "cancel A test")
        await inc(world, "dev", f"reopen {LONG}")
    else:
        await inc(world, "dev", "escalate security")
        assert await sends(world, dev, message=LONG) == {}

    said = next(one for one in reversed(dev.messages(CHANNEL)) if "load balancer" in shown(one))

    assert shown(said).replace("\n> ", " ").count("dropped every second connection.") == 50
    assert "The end." in shown(said)


async def test_a_reason_too_long_for_a_button_can_be_copied_whole(world: World):
    await world.declare()

    offered = await asks(world, "ana", f"cancel {LONG}")

    assert shown(offered).count("dropped every second connection.") == 50
    assert "The end." in shown(offered)
    assert buttons(offered) == ["Take the lead"]
    await presses(world, world.person("ana"), offered, "Take the lead")
