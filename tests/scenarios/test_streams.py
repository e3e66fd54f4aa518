"""Streams: channels for parts of the work, whose updates come together in the incident's timeline."""

from pathlib import Path

import pytest

from bot.config import Config, load
from sandbox.faults import Fault
from storage import incidents, streams
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import CHANNEL, answer, asks, buttons, card, inc, presses, sends, shown, told

DATABASE = "inc-1-disk-full-database"
KEY = "glpat-" + "aB3dE6gH9jK2mN5pQ8sT"  # put together, so that no scanner takes this file for a leak


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "muster.yml"
    path.write_text(f"{CONFIG.read_text()}\narchive: {{after: 1d}}\n")
    return load(path)


def people_in(world: World, channel: str) -> set[str]:
    ws = world.slack.workspace
    return {user.handle for user in ws.users.values() if user.id in ws.channel(channel).members}


async def test_a_stream_has_a_channel_a_lead_and_updates_that_reach_the_timeline(world: World):
    dev = await world.declare()
    heard = len(told(dev))
    await inc(world, "dev", "stream database @ana")
    await world.settle_down()

    assert {"dev", "ana"} <= people_in(world, DATABASE)
    (said,) = dev.messages(DATABASE)[-1:]
    assert "*Stream database* of INC-1" in shown(said)
    assert buttons(said) == ["Post update", "Take the lead", "Close stream"]
    assert "Streams: *database* <#C" in shown(card(dev))

    await inc(world, "ana", "update The lock is found", DATABASE)
    await world.settle_down()
    assert "update of *database*" in answer(world.person("ana"), DATABASE)["text"].lower()
    assert told(dev, DATABASE)[-1].endswith("The lock is found")
    assert "updated <!date" in shown(card(dev))
    await inc(world, "dev", "lead", DATABASE)
    pinned = await dev.say(DATABASE, "See the graph")
    await dev.pin(pinned)
    await world.settle_down()
    await world.stop()
    await world.start()
    await inc(world, "dev", "stream close The index is rebuilt", DATABASE)
    await world.settle_down()

    timeline = shown(await asks(world, "dev", "timeline all"))
    for entry in (
        "opened the stream *database*, led by",
        "[database] <@",
        "posted an update:\n&gt; The lock is found".replace("&gt;", ">"),
        "took the lead of the stream from",
        ":pushpin: [database] ",
        "closed the stream. Last note:\n>",
    ):
        assert entry in timeline, entry
    assert "Streams" not in shown(card(dev))
    assert told(dev)[heard:] == [], "the incident's channel is told of none of it"
    closed = next(one for one in dev.messages(DATABASE) if "This stream is closed" in shown(one))
    assert buttons(closed) == []


async def test_buttons_and_forms_do_all_of_it_too(world: World):
    dev = await world.declare()
    await presses(world, dev, await asks(world, "dev", "streams"), "Open a stream")
    assert await sends(world, dev, name="close") == {
        "name": "No stream is called `close`: that word is for what is done with one."
    }
    assert await sends(world, dev, name="database") == {}
    await world.settle_down()
    standing = next(one for one in dev.messages(DATABASE) if "Stream database" in shown(one))

    await presses(world, dev, standing, "Post update")
    assert await sends(world, dev, text="Reading the log") == {}
    await world.person("ana").join(DATABASE)
    await presses(world, world.person("ana"), standing, "Take the lead", confirm=True)
    await inc(world, "ana", "lead", DATABASE)
    assert await sends(world, world.person("ana"), lead="bo") == {}
    listed = await asks(world, "dev", "streams")
    assert "*database* <#C" in shown(listed)
    assert "bo" in people_in(world, DATABASE)
    await presses(world, dev, standing, "Close stream")
    assert await sends(world, dev, note="All done") == {}
    await world.settle_down()

    assert "Closed: database" in shown(await asks(world, "dev", "streams"))
    assert "All done" in shown(await asks(world, "dev", "timeline all"))
    assert "closed" in (await asks(world, "dev", "update Too late", DATABASE))["text"]
    await inc(world, "dev", "stream Database")
    await world.settle_down()
    found = await world.muster.uow.read(streams.of, 1)
    assert [(one.name, one.open) for one in found] == [("database", True)], "it goes on where it was"


async def test_what_cannot_be_is_refused_with_the_way_on(world: World):
    dev = await world.declare()
    await inc(world, "dev", "stream database")
    await world.settle_down()

    said = await asks(world, "dev", "stream  #DataBase")
    assert "has a stream database already: <#C" in said["text"]
    assert (
        "Which stream do you mean? Open streams of INC-1: database."
        in (await asks(world, "dev", "stream close network"))["text"]
    )
    said = await asks(world, "dev", "close", DATABASE)
    assert "This is the channel of the stream database." in said["text"]
    await presses(world, dev, said, "Close the stream")
    assert (await world.muster.uow.read(streams.get, 1)).closed_at
    assert "own channel, and this is none" in (await asks(world, "dev", "stream x", "general"))["text"]
    await inc(world, "dev", "stream update database It works from here", "general")
    await inc(world, "dev", "INC-1 stream network", "general")
    assert [one.name for one in await world.muster.uow.read(streams.of, 1)] == ["database", "network"]
    await inc(world, "dev", "stream update network It works from there too")
    await inc(world, "dev", "status fixing", "inc-1-disk-full-network")
    assert (await world.muster.uow.read(incidents.get, 1)).status == "Fixing", (
        "other words are the incident's"
    )


