"""People and channels get an incident's updates, until it is over or they may not know of it any more."""

from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    answer,
    asks,
    buttons,
    inc,
    plain,
    presses,
    sends,
    shown,
    whole_panel,
)


def heard(world: World, who: str) -> list[str]:
    """Return what somebody read in direct messages about an incident."""
    return [shown(one) for one in world.person(who).dm() if "INC-1" in shown(one)]


def thread(world: World, channel: str = "backend") -> list[str]:
    """Return the announcement in a channel, and what stands below it."""
    dev = world.person("dev")
    [root] = [one for one in dev.messages(channel) if "INC-1" in shown(one)]
    return [shown(root), *(shown(one) for one in dev.messages(channel, root["ts"])[1:])]


async def test_a_person_gets_the_updates_and_word_when_it_is_over_and_then_nothing(world: World):
    await world.declare()
    said = await asks(world, "ren", "subscribe INC-1", "general")
    assert "You get the updates of *INC-1 Disk full*" in shown(said)

    await inc(world, "dev", "update We drain it")
    await inc(world, "dev", "resolve fix")
    await inc(world, "dev", "update All is calm")

    update, over = heard(world, "ren")
    assert "*Update on INC-1 Disk full from" in update
    assert "We drain it" in update
    assert "*INC-1 Disk full is over*" in over


async def test_it_comes_again_when_the_problem_is_back(world: World):
    await world.declare()
    await inc(world, "ren", "subscribe INC-1", "general")
    await inc(world, "dev", "resolve fix")

    await inc(world, "dev", "reopen it is full again")
    await inc(world, "dev", "update Again")

    _, back, update = heard(world, "ren")
    assert "is open again" in back
    assert "Again" in update


async def test_somebody_else_is_told_who_subscribed_them_and_can_stop_it(world: World):
    await world.declare()
    ren = world.person("ren")

    await inc(world, "dev", "subscribe @ren")
    assert f"<@{world.person('dev').id}> subscribed you to the updates" in heard(world, "ren")[0]
    await presses(world, ren, ren.dm()[-1], "Stop these updates")
    await inc(world, "dev", "update We drain it")

    who = plain(await asks(world, "dev", "roles"))
    assert f"Responders: <@{world.person('dev').id}>\n" in who, "who only reads does nothing for it"
    assert len(heard(world, "ren")) == 2  # that they were subscribed, and that they are no more
    assert "You get no updates of *INC-1 Disk full*" in heard(world, "ren")[-1]


async def test_a_channel_gets_one_message_and_the_updates_in_its_thread(world: World):
    await world.declare()
    backend = world.slack.workspace.channel("backend").id

    said = await asks(world, "dev", "subscribe #backend")
    await inc(world, "dev", "update We drain it")
    await inc(world, "dev", "severity S2")
    await inc(world, "dev", "resolve fix")
    await inc(world, "dev", "update All is calm")

    assert f"<#{backend}>" in shown(said)
    root, update, over = thread(world)
    assert "Resolved" in root
    assert "We drain it" in update
    assert "is over" in over


async def test_a_channel_that_is_taken_off_says_so_and_gets_nothing_more(world: World):
    await world.declare()
    await inc(world, "dev", "subscribe #backend")

    await inc(world, "dev", "unsubscribe #backend")
    await inc(world, "dev", "update We drain it")
    assert thread(world) == [
        "Updates of INC-1 Disk full are told here no more. `/inc subscribe INC-1 #channel` begins that again."
    ]


async def test_the_form_takes_a_person_and_a_channel(world: World):
    dev = await world.declare()
    await presses(world, dev, await whole_panel(world, "dev"), "Get updates")

    await presses(world, dev, answer(dev), "Somebody else, or a channel")
    where = world.slack.workspace.channel("backend").id
    assert await sends(world, dev, person=world.person("ren").id, channel=where) == {}
    await inc(world, "dev", "update We drain it")

    assert "We drain it" in heard(world, "ren")[-1]
    assert "We drain it" in thread(world)[-1]
    assert "We drain it" in heard(world, "dev")[-1]


async def test_a_private_incidents_updates_go_to_its_people_alone_and_end_with_that(world: World):
    dev = await world.declare(visibility="private")
    ren = world.person("ren")

    assert "private: its updates go to no other channel" in shown(
        await asks(world, "dev", "subscribe #backend")
    )
    outside = await asks(world, "dev", "subscribe @ren")
    assert "Invite them there first" in shown(outside)
    await dev.invite(CHANNEL, "ren")
    await world.settle()
    await inc(world, "dev", "subscribe @ren")
    await inc(world, "dev", "update A key is gone")
    assert "A key is gone" in heard(world, "ren")[-1]
    assert "Disk full" not in str([one for one in ren.dm() if "Update on" in shown(one)])
    before = len(ren.dm())
    await dev.kick(CHANNEL, "ren")
    await world.settle()
    await inc(world, "dev", "update Another key")

    assert not any("Another key" in one for one in heard(world, "ren")[before:])


async def test_what_turns_private_is_taken_back_from_a_channel_and_tells_outsiders_no_more(world: World):
    await world.declare()
    await inc(world, "ren", "subscribe INC-1", "general")
    await inc(world, "dev", "subscribe #backend")
    await inc(world, "dev", "update We drain it")

    dev = await inc(world, "dev", "private yes a key was stolen")
    if dev.modal:
        await sends(world, dev)
    await world.settle_down()
    await inc(world, "dev", "INC-1 update A key is gone", "general")

    assert "A key is gone" not in str(heard(world, "ren"))
    assert "private now" in thread(world)[0]
    assert len(thread(world)) == 1


async def test_those_who_get_a_duplicates_updates_get_the_other_ones(world: World):
    await world.declare()
    await world.declare(name="Disk fuller")
    await inc(world, "ren", "subscribe INC-2", "general")

    dev = await inc(world, "dev", "merge INC-2 INC-1", "general")
    if dev.modal:
        await sends(world, dev)
    await inc(world, "dev", "update We drain it")

    merged, update = heard(world, "ren")
    assert "INC-2 was merged: you get the updates of *INC-1 Disk full* instead" in merged
    assert "We drain it" in update


async def test_nonsense_and_an_ended_incident_are_refused_with_what_to_do(world: World):
    await world.declare()

    assert "I do not know who or what `pizza` is" in shown(await asks(world, "dev", "subscribe pizza"))
    assert "A group gets no updates" in shown(await asks(world, "dev", "subscribe @backend-devs"))
    assert "is announced in" in shown(await asks(world, "dev", "subscribe #incidents"))
    assert "gets no updates of INC-1" in shown(await asks(world, "dev", "unsubscribe #backend"))
    await inc(world, "dev", "resolve fix")
    over = await asks(world, "dev", "subscribe")
    assert "no more updates come" in shown(over)
    assert "Timeline" in buttons(over)


async def test_subscriptions_outlast_a_restart(world: World):
    await world.declare()
    await inc(world, "ren", "subscribe INC-1", "general")

    await world.stop()
    await world.start()
    await inc(world, "dev", "update We drain it")

    assert "We drain it" in heard(world, "ren")[-1]
