"""On a weekend an S3 pages at once, and may wait for Monday after that."""

import pytest

from bot.domain.errors import Refused
from bot.operations.weekend import wait_until_monday
from tests.scenarios.conftest import World
from tests.scenarios.look import acknowledged, asks, buttons, card, inc, presses, shown, told


async def comes_saturday(world: World) -> None:
    await world.pass_minutes((5 - world.clock.now().weekday()) % 7 * 24 * 60)


async def test_whoever_acknowledges_on_a_weekend_can_let_an_s3_wait_for_monday(world: World):
    await comes_saturday(world)
    dev = await world.declare(severity="S3")
    ana = world.person("ana")
    assert "*You are paged*" in shown(ana.dm()[-1])
    await presses(world, ana, ana.dm()[-1], "Acknowledge")
    assert "Wait until Monday" in buttons(ana.dm()[-1])

    await presses(world, ana, ana.dm()[-1], "Wait until Monday")

    assert not any("Wait until Monday" in buttons(one) for one in ana.dm() if not one.get("is_ephemeral"))
    assert "*Waits until " in shown(card(dev))
    assert any("lets it wait until" in one for one in told(dev))
    await world.pass_minutes(120)
    assert not any("Update overdue" in one for one in told(dev))

    await presses(world, ana, card(ana), "Work on it now")

    assert "Waits until" not in shown(card(dev))
    await world.pass_minutes(61)
    assert any("Update overdue" in one for one in told(dev))


async def test_who_was_only_called_is_not_offered_to_let_it_wait(world: World):
    await comes_saturday(world)
    dev = await world.declare(severity="S3")
    await presses(world, world.person("ana"), world.person("ana").dm()[-1], "Escalate now")
    ines = world.person("ines")
    assert "*You are paged*" in shown(ines.dm()[-1])

    await inc(world, "ana", "ack")

    assert "acknowledged this page" in shown(ines.dm()[-1])
    assert "Wait until Monday" not in buttons(ines.dm()[-1])
    with pytest.raises(Refused, match="Only who acknowledged INC-1"):
        await world.muster.desk.perform(wait_until_monday, 1, by=ines.id)
    assert "Waits until" not in shown(card(dev))
    assert "Wait until Monday" in buttons(await asks(world, "ana"))
    assert "Wait until Monday" not in buttons(await asks(world, "ines"))


async def test_a_raised_severity_takes_the_offer_to_wait_away(world: World):
    await comes_saturday(world)
    await world.declare(severity="S3")
    ana = await acknowledged(world)
    page = ana.dm()[0]
    assert "Wait until Monday" in buttons(page)

    await inc(world, "dev", "severity S1")

    (now,) = [one for one in ana.dm() if one["ts"] == page["ts"]]
    assert "Wait until Monday" not in buttons(now)
