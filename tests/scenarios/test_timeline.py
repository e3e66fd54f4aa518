"""The timeline: what people pin, what happens to it, and how it is read."""

import json
import re
from datetime import timedelta

import pytest

from sandbox.faults import Fault
from sandbox.messages import change
from sandbox.person import Person
from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    Json,
    answer,
    asks,
    buttons,
    card,
    corrects,
    inc,
    plain,
    presses,
    sends,
    shown,
)

MARK = "bookmark_tabs"


def marks(person: Person, message: Json) -> dict[str, list[str]]:
    """Return who reacted to a message with what."""
    thread = message.get("thread_ts")
    found = next(one for one in person.messages(CHANNEL, thread) if one["ts"] == message["ts"])
    return {one["name"]: one["users"] for one in found.get("reactions", [])}


async def said(world: World, text: str = "Found it") -> Json:
    """Have an incident, and somebody who says something in its channel."""
    dev = await world.declare()
    return await dev.say(CHANNEL, text)


async def highlights(world: World) -> str:
    """Return the highlights as the reporter reads them."""
    return shown(await asks(world, "dev", "timeline"))


@pytest.mark.parametrize("way", ["pushpin", "pin"])
async def test_a_pinned_message_is_kept_with_author_time_text_and_link(world: World, way: str):
    message = await said(world, "Found it: *node-7* &amp; friends")
    dev, ren = world.person("dev"), world.person("ren")
    await ren.join(CHANNEL)
    world.clock.advance(minutes=4)

    await (ren.react(message, "pushpin") if way == "pushpin" else ren.pin(message))
    await world.settle()

    kept = await highlights(world)
    posted = int(float(message["ts"]))
    link = f"/archives/{message['channel']}/p{message['ts'].replace('.', '')}"
    for words in (f"<@{dev.id}>:\n> Found it: *node-7*", f"<!date^{posted}^", link):
        assert words in kept
    assert marks(dev, message)[MARK] == [world.slack.workspace.app.user_id]


async def test_it_stays_until_the_last_mark_is_gone(world: World):
    message = await said(world)
    dev, ren = world.person("dev"), world.person("ren")
    await ren.join(CHANNEL)
    for mark in (dev.react(message, "pushpin"), ren.react(message, "pushpin"), ren.pin(message)):
        await mark
        await world.settle()
    assert (await highlights(world)).count("Found it") == 1

    for mark in (dev.unreact(message, "pushpin"), ren.unpin(message)):
        await mark
        await world.settle()
        assert "Found it" in await highlights(world)
    await ren.unreact(message, "pushpin")
    await world.settle()

    assert "Found it" not in await highlights(world)
    assert MARK not in marks(dev, message)
    await dev.pin(message)
    await world.settle()
    assert "Found it" in await highlights(world)


async def test_an_edit_is_followed_and_a_deletion_leaves_our_copy(world: World):
    message = await said(world)
    dev = world.person("dev")
    await dev.react(message, "pushpin")
    await world.settle()

    await dev.edit(message, "Found it: node-8")
    await world.settle()
    assert "Found it: node-8\n_(edited)_" in await highlights(world)
    await dev.delete(message)
    await world.settle()

    assert "Found it: node-8\n_(edited, deleted)_" in await highlights(world)


async def test_a_deleted_message_with_replies_is_marked_too(world: World):
    message = await said(world)
    dev = world.person("dev")
    await dev.say(CHANNEL, "Indeed", thread_ts=message["ts"])
    await dev.react(message, "pushpin")
    await world.settle()

    await dev.delete(message)
    await world.settle()

    assert "Found it\n_(deleted)_" in await highlights(world)


async def test_an_unfurled_link_is_no_edit(world: World):
    message = await said(world, "See https://example.com/graph")
    await world.person("dev").react(message, "pushpin")
    await world.settle()

    ws = world.slack.workspace
    channel = ws.channel(CHANNEL)
    stored = channel.find(message["ts"])
    assert stored
    change(ws, channel, stored, {"attachments": [{"title": "Graph"}]})
    await world.settle()

    kept = await highlights(world)
    assert "See " in kept
    assert "edited" not in kept


