"""A near miss: noted in one line, by the form, or of an incident. It pages nobody and blocks nothing."""

from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
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
    whole_panel,
)


def dms(world: World, *who: str) -> list[str]:
    return [one["text"] for each in who for one in world.person(each).dm()]


async def test_one_line_notes_a_near_miss_which_pages_nobody_for_hours_and_is_reviewed(world: World):
    dev = world.person("dev")
    assert "owns it and its review" in shown(await asks(world, "dev", "nearmiss S1 Disk full", "general"))
    again = shown(await asks(world, "dev", "nearmiss S1 Disk full", "general"))
    assert "INC-1 Disk full" in again
    assert "is declared already" in again
    await world.settle_down()
    await world.pass_hours(3)

    assert "near miss" in answer(dev, "general")["text"].lower()
    assert dms(world, "ana", "ines", "carla", "lena") == []
    seen = shown(card(dev))
    assert "Near miss, would have been S1 Critical · Investigating" in seen
    assert "`Near Miss`" in seen
    assert "blocks" not in seen
    assert "is verified" not in seen
    announced = world.person("dev").messages("incidents")
    assert "Near miss, would have been S1" in shown(announced[-1])

    await world.stop()
    await world.start()
    await inc(world, "dev", "resolve fix")
    assert "needs a review" in shown(answer(dev))
    assert "It is an incident" in buttons(card(dev)) or "Begin the review" in buttons(card(dev))


async def test_it_can_be_given_to_somebody_who_owns_it_whoever_answers(world: World):
    dev = await inc(world, "dev", "near miss S3 Disk full @bo", "general")
    await world.settle_down()
    assert "owns it and its review" in answer(dev, "general")["text"]
    assert "handed you the lead" in dms(world, "bo")[-1]
    assert "Go on in its channel is" not in dms(world, "bo")[-1]

    await inc(world, "dev", "escalate EOC")
    assert await sends(world, dev, message="Have a look") == {}
    assert len(dms(world, "ana")) == 1
    await acknowledged(world, "ana")

    assert "Lead: bo" in shown(card(dev))


async def test_the_form_notes_one_and_asks_who_owns_it(world: World):
    dev = await inc(world, "dev", "nearmiss", "general")
    assert "would have had" in shown(dev.modal)
    assert await sends(world, dev, name="Disk full", severity="S2", owner="bo") == {}
    await world.settle_down()

    assert "Near miss, would have been S2 High" in shown(card(dev))
    assert dms(world, "ana", "ines", "carla") == []


async def test_the_form_of_a_declaration_turns_into_that_of_a_near_miss(world: World):
    dev = await inc(world, "dev", "Disk full", "general")
    await dev.press("declare_near_miss")
    await world.settle()
    assert "Initial status" not in shown(dev.modal)
    assert await sends(world, dev, severity="S1") == {}
    await world.settle_down()

    assert "Near miss, would have been S1" in shown(card(dev))
    assert dms(world, "ana", "ines", "carla") == []


async def test_an_incident_turns_into_a_near_miss_by_its_lead_and_back(world: World):
    dev = await world.declare(severity="S2")
    await world.settle_down()
    assert "blocks deployments" in shown(card(dev))
    said = await asks(world, "bo", "nearmiss INC-1 Only the test system", "general")
    assert "Only the lead" in shown(said)
    assert "Take the lead" in buttons(said)

    said = await asks(world, "dev", "nearmiss Only the test system")
    await world.settle_down()
    assert "is a near miss" in shown(said)
    assert "blocks" not in shown(card(dev))
    called = len(dms(world, "ana", "ines", "carla", "lena"))
    await world.pass_hours(1)
    assert len(dms(world, "ana", "ines", "carla", "lena")) == called
    assert "noted it as a *near miss*" in shown(await asks(world, "dev", "timeline"))
    assert "already" in shown(await asks(world, "dev", "nearmiss"))

    await presses(world, dev, card(dev), "It is an incident", confirm=True)
    await world.settle_down()
    assert "blocks deployments" in shown(card(dev))
    assert "is an incident, S2. Paged: " in shown(answer(dev))
    await acknowledged(world, "ines")
    assert "Lead: ines" in shown(card(dev))
    for real in ("nearmiss real INC-1", "nearmiss INC-1 real"):
        await inc(world, "ines", "nearmiss INC-1 Only the test system", "general")
        assert "INC-1 is an incident, S2" in plain(await asks(world, "ines", real, "general"))
    assert "Which one do you mean?" in shown(await asks(world, "ines", "nearmiss real", "general"))


async def test_a_triage_is_decided_as_a_near_miss_by_anybody(world: World):
    dev = await world.declare(status="triage", severity="S1")
    await world.settle_down()
    await inc(world, "bo", "nearmiss INC-1 Nothing came of it", "general")
    await world.settle_down()
    await world.pass_hours(1)

    assert "Near miss, would have been S1 Critical · Investigating" in shown(card(dev))
    assert [one for one in dms(world, "ana", "ines") if "page" in one.lower()] == []


async def test_the_panel_notes_it_with_its_reason_and_a_real_one_is_not_merged_into_it(world: World):
    dev = await world.declare()
    await presses(world, dev, await whole_panel(world, "dev"), "It was a near miss")
    assert await sends(world, dev, reason="It healed") == {}
    await world.settle_down()
    await world.declare(name="Disk is full", severity="S2")

    said = await asks(world, "dev", "merge INC-1", "inc-2-disk-is-full")
    assert "INC-1 is a near miss" in shown(said)
    said = await asks(world, "dev", "nearmiss It was the test system @bo", "inc-2-disk-is-full")
    await world.settle_down()
    assert f"<@{world.person('bo').id}> owns it and its review" in shown(said)
    assert "Lead: bo" in shown(card(dev, "inc-2-disk-is-full"))
    assert "> It was the test system" in shown(await asks(world, "dev", "timeline", "inc-2-disk-is-full"))
    assert "It healed" in shown(await asks(world, "dev", "timeline", CHANNEL))
