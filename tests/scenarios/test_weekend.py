"""On a weekend an S3 pages at once, and may wait for Monday after that."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.operations.incidents.weekend import wait_until_monday
from storage import incidents
from tests.fakes import NOON, FakeClock
from tests.scenarios.conftest import World
from tests.scenarios.look import acknowledged, answer, buttons, card, inc, presses, shown, told, whole_panel


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that stands on a Sunday evening."""
    return FakeClock(NOON + timedelta(days=6 - NOON.weekday(), hours=7))


async def test_whoever_acknowledges_on_a_weekend_can_let_an_s3_wait_for_monday(world: World):
    dev = await world.declare(severity="S3")
    ana = world.person("ana")
    assert "*You are paged*" in shown(ana.dm()[-1])
    await presses(world, ana, ana.dm()[-1], "Acknowledge")
    assert "Wait until Monday" in buttons(ana.dm()[-1])

    await presses(world, ana, ana.dm()[-1], "Wait until Monday")
    assert "Work on it waits until" in shown(dev.dm()[0])

    assert not any("Wait until Monday" in buttons(one) for one in ana.dm() if not one.get("is_ephemeral"))
    assert "*Waits until " in shown(card(dev))
    assert any("lets it wait until" in one for one in told(dev))
    await world.pass_minutes(100)
    assert not any("Update overdue" in one for one in told(dev))
    await inc(world, "dev", "update Still slow")
    assert any("Still slow" in one and "No next update planned" in one for one in told(dev))

    await presses(world, ana, card(ana), "Work on it now")

    assert "Waits until" not in shown(card(dev))
    await world.pass_minutes(61)
    assert any("Update overdue" in one for one in told(dev))


async def test_a_lead_who_holds_no_role_can_let_it_wait(world: World):
    dev = await world.declare(severity="S3")
    await acknowledged(world)
    await inc(world, "sam", "lead me")
    sam = world.person("sam")
    await presses(world, sam, answer(sam), "Take the lead")

    await presses(world, sam, await whole_panel(world, "sam"), "Wait until Monday")

    assert "*Waits until " in shown(card(dev))


async def test_who_was_only_called_is_not_offered_to_let_it_wait(world: World):
    dev = await world.declare(severity="S3")
    await presses(world, world.person("ana"), world.person("ana").dm()[-1], "Escalate now")
    ines = world.person("ines")
    assert "*You are paged*" in shown(ines.dm()[-1])

    await inc(world, "ana", "ack")

    assert "acknowledged this page" in shown(ines.dm()[-1])
    assert "Wait until Monday" not in buttons(ines.dm()[-1])
    with pytest.raises(Refused, match="Only the lead and those at work on INC-1"):
        await world.muster.uow.perform(wait_until_monday, 1, by=ines.id)
    assert "Waits until" not in shown(card(dev))
    assert "Wait until Monday" in buttons(await whole_panel(world, "ana"))
    assert "Wait until Monday" not in buttons(await whole_panel(world, "ines"))


async def test_a_raised_severity_takes_the_offer_to_wait_away(world: World):
    await world.declare(severity="S3")
    ana = await acknowledged(world)
    page = ana.dm()[0]
    assert "Wait until Monday" in buttons(page)

    await inc(world, "dev", "severity S1")

    (now,) = [one for one in ana.dm() if one["ts"] == page["ts"]]
    assert "Wait until Monday" not in buttons(now)


async def test_on_monday_morning_those_at_work_hear_that_it_waits_for_them(world: World):
    dev = await world.declare(severity="S3")
    ana = await acknowledged(world)
    await inc(world, "ana", "lead @dev")
    await presses(world, ana, ana.dm()[0], "Wait until Monday")
    until = (await world.muster.uow.read(incidents.get, 1)).waits_until
    assert until

    await world.pass_minutes((until - world.clock.now()).total_seconds() / 60 + 1)

    for one in (ana, dev):
        assert "waits for you again" in shown(one.dm()[-1])
        assert buttons(one.dm()[-1]) == ["Update"]
    ines = world.person("ines")
    await world.pass_minutes(25)
    assert ines.dm() == []
    await world.pass_minutes(5)
    assert "*You are paged*" in shown(ines.dm()[-1])