async def test_a_reply_in_a_thread_and_files_are_kept(world: World):
    message = await said(world)
    dev = world.person("dev")
    reply = await dev.say(CHANNEL, "It was node-9", thread_ts=message["ts"])
    graph = await dev.say(CHANNEL, "Look", files=("graph.png", "<b>.txt"))

    await dev.react(reply, "pushpin")
    await dev.pin(graph)
    await world.settle()

    kept = await highlights(world)
    assert "It was node-9" in kept
    assert f"thread_ts={message['ts']}" in kept
    assert "Files: graph.png, &lt;b&gt;.txt." in kept
    assert MARK in marks(dev, reply)


@pytest.mark.faults
async def test_what_a_pin_says_does_not_wait_for_its_link(world: World):
    message = await said(world)
    dev = world.person("dev")
    reply = await dev.say(CHANNEL, "It was node-9", thread_ts=message["ts"])
    await world.stop()
    world.slack.faults.append(Fault("auth.test", "error", "internal_error", times=100))
    await world.start()

    await dev.react(reply, "pushpin")
    await world.settle()

    kept = await highlights(world)
    assert f"<@{dev.id}>:\n> It was node-9" in kept
    assert "/archives/" not in kept
    world.slack.faults.clear()
    await world.pass_minutes(5)
    where = f"https://tanuki.slack.com/archives/{message['channel']}/p{reply['ts'].replace('.', '')}"
    assert f"<{where}?thread_ts={message['ts']}&amp;cid={message['channel']}|Open>" in await highlights(world)


@pytest.mark.faults
async def test_pins_that_cannot_be_read_or_marked_are_no_noise(world: World):
    message = await said(world)
    dev = world.person("dev")
    others = [await dev.say(CHANNEL, f"Found {number}") for number in range(3)]
    before = len(world.texts("dev", CHANNEL))
    for method in ("conversations.history", "conversations.replies", "reactions.add"):
        world.slack.faults.append(Fault(method, "error", "restricted_action", times=100))

    for one in (message, *others):
        await dev.react(one, "pushpin")
    await world.settle()

    [told] = world.texts("dev", CHANNEL)[before:]
    assert "A pinned message could not be read" in told


async def test_a_pin_of_the_bots_own_message_is_kept(world: World):
    await world.declare()
    dev = await corrects(world, "dev", "S4")
    notice = next(one for one in dev.messages(CHANNEL) if "corrected the severity" in one["text"])

    await dev.react(notice, "pushpin")
    await world.settle()

    assert (await highlights(world)).count("corrected the severity") == 2


async def test_other_emoji_and_other_channels_do_nothing(world: World):
    message = await said(world)
    dev = world.person("dev")
    outside = await dev.say("general", "Found it elsewhere")
    before = len(world.slack.calls("reactions.*"))

    await dev.react(message, "eyes")
    await dev.react(outside, "pushpin")
    await dev.pin(outside)
    await world.settle()

    assert "Found it" not in await highlights(world)
    assert len(world.slack.calls("reactions.*")) == before


async def test_a_pin_in_a_private_incidents_channel_works_too(world: World):
    dev = await world.declare(visibility="private")
    message = await dev.say(CHANNEL, "Found it")

    await dev.react(message, "pushpin")
    await world.settle()

    assert "Found it" in await highlights(world)


async def test_highlights_leave_out_what_all_activity_shows(world: World):
    await world.declare()
    await inc(world, "dev", "lead @sam")
    await corrects(world, "dev", "S4")
    dev = world.person("dev")

    short = await asks(world, "dev", "timeline")
    assert "declared the incident" in shown(short)
    assert "corrected the severity" in shown(short)
    assert "handed the lead" not in shown(short)
    await presses(world, dev, short, buttons(short)[0])
    everything = answer(dev)
    assert everything["ts"] == short["ts"]
    for words in (
        "declared the incident",
        "is paged as Engineer On Call",
        "handed the lead",
        "corrected the severity",
    ):
        assert words in shown(everything)
    await presses(world, dev, everything, "Highlights")

    assert "handed the lead" not in shown(answer(dev))
    assert "is paged as Engineer On Call" in shown(await asks(world, "dev", "timeline all"))


