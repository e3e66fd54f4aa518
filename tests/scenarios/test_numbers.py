"""An incident named by its number, from any channel: nothing that was typed is lost."""

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, buttons, card, inc, presses, sends, shown, told


@pytest.mark.parametrize("where", ["general", "bot", CHANNEL])
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("INC-1 update Half is <back> & up", "Half is &lt;back&gt; &amp; up"),
        ("update INC-1 Half is back", "Half is back"),
        ("inc-1: status fixing", "to *Fixing*"),
        ("status inc1 fixing", "to *Fixing*"),
        ("rename INC-1 Disk 7 is full", "to *Disk 7 is full*"),
        ("INC-1 cancel A load test of ours", "A load test of ours"),
        ("cancel INC-1 A load test of ours", "A load test of ours"),
        ("INC-1 role IM @ines", "> IM."),
        ("INC-1 sev2", "to *S2*"),
        ("INC-1 resolve by itself", "It ended by itself."),
    ],
)
async def test_a_number_before_or_after_the_command_says_which(
    world: World, where: str, typed: str, said: str
):
    dev = await world.declare()
    place = await dev.open_dm_with_bot() if where == "bot" else where

    await inc(world, "dev", typed, place)

    assert said in "\n".join(map(shown, dev.messages(CHANNEL)))


@pytest.mark.parametrize("typed", ["INC-1 update", "update INC-1", "INC-1"])
async def test_a_number_alone_opens_what_the_command_opens_there(world: World, typed: str):
    dev = await world.declare()

    await inc(world, "dev", typed, "general")

    if "update" in typed:
        assert await sends(world, dev, text="From elsewhere") == {}
        assert "From elsewhere" in shown(dev.messages(CHANNEL)[-1])
    else:
        assert "*INC-1 Disk full*" in shown(answer(dev, "general"))


async def test_a_reason_to_decline_is_told(world: World):
    dev = await world.declare(status="Triage a problem")

    await inc(world, "ana", "decline INC-1 A load test of ours", "general")

    assert "declined it: this is no incident. Nobody is paged. Reason:\n> A load test" in told(dev)[-1]


async def test_in_another_incidents_channel_it_is_asked_which_is_meant(world: World):
    dev = await world.declare()
    await world.declare(name="Checkout")

    asked = await asks(world, "dev", "cancel INC-2 A test")

    assert "This is the channel of INC-1, and you named INC-2." in asked["text"]
    assert buttons(asked) == ["INC-2", "INC-1"]
    assert "Investigating" in shown(card(dev))
    await presses(world, dev, asked, "INC-2")
    assert "Cancelled" in shown(card(dev, "inc-2-checkout"))
    assert "Investigating" in shown(card(dev))


async def test_a_name_that_begins_with_a_number_declares(world: World):
    dev = await world.declare()

    await inc(world, "dev", "INC-1 is back again", "general")

    assert dev.modal
    assert dev.modal["title"]["text"] == "Declare an incident"


async def test_take_takes_the_page_that_waits_and_then_the_lead(world: World):
    dev = await world.declare()

    await presses(
        world,
        world.person("bo"),
        await asks(world, "bo", "take INC-1", "general"),
        "Take this page",
        confirm=True,
    )
    assert "EOC: bo" in shown(card(dev))
    await presses(world, dev, await asks(world, "dev", "take"), "Take the lead")

    assert "Lead: dev" in shown(card(dev))


async def test_snooze_puts_the_reminder_of_an_update_off(world: World):
    dev = await world.declare(severity="S2")
    await world.pass_minutes(31)

    answered = await asks(world, "dev", "snooze")

    assert "The reminder for INC-1 (an update is due) comes again" in answered["text"]
    assert "The reminder was snoozed until" in "\n".join(map(shown, dev.messages(CHANNEL)))
