"""Updates: posted in the channel and under the announcements, and asked for when they are overdue."""

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, buttons, card, inc, presses, sends, shown, told


async def test_the_form_carries_the_state(world: World):
    await world.declare(severity="S2")

    dev = await inc(world, "dev", "update")

    assert dev.modal
    form = {block["block_id"]: block for block in dev.modal["blocks"] if block["type"] == "input"}
    assert [block["label"]["text"] for block in form.values()] == [
        "What is the current impact, and what are we doing?",
        "Status",
        "Severity",
        "Next update in",
    ]
    assert form["status"]["element"]["initial_option"]["value"] == "Investigating"
    assert form["severity"]["element"]["initial_option"]["value"] == "S2"


async def test_an_update_stands_in_the_channel_and_under_each_announcement(world: World):
    await world.declare()
    lena = world.person("lena")

    dev = await inc(world, "dev", "update")
    assert (
        await sends(world, dev, text="Half of the nodes are back", status="Fixing", severity="S2", next="30")
        == {}
    )

    said = next(shown(one) for one in dev.messages(CHANNEL) if "Update on" in shown(one))
    for words in ("*Update on INC-1 Disk full from dev*", "Half of the nodes", "S2 · Fixing"):
        assert words in said
    for place in ("incidents", "incidents-dotcom"):
        announced = lena.messages(place)[-1]
        assert "S2 High · Fixing" in shown(announced)
        thread = lena.messages(place, announced["ts"])
        assert ["Half of the nodes" in shown(one) for one in thread] == [False, True]
    assert "S2 High · Fixing" in shown(card(dev))
    assert "Next update due" in shown(card(dev))


async def test_an_update_that_raises_the_severity_pages(world: World):
    await world.declare()
    assert world.person("ines").dm() == []

    dev = await inc(world, "dev", "update")
    await sends(world, dev, text="It is worse", severity="S1")

    assert "raised the severity" in shown(world.person("ines").dm()[0])
    assert "raised the severity" in shown(world.person("carla").dm()[0])


async def test_an_empty_update_is_not_sent(world: World):
    await world.declare()
    dev = await inc(world, "dev", "update")

    problems = await sends(world, dev, text="   ")

    assert list(problems) == ["text"]
    assert dev.modal


@pytest.mark.parametrize(
    ("severity", "minutes"), [("S1", 15), ("S2", 30), ("S3", 60)], ids=["S1", "S2", "S3"]
)
async def test_an_overdue_update_is_asked_for_in_the_rhythm_of_the_severity(
    world: World, severity: str, minutes: int
):
    dev = await world.declare(severity=severity)
    await inc(world, "dev", "lead @sam")
    sam = world.person("sam")

    await world.pass_minutes(minutes - 1)
    assert not any("overdue" in text for text in told(world.person("dev")))
    await world.pass_minutes(1)

    reminders = [one for one in dev.messages(CHANNEL) if "overdue" in shown(one)]
    assert [buttons(one) for one in reminders] == [["Send update", "Snooze 15 min", "Stop"]]
    assert any("*You lead INC-1 Disk full, and an update is overdue.*" in shown(one) for one in sam.dm())
    assert not any("overdue" in shown(one) for one in dev.dm())


async def test_who_hands_over_the_lead_is_not_asked_for_the_update_any_more(world: World):
    dev = await world.declare(severity="S1")
    sam = world.person("sam")
    await world.pass_minutes(31)
    (asked,) = [one for one in dev.dm() if "an update is overdue" in shown(one)]

    await inc(world, "dev", "lead @sam")

    now = next(one for one in dev.dm() if one["ts"] == asked["ts"])
    assert "You do not lead INC-1 Disk full any more, and need not update it." in shown(now)
    assert f"Lead: <@{sam.id}>." in shown(now)
    assert buttons(now) == []


async def test_an_s4_is_never_asked_for_updates(world: World):
    dev = await world.declare(severity="S4")

    await world.pass_hours(3)

    assert not any("overdue" in shown(one) for one in [*dev.messages(CHANNEL), *dev.dm()])


async def test_a_reminder_sends_an_update_is_snoozed_or_stopped(world: World):
    dev = await world.declare()
    await world.pass_minutes(60)
    (nudge,) = [one for one in dev.messages(CHANNEL) if "overdue" in shown(one)]

    await presses(world, dev, nudge, "Snooze 15 min")
    assert "The next reminder" in answer(dev)["text"]
    await world.pass_minutes(15)
    (again,) = [one for one in dev.messages(CHANNEL) if "overdue" in shown(one)]
    assert again["ts"] == nudge["ts"]

    await presses(world, dev, again, "Send update")
    assert await sends(world, dev, text="Still full", next="120") == {}
    await world.pass_minutes(119)
    assert not any("Update overdue" in shown(one) for one in dev.messages(CHANNEL))
    await world.pass_minutes(1)
    direct = [one for one in dev.dm() if "overdue" in shown(one)]
    assert len(direct) == 2

    await presses(world, dev, direct[-1], "Stop")
    assert "No more reminders" in answer(dev, direct[-1]["channel"])["text"]
    await world.pass_hours(5)
    assert not any("Update overdue" in shown(one) for one in dev.messages(CHANNEL))


async def test_only_the_lead_can_resolve_by_an_update(world: World):
    await world.declare()
    dev = await inc(world, "dev", "status Fixing")

    ren = world.person("ren")
    await ren.join(CHANNEL)
    await inc(world, "ren", "update")
    assert ren.modal
    offered = next(block for block in ren.modal["blocks"] if block.get("block_id") == "status")
    assert "Resolved" not in shown({"blocks": [offered]})
    assert "can resolve" in shown(ren.modal)
    await inc(world, "dev", "update")
    assert await sends(world, dev, text="It is over", status="Resolved") == {}

    assert "It is over" in shown(dev.messages(CHANNEL)[-1])
    assert "S3 Moderate · Fixing" in shown(card(dev))
    assert "Your update is posted. INC-1 Disk full" in shown(dev.modal)
    assert await sends(world, dev, ended="FIX") == {}
    assert "A fix ended it." in shown(dev.messages(CHANNEL)[-1])
    assert "Resolved · S3 Moderate" in shown(dev.messages("incidents")[-1])


async def test_whoever_loses_the_lead_meanwhile_is_told_in_the_form(world: World):
    await world.declare()
    await inc(world, "dev", "status Fixing")
    dev = await inc(world, "dev", "update")
    await inc(world, "ren", "", "general")
    await inc(world, "dev", "lead @sam", CHANNEL)

    problems = await sends(world, dev, text="It is over", status="Resolved")

    assert "Only the lead can resolve INC-1" in problems["status"]
    assert "It is over" not in shown(dev.messages(CHANNEL)[-1])
    assert dev.modal


async def test_an_update_outside_an_incidents_channel_says_where_it_belongs(world: World):
    await world.declare()

    answered = await asks(world, "dev", "update Half of the nodes are back", "general")

    assert "in an incident's own channel" in answered["text"]
