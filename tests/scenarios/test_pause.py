"""An S3 or S4 is paused until a date: in one line, by the form, and until it becomes grave."""

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import (
    acknowledged,
    answer,
    asks,
    buttons,
    card,
    inc,
    plain,
    presses,
    sends,
    shown,
    told,
    whole_panel,
)

PAUSED = "*Paused until 2026-03-06 09:00 UTC*: Waiting for the vendor"


async def test_a_pause_in_one_line_is_on_the_card_and_reminds_nobody(world: World):
    dev = await world.declare(severity="S3")
    await acknowledged(world)

    await inc(world, "ana", "wait until monday")
    assert "Paused until 2026-03-09" in plain(card(dev))
    await inc(world, "ana", "pause end")
    said = await asks(world, "ana", "pause until friday Waiting for the vendor")

    assert "INC-1 is paused until" in shown(said)
    assert PAUSED in plain(card(dev))
    assert any("paused it until" in one and "Waiting for the vendor" in one for one in told(dev))
    await world.stop()
    await world.start()
    await world.pass_hours(24)
    assert not any("overdue" in shown(one) for one in [*dev.dm(), *world.person("ana").dm()])
    assert not any("Update overdue" in one for one in told(dev))
    assert world.person("ines").dm() == []
    await presses(world, world.person("ana"), card(dev), "Work on it now")
    assert "Paused until" not in shown(card(dev))


async def test_the_form_pauses_and_gives_back_what_was_typed_without_a_date(world: World):
    dev = await world.declare(severity="S4")
    await acknowledged(world)
    ana = await inc(world, "ana", "pause the vendor answers next week")
    assert ana.modal
    assert "I do not understand until when: ˋthe vendor answers next weekˋ" in shown(ana.modal)
    now = int(world.clock.now().timestamp())
    assert "is over already" in (await sends(world, ana, until=now - 60))["until"]

    assert await sends(world, ana, until=now + 86_400) == {}

    assert ": the vendor answers next week" in plain(card(dev))
    await presses(world, ana, await whole_panel(world, "ana"), "Work on it now")
    await presses(world, ana, await whole_panel(world, "ana"), "Pause")
    assert await sends(world, ana, reason="The vendor") == {}
    assert "*Paused until 2026-03-03 09:00 UTC*: The vendor" in plain(card(dev))
    await inc(world, "ana", "pause end")
    assert "INC-1 waits no longer" in answer(ana)["text"]
    assert "INC-1 is not paused, and" in (await asks(world, "ana", "pause end"))["text"]


async def test_s1_and_s2_are_not_paused_and_end_a_pause(world: World):
    dev = await world.declare(severity="S3")
    await acknowledged(world)
    await inc(world, "ana", "pause until friday Waiting for the vendor")

    await inc(world, "ana", "severity S2")

    assert "Paused until" not in shown(card(dev))
    refused = await asks(world, "ana", "pause until friday")
    assert "INC-1 is S2: only an S3 or S4 can be paused." in shown(refused)
    assert "Set the severity" in buttons(refused)
    assert "Pause" not in buttons(await whole_panel(world, "ana"))


@pytest.mark.parametrize("typed", ["INC-1 pause until friday", "pause INC-1 until friday"])
async def test_elsewhere_the_number_says_which_one_is_meant(world: World, typed: str):
    dev = await world.declare(severity="S3")
    await acknowledged(world)

    assert "is paused until" in shown(await asks(world, "ana", typed, "general"))

    assert "*Paused until" in shown(card(dev))


async def test_who_only_looks_on_is_told_who_can(world: World):
    dev = await world.declare(severity="S3")
    await acknowledged(world)

    refused = await asks(world, "sam", "pause until friday")

    assert "Only the lead" in shown(refused)
    assert "Take the lead" in buttons(refused)
    assert "Paused until" not in shown(card(dev))


async def test_when_the_pause_is_over_those_at_work_hear_that_it_waits_for_them(world: World):
    await world.declare(severity="S3")
    ana = await acknowledged(world)
    await inc(world, "ana", "pause for 2 hours")

    await world.pass_minutes(121)

    assert "waits for you again*: the pause is over." in shown(ana.dm()[-1])


async def test_customers_are_affected_also_while_work_is_paused(world: World):
    await world.declare(severity="S3")
    await acknowledged(world)
    await inc(world, "ana", "pause until friday Waiting for the vendor")

    await inc(world, "ana", "public degraded")
    await world.pass_minutes(6)

    assert any("You are paged" in shown(one) for one in world.person("carla").dm())
