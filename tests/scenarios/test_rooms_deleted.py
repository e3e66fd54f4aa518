"""A channel that somebody deletes: the incident goes on without it, and everybody is told once."""

import pytest

from sandbox.person import Person
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, inc, presses, shown


async def deletes(world: World, channel: str = CHANNEL) -> None:
    """Have the workspace's administrator delete a channel."""
    await world.person("ana").delete_channel(channel)
    await world.settle()


def unheard(world: World) -> None:
    """Take the incident's channel away without an event."""
    del world.slack.workspace.channels[world.slack.workspace.channel(CHANNEL).id]


async def from_elsewhere(world: World, text: str) -> None:
    """Have the lead type a command for the incident where it has no channel."""
    asked = await asks(world, "dev", text, "general")
    await presses(world, world.person("dev"), asked, "For INC-1")


def said_to(lead: Person) -> list[str]:
    return [shown(one) for one in lead.dm() if "Its channel was deleted" in shown(one)]


async def test_an_incident_goes_on_without_its_channel(world: World):
    dev = await world.declare()

    await deletes(world)

    announced = dev.messages("incidents")[-1]
    assert "its channel was deleted" in shown(announced)
    assert "Channel: its channel was deleted" in shown(world.person("ana").dm()[0])
    assert "its channel was deleted" in shown(await asks(world, "dev", "list", "general"))
    assert len(said_to(dev)) == 1
    assert "Go on in any other channel" in said_to(dev)[0]

    await world.pass_minutes(15)
    assert "You are paged" in shown(world.person("ines").dm()[0])

    await from_elsewhere(world, "update Half of the disks are full")
    await from_elsewhere(world, "severity S2")
    await from_elsewhere(world, "rename Disks full")
    await from_elsewhere(world, "lead @lena")
    await world.settle_down()
    thread = [shown(one) for one in dev.messages("incidents", announced["ts"])]
    assert any("Half of the disks are full" in text for text in thread)
    assert len(said_to(dev)) == 1
    assert ["handed you the lead" in one for one in said_to(world.person("lena"))] == [True]
    await from_elsewhere(world, "timeline all")
    timeline = shown(answer(dev, "general"))
    assert timeline.count("Its channel was deleted") == 1
    assert "could not be" not in timeline


async def test_a_private_incident_goes_on_without_its_channel(world: World):
    dev = await world.declare(visibility="private")
    await dev.invite(CHANNEL, "ana")

    await deletes(world)

    (told,) = said_to(dev)
    assert "announcements" not in told
    await from_elsewhere(world, "severity S2")
    assert answer(dev, "general")["text"].startswith("INC-1 is now S2.")


@pytest.mark.parametrize("running", [True, False])
async def test_a_channel_whose_deletion_nobody_told_is_missed(world: World, *, running: bool):
    dev = await world.declare()
    if running:
        unheard(world)
        await from_elsewhere(world, "severity S2")
        await from_elsewhere(world, "update Still full")
    else:
        await world.stop()
        unheard(world)
        await world.start()
    await world.settle_down()

    assert len(said_to(dev)) == 1
    assert "its channel was deleted" in shown(dev.messages("incidents")[-1])
    assert [one for one in dev.dm() if "cannot be told" in shown(one)] == []


async def test_an_announcement_channel_that_was_deleted_is_told_once(world: World):
    dev = await world.declare()

    await deletes(world, "incidents")
    await inc(world, "dev", "status Fixing")
    await inc(world, "dev", "update Still full")

    there = [shown(one) for one in dev.messages(CHANNEL)]
    assert len([text for text in there if "The announcement in #incidents is gone" in text]) == 1
    assert [text for text in there if "could not be" in text] == []
    assert "Fixing" in shown(dev.messages("incidents-dotcom")[-1])
