"""`/inc private`: an incident goes on where only its people read; what all could read is taken back."""

import json
from datetime import timedelta

import pytest

from sandbox.faults import Fault
from storage import incidents, members
from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    acknowledged,
    answer,
    asks,
    card,
    inc,
    presses,
    sends,
    shown,
    told,
    whole_panel,
)

OLD = "inc-1-moved"
GONE = "*INC-1 is private now.* Nothing more is announced of it. To be let in: `/inc access INC-1`."


async def everybody_reads(world: World) -> str:
    """Return all that anybody can read in public channels, archived ones too, but for Slack's own lines."""
    public = [one for one in world.slack.workspace.channels.values() if not one.private]
    said = [message for one in public for message in one.messages if "subtype" not in message]
    return json.dumps([said, [[one.name, one.topic.value, one.bookmarks] for one in public]])


def new_channel(world: World) -> str:
    names = (one.name for one in world.slack.workspace.channels.values() if one.private)
    return next(name for name in names if name.startswith(CHANNEL))


async def test_it_goes_on_in_a_private_channel_and_is_taken_back_elsewhere(world: World):
    dev = await world.declare(severity="S1", summary="stolen: the key")
    await world.person("ren").join(CHANNEL)
    await acknowledged(world)
    await inc(world, "dev", "update stolen: an update")
    await inc(world, "dev", "link stolen https://stolen.test")
    await inc(world, "dev", "action stolen: look at it @ren")
    await world.person("bo").join(CHANNEL)
    await world.person("bo").leave(CHANNEL)
    await world.settle_down()
    assert "stolen" in await everybody_reads(world)

    await inc(world, "dev", "private yes Customer data")
    await world.settle_down()

    ws = world.slack.workspace
    left = await everybody_reads(world)
    assert "stolen" not in left
    assert "isk full" not in left
    assert [one for one in told(dev, "incidents") if "INC-1" in one] == [GONE]
    assert "INC-1 is private now" in answer(dev, OLD)["text"]
    assert ws.channel(OLD).archived
    new = new_channel(world)
    people = {"dev", "ana", "ren", "ines", "carla"}
    assert {ws.user(who).id for who in people} <= set(ws.channel(new).members)
    assert await world.muster.uow.read(members.gone, 1) == frozenset()  # bo left, and was not removed
    assert "stolen: the key" in shown(card(dev, new))
    [said] = [one for one in told(dev, new) if "\n" not in one and "made the" in one]
    assert "made the incident private" in said
    assert "Customer data" in said
    assert "acknowledged" not in str(told(dev, new)[1:]), "what the old channel heard is told again"
    assert ws.channel(new).topic.value.startswith("S1 · Investigating")
    direct = json.dumps([world.person(who).dm() for who in people])
    assert "isk full" not in direct
    assert "stolen" not in direct
    assert f"<#{ws.channel(new).id}>" in shown(world.person("ren").dm()[-1])


async def test_so_are_its_duplicates_which_tell_of_the_same(world: World):
    dev = await world.declare(severity="S2", summary="stolen: the key")
    await world.declare("dev", name="Stolen key", summary="stolen: that key")
    await inc(world, "dev", "update stolen: an update", "inc-2-stolen-key")
    await inc(world, "dev", "merge INC-1", "inc-2-stolen-key")
    assert await sends(world, dev) == {}
    await world.settle_down()
    assert "stolen" in await everybody_reads(world)

    await inc(world, "dev", "private yes Customer data")
    await world.settle_down()

    left = (await everybody_reads(world)).casefold()
    assert "stolen" not in left
    assert "disk full" not in left
    assert "I know no incident" in (await asks(world, "ren", "recap INC-2", "general"))["text"]
    private = [one.name for one in world.slack.workspace.channels.values() if one.private and not one.im]
    assert [name for name in private if name.startswith("inc-")] == [new_channel(world)]


async def test_in_triage_it_is_asked_about_in_no_channel_any_more(world: World):
    dev = await world.declare(status="triage", summary="stolen: the key")
    panel = await whole_panel(world, "dev")

    await presses(world, dev, panel, "Make it private")
    assert "with the 1 person of this one" in shown(dev.modal)
    assert await sends(world, dev) == {}
    await world.settle_down()

    assert "stolen" not in await everybody_reads(world)
    asked = told(dev, "incidents-dotcom-triage")
    assert asked == [GONE]
    assert "I know no incident" in (await asks(world, "ana", "accept INC-1", "general"))["text"]


