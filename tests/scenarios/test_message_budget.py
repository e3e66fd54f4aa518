"""How much an incident's channel has to read: every message of the bot costs the attention of everybody."""

from storage import timeline
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, buttons, inc, presses, sends, told
from tests.scenarios.test_quiet_channel import lines

MOST = 9
"""Messages of the bot in an S1's channel, from the declaration to the end, by five people; one has the tasks
of its review.
"""
TOPICS = 6
"""One for each who leads in turn: the EOC's answer gives the lead until the IM answers minutes later."""


async def acknowledge_minutes_apart(world: World) -> None:
    for name, waiting in (("ana", "IM, CMOC"), ("ines", "CMOC"), ("carla", "")):
        await world.pass_minutes(3)
        person = world.person(name)
        await presses(world, person, person.dm()[0], "Acknowledge")
        await person.join(CHANNEL)
        await world.settle_down()
        answers = [text for text in told(person) if "acknowledged*" in text]
        assert len(answers) == 1, answers
        assert (f"Not answered yet: {waiting}." in answers[0]) is bool(waiting), answers
    for role in ("ana acknowledged* as EOC", "ines acknowledged* as IM", "carla acknowledged* as CMOC"):
        assert role in answers[0]


async def an_action_is_taken_and_done(world: World) -> None:
    await inc(world, "ines", "action restart the pods")
    assert await sends(world, world.person("ines")) == {}
    for label in ("Take it", "Done"):
        await world.pass_minutes(1)
        ana = world.person("ana")
        posted = next(one for one in ana.messages(CHANNEL) if label in buttons(one))
        await presses(world, ana, posted, label)


async def updates(world: World, text: str, **state: str) -> None:
    await inc(world, "ines", "update")
    assert await sends(world, world.person("ines"), text=text, **state) == {}
    await world.settle_down()


async def test_an_s1_has_few_messages_from_its_declaration_to_its_end(world: World) -> None:
    dev = await world.declare(severity="S1")
    await acknowledge_minutes_apart(world)
    await updates(world, "The disk of the primary is full")
    await an_action_is_taken_and_done(world)
    await updates(world, "Room again", status="Monitoring", severity="S2")
    await inc(world, "ines", "resolve")
    assert await sends(world, world.person("ines"), ended="A fix") == {}
    await world.pass_minutes(1)
    await inc(world, "ines", "status post-incident")
    await inc(world, "ines", "review done anyway")
    await inc(world, "ines", "close")
    await world.settle_down()

    found = [one for one in dev.messages(CHANNEL) if one.get("bot_id") and not one.get("is_ephemeral")]
    said = [one["text"] for one in found if one.get("subtype") is None]
    assert len(said) <= MOST, "\n".join(said)
    assert len(lines(world, "channel_topic")) <= TOPICS, lines(world, "channel_topic")
    assert lines(world, "channel_name") == []
    assert "Closed" in said[0]

    entries = str(await world.muster.uow.read(timeline.of, 1, limit=100))
    for kept in ("action_taken", "action_done", "acknowledged", "severity", "status"):
        assert kept in entries