async def test_streams_end_and_are_archived_with_the_incident(world: World):
    dev = await world.declare()
    await inc(world, "dev", "stream database")
    await inc(world, "dev", "resolve fix", DATABASE)
    if dev.modal:
        await sends(world, dev)
    await world.settle_down()
    await inc(world, "dev", "close")
    await world.settle_down()
    assert (await world.muster.uow.read(streams.get, 1)).closed_at
    assert "is Closed: its streams are closed" in (await asks(world, "dev", "stream more"))["text"]

    await world.pass_hours(26)

    assert world.slack.workspace.channel(DATABASE).archived
    said = shown(await asks(world, "dev", "INC-1 timeline all", "general"))
    assert "The stream closed with the incident." in said


async def test_those_of_a_duplicate_go_on_in_the_other_incident(world: World):
    await world.declare()
    sam = await world.declare(who="sam", name="Disk full too")
    other = "inc-2-disk-full-too"
    for number, channel in ((1, CHANNEL), (2, other)):
        await inc(world, "sam", f"INC-{number} stream database", channel)
    await world.settle_down()

    await inc(world, "sam", "merge INC-1", other)
    assert await sends(world, sam) == {}
    await world.settle_down()

    found = await world.muster.uow.read(streams.of, 1)
    assert [one.name for one in found if one.open] == ["database", "database INC-2"]
    await inc(world, "sam", "update Still looking", f"{other}-database")
    assert "[database INC-2] " in shown(await asks(world, "sam", "timeline all"))
    standing = next(one for one in sam.messages(f"{other}-database") if buttons(one))
    assert "of INC-1, " in shown(standing)


async def test_a_private_incident_has_no_public_stream(world: World):
    dev = await world.declare()
    await inc(world, "dev", "stream stolen key")
    await world.settle_down()
    old = "inc-1-disk-full-stolen-key"
    await inc(world, "dev", "update stolen passwords", old)
    ws = world.slack.workspace
    was = ws.channel(old).id

    await inc(world, "dev", "private yes Customer data")
    await world.settle_down()

    public = [one for one in ws.channels.values() if not one.private]
    said = [one for each in public for one in each.messages if "subtype" not in one]
    assert "stolen" not in str([said, [one.name for one in public]])
    assert ws.channels[was].archived
    (now,) = await world.muster.uow.read(streams.of, 1)
    assert now.channel
    assert now.channel != was
    assert ws.channels[now.channel].private
    assert "Stream stolen key" in str(ws.channels[now.channel].messages)

    new = ws.channels[now.channel].name
    await dev.invite(new, "bo")  # who is no member of the incident
    assert "this is none" in (await asks(world, "bo", "update x", new))["text"]
    main = (await world.muster.uow.read(incidents.get, 1)).channel_name or ""
    await dev.invite(main, "sam")
    await inc(world, "sam", "stream lead stolen key me", main)
    assert "sam" in people_in(world, new)
    await dev.kick(main, "sam")
    await world.settle_down()
    assert "sam" not in people_in(world, new)
    assert (await world.muster.uow.read(streams.get, 1)).lead == ""


