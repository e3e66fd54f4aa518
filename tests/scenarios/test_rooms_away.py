"""A channel that the bot cannot post in: what people write is given back, and shown once it can again."""

import asyncio

from sandbox.person import Person
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, buttons, card, inc, presses, sends, shown


async def writes(world: World, dev: Person) -> None:
    """Post an update and add an action, both by their forms."""
    await inc(world, "dev", "update")
    assert await sends(world, dev, text="Half of the disks are full") == {}
    await inc(world, "dev", "action")
    assert await sends(world, dev, title="Drain the node", details="&" * 1900) == {}


async def test_what_was_written_while_the_bot_was_out_is_given_back_and_posted_later(world: World):
    dev = await world.declare(visibility="private")
    await dev.kick(CHANNEL, "muster")
    await world.settle()

    await writes(world, dev)

    given_back = [shown(one) for one in dev.dm() if "is not in its channel" in one["text"]]
    assert [text[1:12] for text in given_back] == ["Your update", "Your action"]
    assert "> Half of the disks are full" in given_back[0]
    assert "> Drain the node" in given_back[1]
    assert given_back[1].count("&amp;") == 1900
    assert all("`/invite @muster`" in text for text in given_back)

    await dev.invite(CHANNEL, "muster")
    await world.settle()

    there = [shown(one) for one in dev.messages(CHANNEL) if one.get("bot_id")]
    assert len([text for text in there if "Half of the disks are full" in text]) == 1
    assert len([text for text in there if "Drain the node" in text]) == 1
    assert len([one for one in dev.dm() if "is not in its channel" in one["text"]]) == 2


async def test_an_update_written_while_the_channel_is_archived_is_given_back(world: World):
    dev = await world.declare()
    await inc(world, "dev", "update")
    await dev.archive(CHANNEL)
    await world.settle()
    assert await sends(world, dev, text="Half of the disks are full") == {}

    (given_back,) = [one for one in dev.dm() if "is not in its channel" in one["text"]]
    assert "the channel is archived" in shown(given_back)
    assert "> Half of the disks are full" in shown(given_back)

    await dev.unarchive(CHANNEL)
    await world.settle()

    assert len([text for text in world.texts("dev", CHANNEL) if "Half of the disks are full" in text]) == 1


async def test_card_and_topic_are_brought_up_to_date_when_the_bot_is_let_in_again(world: World):
    dev = await world.declare(visibility="private")
    await dev.kick(CHANNEL, "muster")
    await world.settle()
    await inc(world, "dev", "severity S2")
    await inc(world, "dev", "status Fixing")
    await world.settle_down()

    await dev.invite(CHANNEL, "muster")
    await world.settle_down()

    assert "S2" in shown(card(dev))
    assert "Fixing" in shown(card(dev))
    topic = world.slack.workspace.channel(CHANNEL).topic.value
    assert topic.startswith("S2")
    assert "Fixing" in topic


async def test_an_announcement_channel_that_comes_back_shows_what_happened_meanwhile(world: World):
    dev = await world.declare()
    ren = world.person("ren")
    await ren.join("incidents")
    await ren.archive("incidents")
    await world.settle()
    await inc(world, "dev", "severity S2")
    await world.declare("ren", name="Mail is slow")

    await ren.unarchive("incidents")
    await world.settle()

    there = [shown(one) for one in dev.messages("incidents") if one.get("bot_id")]
    assert [text.count("Disk full") > 0 for text in there] == [True, False]
    assert "S2" in there[0]
    assert "Mail is slow" in there[1]


async def test_a_press_on_what_was_posted_late_works(world: World):
    dev = await world.declare(visibility="private")
    await dev.kick(CHANNEL, "muster")
    await world.settle()
    await inc(world, "dev", "action")
    await sends(world, dev, title="Drain the node")

    await dev.invite(CHANNEL, "muster")
    await world.settle()
    message = next(one for one in dev.messages(CHANNEL) if "Drain the node" in one["text"])
    assert "Done" in buttons(message)
    await presses(world, dev, message, "Done")

    late = next(one for one in dev.messages(CHANNEL) if one["ts"] == message["ts"])
    assert "done" in shown(late)


async def told_to_nobody(world: World) -> None:
    """Let so much time pass that Slack tells of nothing any more that happened while the bot was stopped."""
    for _ in range(10):
        await asyncio.sleep(0)  # what has happened is on its way to the bot
    world.clock.advance(minutes=180)


async def test_a_private_channel_that_took_the_bot_back_while_it_was_stopped_is_brought_up_to_date(
    world: World,
):
    dev = await world.declare(visibility="private")
    await dev.kick(CHANNEL, "muster")
    await world.settle()
    await writes(world, dev)
    await inc(world, "dev", "severity S2")
    await world.settle_down()
    await world.stop()
    await dev.invite(CHANNEL, "muster")
    await told_to_nobody(world)

    await world.start()
    await world.settle_down()

    there = [shown(one) for one in dev.messages(CHANNEL) if one.get("bot_id")]
    assert len([text for text in there if "Half of the disks are full" in text]) == 1
    assert len([text for text in there if "Drain the node" in text]) == 1
    assert "S2" in shown(card(dev))


async def test_an_archive_that_was_opened_while_the_bot_was_stopped_is_entered_again(world: World):
    dev = await world.declare()
    ren = world.person("ren")
    await ren.join("incidents")
    await dev.archive(CHANNEL)
    await ren.archive("incidents")
    await world.settle()
    await inc(world, "dev", "severity S2", channel="general")
    await world.declare("ren", name="Mail is slow")
    await world.stop()
    await dev.unarchive(CHANNEL)
    await ren.unarchive("incidents")
    await told_to_nobody(world)

    await world.start()
    await world.settle_down()

    there = [shown(one) for one in dev.messages("incidents") if one.get("bot_id")]
    assert any("Mail is slow" in text for text in there)


async def test_a_channel_that_is_still_away_is_left_alone_at_every_start(world: World):
    dev = await world.declare(visibility="private")
    await dev.kick(CHANNEL, "muster")
    await world.settle()
    await writes(world, dev)
    told = len(dev.dm())

    for _ in range(2):
        await world.stop()
        await world.start()

    assert len(dev.dm()) == told
