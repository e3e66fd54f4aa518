"""A private incident: whoever is not in its channel learns nothing of it, not even its name."""

import json
from urllib.parse import urlencode

import aiohttp
import pytest

from sandbox.faults import Fault
from sandbox.http_mode import FORM
from sandbox.person import CannotDo
from sandbox.slack import Slack
from storage import incidents, members
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, card, inc, presses, sends, shown, told

PRIVATE = {"visibility": "private", "summary": "A key was stolen"}


async def test_it_is_announced_nowhere_and_its_channel_is_closed_to_others(world: World):
    await world.declare(**PRIVATE)

    public = [channel for channel in world.slack.workspace.channels.values() if not channel.private]
    assert not any("INC-1" in json.dumps(channel.messages) for channel in public)
    assert world.slack.workspace.channel(CHANNEL).private
    with pytest.raises(CannotDo):
        world.person("ren").messages(CHANNEL)


@pytest.mark.parametrize("typed", ["declare The disk is full private", "The disk is full. PRIVATE"])
async def test_it_is_declared_as_private_by_a_word(world: World, typed: str):
    dev = await inc(world, "dev", typed, "general")
    assert await sends(world, dev, severity="S3") == {}

    made = await world.muster.uow.read(incidents.get, 1)
    assert (made.name.rstrip("."), made.private) == ("The disk is full", True)


@pytest.mark.faults
async def test_direct_messages_name_neither_it_nor_what_it_is_about(world: World):
    dev = await world.declare(severity="S1", **PRIVATE)
    await world.pass_minutes(31)
    await inc(world, "dev", "lead @ana")

    people = [dev, *map(world.person, ("ana", "ines", "carla", "lena"))]
    direct = json.dumps([person.dm() for person in people])
    assert "private incident INC-1" in shown(people[1].dm()[0])
    assert "Disk full" not in direct
    assert "stolen" not in direct


@pytest.mark.faults
async def test_nothing_that_is_written_inside_leaves_its_channel(world: World):
    dev = await world.declare(severity="S1", **PRIVATE)
    inside = world.slack.workspace.channel(CHANNEL)
    for words, answers in (
        ("update", {"text": "stolen: an update"}),
        ("summary", {"executive": "stolen: for executives"}),
        ("escalate liaison", {"message": "stolen: a call for help"}),
    ):
        await inc(world, "dev", words)
        assert await sends(world, dev, **answers) == {}
    await inc(world, "dev", "action stolen: a thing to do @ana")
    await dev.pin(await dev.say(CHANNEL, "stolen: a note"))
    await world.pass_minutes(61)
    await inc(world, "dev", "status fixing")
    await inc(world, "dev", "resolve by itself")
    await inc(world, "dev", "reopen stolen: a reason")
    await inc(world, "dev", "rename stolen: another name")
    await world.pass_minutes(16)

    sent = [call.args for call in world.slack.calls("chat.*")]
    said = [json.dumps(one) for one in sent if one.get("channel") != inside.id]
    assert any("asks for you" in text for text in said)
    assert [text for text in said if "stolen" in text] == []
    assert "stolen: an update" in json.dumps([one for one in sent if one.get("channel") == inside.id])


async def test_the_log_says_nothing_of_it(world: World, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    await world.declare(**PRIVATE)
    await inc(world, "dev", "update The key is revoked")

    lines = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]
    ours = [line for line in lines if "'name': 'muster" in line]
    assert ours
    assert not any(word in line for line in ours for word in ("Disk full", "stolen", "revoked"))


async def test_not_even_a_channel_that_cannot_be_named_gives_its_name_away(
    world: World, caplog: pytest.LogCaptureFixture
):
    for number in range(1, 21):
        await world.person("ren").create(f"{CHANNEL}-{number}" if number > 1 else CHANNEL)

    dev = await world.declare(**PRIVATE)

    said = " ".join(record.__dict__.get("reason", "") for record in caplog.records)
    assert "20 names like it are taken" in said
    assert "disk-full" not in said + shown(dev.dm()[-1])


@pytest.mark.parametrize(
    "command",
    ["timeline INC-1", "actions INC-1", "roles INC-1", "accept INC-1", "decline 1", "timeline 99"],
)
async def test_it_reads_like_an_incident_that_does_not_exist(world: World, command: str):
    await world.declare(status="triage", **PRIVATE)

    answered = await asks(world, "ren", command, "general")

    assert answered["text"] == f"I know no incident `INC-{99 if '99' in command else 1}`."


async def test_lists_show_it_to_its_own_people_alone(world: World):
    await world.declare(**PRIVATE)
    assert "No incident is open" in shown(await asks(world, "ren", "list", "general"))
    assert "private incident INC-1" in shown(await asks(world, "ana", "list", "general"))

    await world.person("dev").invite(CHANNEL, "ren")
    await world.settle()
    assert "private incident INC-1" in shown(await asks(world, "ren", "list", "general"))

    await world.person("ren").leave(CHANNEL)
    await world.settle()
    assert "No incident is open" in shown(await asks(world, "ren", "list", "general"))


async def test_only_its_people_can_escalate_it(world: World):
    await world.declare(**PRIVATE)

    ren = await inc(world, "ren", "escalate", "general")
    ana = await inc(world, "ana", "escalate", "general")

    assert "INC-1" not in json.dumps(ren.modal)
    assert "private incident INC-1" in json.dumps(ana.modal)
    assert "Disk full" not in json.dumps(ana.modal)


