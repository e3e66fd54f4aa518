"""On a weekend an S3 pages at once, and may wait for Monday after that."""

from tests.scenarios.conftest import World
from tests.scenarios.look import buttons, card, presses, shown, told


async def test_whoever_acknowledges_on_a_weekend_can_let_an_s3_wait_for_monday(world: World):
    saturday = (5 - world.clock.now().weekday()) % 7
    await world.pass_minutes(saturday * 24 * 60)
    dev = await world.declare(severity="S3")
    ana = world.person("ana")
    assert "*You are paged*" in shown(ana.dm()[-1])
    await presses(world, ana, ana.dm()[-1], "Acknowledge")
    assert "Wait until Monday" in buttons(ana.dm()[-1])

    await presses(world, ana, ana.dm()[-1], "Wait until Monday")

    assert "*Waits until " in shown(card(dev))
    assert any("lets it wait until" in one for one in told(dev))
    await world.pass_minutes(120)
    assert not any("Update overdue" in one for one in told(dev))

    await presses(world, ana, card(ana), "Work on it now")

    assert "Waits until" not in shown(card(dev))
    await world.pass_minutes(61)
    assert any("Update overdue" in one for one in told(dev))