async def test_a_long_timeline_is_leafed_through(world: World):
    await world.declare()
    dev = world.person("dev")
    for number in range(1, 33):
        world.clock.advance(1)
        await dev.react(await dev.say(CHANNEL, f"Found thing {number:02}"), "pushpin")
    await world.settle()

    last = await asks(world, "dev", "timeline")
    assert "page 3 of 3" in shown(last)
    pages = [shown(last)]
    for _ in range(2):
        await presses(world, dev, answer(dev), "Older")
        pages.insert(0, shown(answer(dev)))
    assert buttons(answer(dev)) == ["All activity (1 more)", "Newer"]
    await presses(world, dev, answer(dev), "Newer")

    assert "page 2 of 3" in shown(answer(dev))
    read = re.findall(r"thing (\d\d)", "\n".join(pages))
    assert read == [f"{number:02}" for number in range(1, 33)]
    assert len([one for one in dev.messages(CHANNEL) if one.get("is_ephemeral")]) == 1


async def test_entries_stand_at_the_time_at_which_they_happened(world: World):
    message = await said(world)
    dev = world.person("dev")
    await world.pass_minutes(3)
    await corrects(world, "dev", "S4")

    await dev.react(message, "pushpin")
    await world.settle()

    kept = await highlights(world)
    assert kept.index("Found it") < kept.index("corrected the severity")
    late = world.clock.now() - timedelta(minutes=3)
    assert f"<!date^{int(late.timestamp())}^" in kept


async def test_a_timeline_is_read_by_number_from_elsewhere_and_by_the_cards_button(world: World):
    dev = await world.declare()

    elsewhere = await asks(world, "dev", "timeline INC-1", "general")
    await presses(world, dev, card(dev), "More")
    await presses(world, dev, answer(dev), "Timeline")

    assert "declared the incident" in shown(elsewhere)
    assert "*Timeline of INC-1 Disk full* · Highlights" in shown(answer(dev))
    assert not any("Timeline of" in json.dumps(one) for one in world.person("ana").messages(CHANNEL))


async def test_slacks_repeated_and_reordered_events_change_nothing(world: World):
    message = await said(world)
    dev = world.person("dev")
    world.slack.manners.twice = True

    await dev.react(message, "pushpin")
    await world.settle()
    await dev.unreact(message, "pushpin")
    await world.settle()
    await dev.react(message, "pushpin")
    await world.settle()

    assert (await highlights(world)).count("Found it") == 1


async def test_the_first_screen_says_how_much_more_there_is_than_highlights(world: World):
    dev = await world.declare()
    await world.pass_minutes(16)

    first = await asks(world, "dev", "timeline")
    assert "did not" not in shown(first)
    more = next(one for one in buttons(first) if one.startswith("All activity ("))
    await presses(world, dev, first, more)

    assert "did not" in shown(answer(dev))


async def test_a_note_of_an_earlier_time_is_corrected_and_hidden(world: World):
    dev = await world.declare()
    said = await asks(world, "dev", "note at 11:05 the disc was full")  # where dev is, in India
    assert "on the timeline of INC-1 Disk full, 2026-03-02 05:35 UTC" in plain(said)
    assert "05:35 UTC>  <@" in shown(await asks(world, "ana", "timeline"))
    await presses(world, dev, await asks(world, "dev", "timeline"), "Change a note")
    assert await sends(world, dev) == {}

    assert await sends(world, dev, text="the disk was full") == {}
    await world.stop()
    await world.start()

    everything = shown(await asks(world, "dev", "timeline all"))
    assert "noted:\n> the disk was full" in everything
    assert "changed a note (text). Before, <!date^1772429700^" in everything
    await inc(world, "dev", "note hide")
    assert await sends(world, dev) == {}
    assert await sends(world, dev, hidden="hide") == {}
    assert "noted:" not in shown(await asks(world, "dev", "timeline"))
    await inc(world, "dev", "note at 11:05")
    assert await sends(world, dev) == {"text": "Write also what happened then."}