async def test_nobody_else_finds_its_page(world: World):
    await world.declare(**PRIVATE)

    answered = await asks(world, "ren", "ack", "general")

    assert answered["text"].startswith("No page waits for you.")


@pytest.mark.faults
async def test_a_button_that_outlives_the_membership_does_nothing(world: World):
    dev = await world.declare(**PRIVATE)
    await world.pass_minutes(61)
    reminder = next(one for one in dev.dm() if "overdue" in shown(one))
    # it is not taken back
    world.slack.faults.append(Fault("chat.update", "error", "cant_update_message", times=9))
    await dev.leave(CHANNEL)
    await world.settle()

    await presses(world, dev, reminder, "Send update")

    assert dev.modal is None
    assert answer(dev, reminder["channel"])["text"] == "I know no incident `INC-1`."


async def test_an_escalation_asks_the_silent_engineer_inside(world: World):
    await world.declare(**PRIVATE)

    await world.pass_minutes(15)

    ana = world.person("ana")
    assert any("Are you available" in shown(one) for one in ana.messages(CHANNEL))
    assert "Are you available" not in json.dumps(world.slack.workspace.channel("incidents-dotcom").messages)


async def test_who_came_and_went_while_the_bot_was_away_is_known_when_it_is_back(world: World):
    dev = await world.declare(severity="S1", **PRIVATE)
    await world.stop()
    await dev.kick(CHANNEL, "ines")
    await dev.invite(CHANNEL, "bo")

    await world.start()

    assert "INC-1" not in shown(await asks(world, "ines", "list", "general"))
    assert "private incident INC-1" in shown(await asks(world, "bo", "list", "general"))
    assert "private incident INC-1" in shown(await asks(world, "ana", "list", "general"))


async def test_who_was_removed_does_not_come_back_by_a_form_a_message_or_a_link(slack: Slack, world: World):
    world.public_url = "http://127.0.0.1:{port}"
    await world.stop()
    await world.start()
    dev = await world.declare(severity="S1", **PRIVATE)
    ana, ines = world.person("ana"), world.person("ines")
    link = world.muster.links.to_acknowledge(1, slack.workspace.user("ana").id)
    await inc(world, "ana", "role")
    invited = len(slack.calls("conversations.invite"))

    await dev.kick(CHANNEL, "ana")
    await world.settle()
    refused = await sends(world, ana, role="EOC", person="ana")
    status = await opened(link)

    assert refused == {"person": "I know no incident `INC-1`."}
    assert status == 404
    again = slack.calls("conversations.invite")[invited:]
    assert not any(slack.workspace.user("ana").id in str(call.args["users"]) for call in again)
    assert (
        shown(ana.dm()[0])
        == "You are not in the channel of private incident INC-1 any more. You need not do anything."
    )
    assert any("is not in this channel any more" in one for one in told(ines))
    assert "No page waits for you" in shown(await asks(world, "ana", "ack", "general"))
    assert "Disk full" not in json.dumps(ana.dm())


async def test_a_lead_who_was_removed_is_named_as_gone_and_somebody_there_can_take_over(world: World):
    await world.declare("ren", **PRIVATE)
    ana = world.person("ana")

    await ana.kick(CHANNEL, "ren")
    await world.settle()

    await world.settle_down()
    assert "Lead: ren (not here any more)" in shown(card(ana))
    assert " · Lead nobody yet · " in world.slack.workspace.channel(CHANNEL).topic.value
    notice = next(one for one in ana.messages(CHANNEL) if "ren is not in this channel" in shown(one))
    assert "Nobody leads in their place yet" in shown(notice)
    refused = shown(await asks(world, "ana", "cancel a test"))
    assert "They are not here: take the lead first" in refused
    assert "Ask them" not in refused
    assert "(not here any more)" in shown(await asks(world, "ana", "roles"))

    await presses(world, ana, notice, "Take the lead", confirm=True)

    assert "Lead: ana" in shown(card(ana))
    assert len([one for one in told(ana) if "is not in this channel any more" in one]) == 1


@pytest.mark.faults
@pytest.mark.parametrize("inside", [False, True])
async def test_a_payload_that_names_its_channel_shows_it_to_nobody_who_is_not_there(
    http_world: World, inside: bool
):
    """Slack is asked who is there when no event told of somebody, and a payload is no answer to that."""
    dev = await http_world.declare(**PRIVATE)
    ws, ren = http_world.slack.workspace, http_world.slack.workspace.user("ren").id
    if inside:
        await dev.invite(CHANNEL, "ren")
        await http_world.settle()
        await http_world.muster.uow.perform(members.remove, 1, ren)
    typed = http_world.slack.deliveries("slash_commands")[-1].args
    forged = {**typed, "user_id": ren, "channel_id": ws.channel(CHANNEL).id, "text": "rename Seen"}

    await http_world.slack.http.post(urlencode(forged).encode(), {"Content-Type": FORM}, 10)
    await http_world.settle()

    seen = await http_world.muster.uow.read(incidents.here, ws.channel(CHANNEL).id, ren)
    assert (seen is not None) == inside
    assert (await http_world.muster.uow.read(incidents.get, 1)).name == ("Seen" if inside else "Disk full")


async def opened(link: str | None) -> int:
    async with aiohttp.ClientSession() as session, session.get(str(link)) as answered:
        return answered.status