async def test_in_its_channel_a_stream_shows_how_it_stands_and_takes_another_name(world: World):
    dev = await world.declare()
    await inc(world, "dev", "stream database @ana")
    await world.settle_down()
    (given,) = [one for one in world.person("ana").dm() if "made you the lead" in shown(one)]
    assert "the stream database of INC-1 Disk full" in shown(given)
    assert f"<#{world.slack.workspace.channel(DATABASE).id}>" in given["text"]

    panel = await asks(world, "dev", "", DATABASE)
    assert "No update yet." in shown(panel)
    assert buttons(panel) == ["Post update", "Take the lead", "Rename", "Close stream", "Panel of INC-1"]
    await inc(world, "ana", "update The lock is found", DATABASE)
    panel = await asks(world, "ana", "", DATABASE)
    assert "The lock is found" in shown(panel)
    await presses(world, world.person("ana"), panel, "Hand over the lead")
    assert await sends(world, world.person("ana"), lead="ana") == {
        "lead": "You lead the stream database already."
    }
    assert await sends(world, world.person("ana"), lead="sam") == {}
    assert any("made you the lead" in shown(one) for one in world.person("sam").dm())
    await inc(world, "dev", "lead", DATABASE)
    assert not any("lead of the stream" in shown(one) for one in dev.dm()), "who takes it knows"
    await presses(world, dev, await asks(world, "dev", "", DATABASE), "Panel of INC-1")
    assert "Open a stream" in buttons(answer(dev, DATABASE)) or "More" in buttons(answer(dev, DATABASE))

    await inc(world, "dev", "stream rename database to storage")
    await world.settle_down()
    assert world.slack.workspace.channel("inc-1-disk-full-storage")
    await inc(world, "dev", "rename Mail is slow")
    await world.settle_down()
    named = "inc-1-mail-is-slow-storage"
    assert world.slack.workspace.channel(named)
    assert "Stream storage" in shown(next(one for one in dev.messages(named) if buttons(one)))
    await presses(world, dev, await asks(world, "dev", "", named), "Rename")
    assert await sends(world, dev, name="close") == {
        "name": "No stream is called `close`: that word is for what is done with one."
    }
    assert await sends(world, dev, name="Disks") == {}
    await world.settle_down()
    timeline = shown(await asks(world, "dev", "timeline all", "inc-1-mail-is-slow"))
    assert "renamed the stream (was: storage)" in timeline
    await inc(world, "dev", "stream close", "inc-1-mail-is-slow-disks")
    over = await asks(world, "dev", "", "inc-1-mail-is-slow-disks")
    assert buttons(over) == ["Open it again", "Panel of INC-1"]


@pytest.mark.faults
async def test_a_lost_answer_makes_no_second_channel(world: World):
    await world.declare()
    world.slack.faults.append(Fault("conversations.create", "drop_after", times=1))

    await inc(world, "dev", "stream database")
    await world.pass_minutes(2)

    named = [one.name for one in world.slack.workspace.channels.values() if "database" in one.name]
    assert named == [DATABASE]
    stream = await world.muster.uow.read(streams.get, 1)
    assert stream.channel_name == DATABASE


async def test_a_taken_name_gets_a_counter_and_a_secret_is_asked_about_in_the_form(world: World):
    dev = await world.declare()
    await world.person("ren").create(DATABASE)
    await inc(world, "dev", "stream database")
    await world.settle_down()
    taken = f"{DATABASE}-2"

    await inc(world, "dev", f"update the key is {KEY}", taken)
    assert dev.modal
    assert dev.modal["title"]["text"] == "Update of a stream"
    assert KEY not in str(told(dev, taken))
    assert await sends(world, dev, text="the key is in the vault") == {}

    assert told(dev, taken)[-1].endswith("the key is in the vault")
    await inc(world, "dev", "stream database", "general")
    assert "and this is none" in answer(dev, "general")["text"]
    panel = await asks(world, "dev")
    assert "Streams: *database* <#C" in shown(panel)


@pytest.mark.faults
async def test_a_channel_found_after_a_lost_answer_is_not_taken_for_what_is_private_now(world: World):
    dev = await world.declare()
    world.slack.faults.append(Fault("conversations.create", "drop_after", times=1))
    await inc(world, "dev", "stream database")

    # the old channel is renamed before the new one is made, which so gets the same name
    world.slack.faults.append(Fault("conversations.create", "ratelimit", value=30))
    await inc(world, "dev", "private yes Customer data")
    await world.pass_minutes(4)

    stream = await world.muster.uow.read(streams.get, 1)
    channel = world.slack.workspace.channels[stream.channel or ""]
    assert channel.private
    assert "Stream database" in str(channel.messages)
    assert channel.name == f"{DATABASE}-2", "what was found has its name"
    assert dev.id in channel.members


@pytest.mark.faults
async def test_who_is_back_before_slack_took_it_is_not_put_out_of_the_stream(world: World):
    dev = await world.declare(visibility="private")
    await inc(world, "dev", "stream database @ren")
    await world.settle_down()
    world.slack.faults.append(Fault("conversations.kick", "ratelimit", value=60))
    await dev.kick(CHANNEL, "ren")
    await world.settle()
    assert len(world.slack.calls("conversations.kick")) == 1, "it was tried"

    await dev.invite(CHANNEL, "ren")
    await world.settle()
    await world.pass_minutes(3)

    assert len(world.slack.calls("conversations.kick")) == 1
    assert "ren" in people_in(world, DATABASE)


@pytest.mark.faults
async def test_a_stream_of_what_was_reopened_meanwhile_is_not_archived(world: World):
    await world.declare()
    await inc(world, "dev", "stream database")
    await inc(world, "dev", "cancel A test")
    world.slack.faults.append(Fault("conversations.archive", "ratelimit", value=3600, times=9))
    await world.pass_hours(25)
    assert world.slack.calls("conversations.archive"), "it was tried"

    await inc(world, "dev", "reopen It is back")
    world.slack.faults.clear()
    await world.pass_hours(4)

    assert not any(world.slack.workspace.channel(one).archived for one in (CHANNEL, DATABASE))
