"""How many round trips to Slack lie between an act and its effect: counts, so they hold on any machine."""

import pytest

from sandbox.faults import Fault
from sandbox.record import Record
from tests.scenarios.conftest import World

ROUND_TRIP = 0.25
"""Seconds a call takes here: long against our own work, so that what waits for what shows."""


def depths(world: World, since: int) -> dict[str, int]:
    """Return the greatest depth of each method's calls."""
    found: dict[str, int] = {}
    for call in posted(world, since):
        depth = world.slack.depth_of(call, since=since)
        found[call.method] = max(depth, found.get(call.method, 0))
    return found


def posted(world: World, since: int) -> list[Record]:
    return [call for call in world.slack.calls("*", since=since) if call.method != "response_url"]


def first_depth(world: World, since: int, method: str, words: str) -> int:
    call = next(one for one in world.slack.calls(method, since=since) if words in str(one.args))
    return world.slack.depth_of(call, since=since)


@pytest.fixture
async def slow(world: World) -> World:
    world.slack.latency = ROUND_TRIP
    return world


@pytest.mark.parametrize("severity", ["S3", "S1"])
async def test_declaring_takes_three_round_trips_and_the_page_one(slow: World, severity: str):
    dev = slow.person("dev")
    await dev.slash("/inc", "", channel="general")
    await slow.slack.idle()
    await dev.fill({"name": "Disk full", "severity": severity})
    since = len(slow.slack.record)
    await dev.submit()
    await slow.settle()

    assert first_depth(slow, since, "chat.postMessage", "You are paged") == 1
    assert first_depth(slow, since, "conversations.create", "inc-1") == 1
    assert first_depth(slow, since, "chat.postMessage", "header") == 2
    assert first_depth(slow, since, "chat.postMessage", "INC-1 Disk full") <= 2
    assert slow.slack.depth(since=since) <= 3


async def test_an_update_takes_one_round_trip(slow: World):
    dev = await slow.declare()
    await dev.slash("/inc", "update", channel="inc-1-disk-full")
    await slow.slack.idle()
    await dev.fill({"text": "Half of the disks are full", "status": "Fixing", "severity": "S3"})
    since = len(slow.slack.record)
    await dev.submit()
    await slow.settle()

    assert set(depths(slow, since).values()) == {1}


async def test_escalating_takes_one_round_trip(slow: World):
    dev = await slow.declare()
    await dev.slash("/inc", "escalate dotcom IMOC", channel="inc-1-disk-full")
    await slow.slack.idle()
    since = len(slow.slack.record)
    assert await dev.submit() == {}
    await slow.settle()

    assert set(depths(slow, since).values()) == {1}


async def test_acknowledging_takes_one_round_trip(slow: World):
    await slow.declare()
    ana = slow.person("ana")
    since = len(slow.slack.record)
    await ana.click(ana.dm()[0], text="Acknowledge")
    await slow.settle()

    assert set(depths(slow, since).values()) == {1}


async def test_pinning_takes_two_round_trips(slow: World):
    dev = await slow.declare()
    message = await dev.say("inc-1-disk-full", "It is /dev/sda1")
    since = len(slow.slack.record)
    await dev.react(message, "pushpin")
    await slow.settle()

    assert slow.slack.depth(since=since) <= 2


async def test_a_page_never_waits_for_a_channel(world: World):
    world.slack.faults.append(Fault("conversations.create", "ratelimit", 60, times=1))
    await world.declare(severity="S1")

    for who in ("ana", "ines"):
        assert "You are paged" in world.person(who).dm()[0]["text"]
        assert "as soon as it is open" in str(world.person(who).dm()[0]["blocks"])
    await world.pass_minutes(1.5)
    for who in ("ana", "ines"):
        assert "<#C" in str(world.person(who).dm()[0]["blocks"])
