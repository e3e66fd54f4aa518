"""Actions that waited for Slack are told in one message, in which each can still be taken and finished."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from bot.operations.work.actions import take_action
from bot.views.blocks import MESSAGE_BLOCKS
from bot.views.work.action import DONE, TAKE
from sandbox.faults import Fault
from sandbox.person import Person
from storage.transaction import Tx
from tests.scenarios.conftest import World, _nothing_was_said_twice
from tests.scenarios.look import CHANNEL, Json, acknowledged, asks, buttons, presses, shown
from tests.scenarios.test_away import DRAINED, STEP, WHILE_AWAY, _unfinished, add, pass_by

pytestmark = pytest.mark.faults

TITLES = ("Drain the node", "Grow the disk", "Call the vendor", "Write the alert", "Tell support")
LONG = 1200
"""Seconds for which nothing can be posted."""
OFFERED = ["Done", "Take it", "Keep as follow-up"]


async def waiting(world: World, *titles: str, details: str = "") -> Person:
    """Declare, and add actions while nothing can be posted for a long time."""
    dev = await world.declare(severity="S4")
    await acknowledged(world)
    world.slack.faults.append(Fault("chat.postMessage", "status", 503, times=10**6))
    await add(world, *titles, details=details)
    await pass_by(world, LONG, WHILE_AWAY)
    return dev


async def drain(world: World, *faults: Fault) -> None:
    """Let Slack come back, but for these faults, and all be told."""
    world.slack.faults[:] = faults
    await pass_by(world, DRAINED, STEP)
    assert await world.muster.uow.read(_unfinished) == []


def told(world: World) -> list[Json]:
    """Return the messages in the channel that show actions."""
    found = world.person("dev").messages(CHANNEL)
    return [one for one in found if "*Action" in shown(one) and not one.get("is_ephemeral")]


async def click(world: World, person: Person, action_id: str, number: int) -> None:
    """Press a button of one of the actions in the one message."""
    (message,) = told(world)
    seen = await person.click(message, action_id, value=str(number))
    assert not seen, seen
    await world.settle()


async def test_actions_that_waited_share_a_message_and_each_has_its_buttons(world: World):
    dev = await waiting(world, *TITLES, details="node-7 first")
    await drain(world)
    (before,) = told(world)
    assert buttons(before) == OFFERED * len(TITLES)
    assert shown(before).count("node-7 first") == len(TITLES)

    await click(world, dev, TAKE, 2)
    await click(world, dev, DONE, 4)
    await click(world, dev, DONE, 1)

    (after,) = told(world)
    assert after["ts"] == before["ts"]
    assert buttons(after) == OFFERED * 3
    assert [title for title in TITLES if title in shown(after)] == list(TITLES)
    assert "Grow the disk\nFor dev" in shown(after)
    for title in ("Drain the node", "Write the alert"):
        assert f"*Action done* by dev: ~{title}~" in shown(after)


async def test_one_that_waited_alone_looks_as_ever(world: World):
    await waiting(world, "Drain the node")

    await drain(world)

    (message,) = told(world)
    assert message["text"] == "*Action:* Drain the node\nFor nobody yet"
    assert buttons(message) == OFFERED


async def test_what_is_added_afterwards_has_a_message_of_its_own(world: World):
    dev = await waiting(world, *TITLES[:2])
    await drain(world)

    await add(world, *TITLES[2:4])
    await world.settle()
    first, *others = told(world)
    await presses(world, dev, others[0], "Done")

    assert [buttons(one) for one in told(world)] == [OFFERED * 2, [], OFFERED]
    assert told(world)[0] == first


async def test_what_changes_before_it_is_told_is_told_as_it_is(world: World):
    dev = await waiting(world, *TITLES[:3])
    await presses(world, dev, await asks(world, "dev", "actions"), "Done")

    await drain(world)
    await click(world, dev, TAKE, 2)

    (message,) = told(world)
    assert "*Action done*" in shown(message)
    assert "Grow the disk\nFor dev" in shown(message)
    assert buttons(message) == OFFERED * 2


async def posted_without_a_reply(world: World) -> Person:
    """Have a message with three actions posted of which the bot does not know it."""
    dev = await waiting(world, *TITLES[:3])
    while not told(world):
        world.slack.faults[:] = [Fault("chat.postMessage", "drop_after")]
        await pass_by(world, STEP, STEP)
    return dev


async def test_a_message_of_unknown_fate_is_found_again_and_shows_what_changed_since(world: World):
    dev = await posted_without_a_reply(world)
    await world.muster.uow.perform(take_action, 3, by=dev.id)
    await add(world, TITLES[3])

    await drain(world)

    together, alone = told(world)
    assert buttons(together) == OFFERED * 3
    assert "Call the vendor\nFor dev" in shown(together)
    assert TITLES[3] in shown(alone)
    _nothing_was_said_twice(world.slack)


async def test_it_is_found_too_by_one_whose_clock_says_that_it_is_not_late(world: World):
    await posted_without_a_reply(world)

    await world.muster.uow.perform(_due_since, world.clock.now() - timedelta(seconds=LONG))
    world.clock.advance(seconds=-LONG)
    await drain(world)

    (message,) = told(world)
    assert buttons(message) == OFFERED * 3


async def test_more_than_a_message_holds_make_room_for_each_other(world: World):
    titles = [f"Thing {number}!" for number in range(1, 31)]
    dev = await waiting(world, *titles, details="d" * 3000)
    await drain(world)
    (message,) = told(world)
    assert len(message["blocks"]) <= MESSAGE_BLOCKS
    assert "And 10 more: `/inc actions`." in shown(message)

    for number in range(1, 13):
        await click(world, dev, DONE, number)

    (message,) = told(world)
    words = shown(message)
    assert [title for title in titles if title in words] == titles
    assert Counter(buttons(message)) == dict.fromkeys(OFFERED, 18)


def _due_since(tx: Tx, moment: datetime) -> None:
    tx.execute("UPDATE outbox SET due_at = :moment WHERE finished_at IS NULL", {"moment": moment})