async def test_only_its_people_can_and_only_once(world: World):
    await world.declare()
    outside = await asks(world, "ren", "INC-1 private For fun", "general")
    assert outside["text"] == "Only people in its channel can make INC-1 private. Join it first."

    dev = await inc(world, "dev", "private Data of customers")
    assert "with the 2 people of this one" in shown(dev.modal)
    assert "direct messages" in shown(dev.modal)
    assert not (await world.muster.uow.read(incidents.get, 1)).private, "it was done before anybody was sure"
    await sends(world, dev)
    assert (await world.muster.uow.read(incidents.get, 1)).private
    assert "Data of customers" in shown(await asks(world, "dev", "timeline all", new_channel(world)))
    again = await asks(world, "dev", "INC-1 private yes Data", "general")

    assert again["text"] == "INC-1 is private already: only people in its channel know of it."


@pytest.mark.faults
@pytest.mark.parametrize("lost", ["conversations.create", "chat.delete", "conversations.archive"])
async def test_it_is_done_once_though_answers_are_lost_and_the_bot_dies(world: World, lost: str):
    dev = await world.declare(summary="stolen: the key")
    await inc(world, "dev", "update stolen: an update")
    await world.settle_down()
    world.slack.faults.append(Fault(lost, "drop_after", 0, times=1))
    if lost == "conversations.create":  # the old channel can still be taken for the one that was created
        world.slack.faults.append(Fault("conversations.archive", "status", 503, times=3))

    await dev.slash("/inc", "private yes Data", channel=CHANNEL)
    await world.stop()
    await world.start()
    await world.pass_minutes(2)

    assert "stolen" not in await everybody_reads(world)
    private = [one.name for one in world.slack.workspace.channels.values() if one.private]
    assert [name for name in private if name.startswith("inc-1")] == [new_channel(world)]
    assert world.slack.workspace.channel(OLD).archived
    assert "stolen: the key" in shown(card(dev, new_channel(world)))


async def test_all_is_taken_back_also_if_this_machine_was_ahead_of_slack_when_it_was_declared(world: World):
    await world.declare(summary="stolen: the key")
    await inc(world, "dev", "update stolen: an update")
    later = (world.clock.now() + timedelta(minutes=20)).isoformat(timespec="microseconds")
    await world.muster.uow.perform(
        lambda tx: tx.execute("UPDATE incidents SET declared_at = :later", {"later": later})
    )

    await inc(world, "dev", "private yes Customer data")
    await world.settle_down()

    left = await everybody_reads(world)
    assert "stolen" not in left
    assert "isk full" not in left


async def outsiders_read(world: World) -> str:
    """Return what those read in direct messages who are not in the incident."""
    return json.dumps([world.person(who).dm() for who in ("bo", "ren", "chen", "luis")])


async def spoken_of(world: World) -> None:
    """Have an incident of which people heard who are not in its channel (any more)."""
    await world.declare("luis", severity="S1", summary="stolen: the key")
    await acknowledged(world)
    await world.person("dev").join(CHANNEL)
    await world.settle()
    await inc(world, "bo", "subscribe INC-1", "general")
    await inc(world, "dev", "action stolen: look at it @ren")
    await inc(world, "dev", "role comms @chen")
    await inc(world, "dev", "update stolen: an update")
    await inc(world, "dev", "customer-call")
    await world.settle_down()
    for who in ("ren", "chen", "luis"):
        if world.slack.workspace.user(who).id in world.slack.workspace.channel(CHANNEL).members:
            await world.person(who).leave(CHANNEL)
    await world.settle_down()


@pytest.mark.faults
@pytest.mark.parametrize("away", [False, True], ids=["at once", "Slack is away and the bot dies"])
async def test_what_others_were_told_of_it_is_taken_back(world: World, away: bool):
    await spoken_of(world)
    before = await outsiders_read(world)
    assert "stolen" in before
    if away:
        world.slack.faults.append(Fault("chat.update", "status", 503, times=20))

    await world.person("dev").slash("/inc", "private yes Data", channel=CHANNEL)
    if away:
        await world.stop()
        await world.start()
        await world.pass_minutes(3)
    await world.settle_down()

    left = await outsiders_read(world)
    assert "stolen" not in left
    assert "isk full" not in left
    for who in ("bo", "luis"):
        assert "INC-1 is private now" in shown(world.person(who).dm()[-1])
    assert "isk full" not in await everybody_reads(world)


async def test_who_is_removed_reads_no_more_what_they_were_told(world: World):
    dev = await world.declare(visibility="private", summary="stolen: the key")
    await dev.invite(CHANNEL, "bo")
    await world.settle()
    await inc(world, "bo", "subscribe")
    await inc(world, "dev", "update stolen: an update")
    assert "stolen" in json.dumps(world.person("bo").dm())

    await dev.kick(CHANNEL, "bo")
    await world.settle()

    assert "stolen" not in json.dumps(world.person("bo").dm())
    assert "You are not in the channel of private incident INC-1 any more" in shown(
        world.person("bo").dm()[-1]
    )
