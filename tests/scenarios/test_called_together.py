"""Two people are called at once: one of them answers, or each has to."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import load
from sandbox.person import Person
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World, _nothing_was_said_twice
from tests.scenarios.look import CHANNEL, answer, buttons, card, deactivates, inc, plain, presses, shown, told

TEAM = """    on_call: [ana@example.com, bo@example.com]
"""
TOGETHER = """    on_call: [ana@example.com, bo@example.com]
    call: everybody
    reminders: []
    path: [{{page: dotcom EOC, acknowledge: {}}}, {{page: dotcom IMOC}}]
"""


@pytest.fixture
async def world(
    slack: Slack, clock: FakeClock, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    written = CONFIG.read_text("utf-8")
    assert TEAM in written
    config = tmp_path / "muster.yml"
    config.write_text(written.replace(TEAM, TOGETHER.format(request.param)), "utf-8")
    world = World(slack, clock, tmp_path / "muster.db", load(config))
    await world.start()
    yield world
    assert await world.muster.watching.audit.look() == ([], True)
    await world.stop()
    _nothing_was_said_twice(slack)


one = pytest.mark.parametrize("world", ["one"], indirect=True)
each = pytest.mark.parametrize("world", ["all"], indirect=True)


def told_again(dev: Person) -> list[tuple[bool, bool]]:
    """Return of each message of repeated calls whether it can be answered, and whether it counts several."""
    found = [one for one in dev.messages(CHANNEL) if "Still no answer" in shown(one)]
    return [("Take this page" in buttons(one), "times since" in plain(one)) for one in found]


@one
async def test_one_answers_for_both(world: World):
    dev = await world.declare()
    ana, bo = world.person("ana"), world.person("bo")
    assert "Paging ana and bo, Engineer On Call (dotcom EOC): answer due by" in shown(card(dev))
    await inc(world, "dev")
    assert f"Paging <@{ana.id}> and <@{bo.id}>" in shown(answer(dev))
    assert buttons(answer(dev)).count("Take this page") == 1

    await presses(world, bo, bo.dm()[0], "Acknowledge")
    await world.settle_down()

    assert "*You acknowledged this page*" in shown(bo.dm()[0])
    assert f"*<@{bo.id}> acknowledged this page*" in shown(ana.dm()[0])
    assert buttons(ana.dm()[0]) == []
    assert "Paging" not in shown(card(dev))
    await world.pass_minutes(20)
    assert [len(world.person(who).dm()) for who in ("ana", "bo", "ines")] == [1, 1, 0]


@each
async def test_each_has_to_answer(world: World):
    dev = await world.declare()
    ana, bo = world.person("ana"), world.person("bo")
    assert "ana and bo, Engineer On Call (dotcom EOC): answer due by" in shown(card(dev))
    assert "each of them" in shown(card(dev))

    await presses(world, ana, ana.dm()[0], "Acknowledge")
    await world.settle_down()

    assert "Paging bo, Engineer On Call (dotcom EOC): answer due by" in shown(card(dev))
    assert any("ana acknowledged* as EOC" in text and "bo has to answer too" in text for text in told(dev))
    assert not any("Not answered yet" in text for text in told(dev))
    assert "EOC: ana" in shown(card(dev))
    await presses(world, bo, bo.dm()[0], "Acknowledge")
    await world.settle_down()
    assert "Paging" not in shown(card(dev))
    await world.pass_minutes(20)
    assert [len(world.person(who).dm()) for who in ("ana", "bo", "ines")] == [1, 1, 0]


@each
async def test_where_one_is_silent_the_next_level_is_called(world: World):
    dev = await world.declare()
    ana, bo = world.person("ana"), world.person("bo")
    await presses(world, ana, ana.dm()[0], "Acknowledge")

    await world.pass_minutes(15)

    assert "moved on to the next level" in shown(bo.dm()[0])
    assert "*You acknowledged this page*" in shown(ana.dm()[0])
    assert len(world.person("ines").dm()) == 1
    assert any("*bo did not answer" in text for text in told(dev))
    assert "Paging ines, Incident Manager (dotcom IMOC)" in shown(card(dev))

    await world.pass_minutes(20)
    assert any("Still no answer to the page for Engineer On Call" in text for text in told(dev))
    await world.pass_hours(5)
    assert told_again(dev) == [(False, True), (True, True)], "the overdue update came between them"
    await bo.join(CHANNEL)
    await bo.say(CHANNEL, "I look at it")
    await world.pass_hours(2)
    assert told_again(dev) == [(False, True), (False, True), (True, True)]
    await inc(world, "bo", "ack")
    assert told_again(dev) == [(False, True), (False, True), (False, True)]
    assert not any("no EOC" in call.args["text"] for call in world.slack.calls("chat.postMessage"))


@one
async def test_the_silence_of_both_is_told_in_one_line(world: World):
    dev = await world.declare()

    await world.pass_minutes(15)

    said = [text for text in told(dev) if "did not answer" in text]
    assert len(said) == 1
    assert "ana and bo did not answer" in said[0]
    assert "ines, Incident Manager (dotcom IMOC), is paged now" in said[0]


@each
async def test_nobody_waits_for_who_was_deactivated(world: World):
    dev = await world.declare()
    ana = world.person("ana")
    await presses(world, ana, ana.dm()[0], "Acknowledge")

    await deactivates(world, "bo")
    await world.pass_minutes(20)

    assert "Paging" not in shown(card(dev))
    assert world.person("ines").dm() == []


@pytest.mark.parametrize("world", ["one", "all"], indirect=True)
async def test_both_answer_at_the_same_moment(world: World):
    dev = await world.declare()
    both = [world.person(who) for who in ("ana", "bo")]

    await asyncio.gather(*(one.click(one.dm()[0], text="Acknowledge") for one in both))
    await world.settle_down()

    assert "Paging" not in shown(card(dev))
    assert all("acknowledged this page*" in shown(one.dm()[0]) for one in both)
    await world.pass_minutes(20)
    assert world.person("ines").dm() == []


@pytest.mark.parametrize("world", ["one", "all"], indirect=True)
async def test_a_restart_in_the_middle_changes_nothing(world: World, request: pytest.FixtureRequest):
    dev = await world.declare()
    ana, bo = world.person("ana"), world.person("bo")
    await world.pass_minutes(5)
    await presses(world, ana, ana.dm()[0], "Acknowledge")

    await world.stop()
    await world.start()
    await world.pass_minutes(10)

    silent = request.node.callspec.params["world"] == "all"
    assert [len(one.dm()) for one in (ana, bo, world.person("ines"))] == [1, 1, int(silent)]
    assert ("Paging ines" in shown(card(dev))) is silent
