"""Acknowledged but silent: the question, what ends it, and the page that follows it."""

from pathlib import Path

import pytest

from bot.config import Config, load
from sandbox.faults import Fault
from sandbox.person import Person
from storage import activity
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import CHANNEL, Json, acknowledged, buttons, inc, presses, shown, told


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Silence matters at S3 too: there the EOC alone is paged, and no rule calls the IM meanwhile."""
    file = tmp_path / "muster.yml"
    file.write_text(
        CONFIG.read_text("utf-8") + "\nsilence: {severities: [S1, S2, S3]}\ninvestigating_limit: 3h\n",
        "utf-8",
    )
    return load(file)


def questions(person: Person) -> list[Json]:
    """Return what somebody was asked, also when it is over."""
    words = ("still on it?", "you are on it. Thank you", "the EOC is paged again", "you need not say")
    return [one for one in person.dm() if any(said in one["text"] for said in words)]


def calls(person: Person) -> int:
    return len([one for one in person.dm() if "You are paged" in shown(one)])


async def silent(world: World) -> Person:
    """Have the EOC acknowledge, and be silent until they are asked."""
    await world.declare()
    ana = await acknowledged(world)
    await world.pass_minutes(20)
    assert questions(ana) == []
    await world.pass_minutes(2)
    return ana


async def test_whoever_is_silent_is_asked_once_and_then_paged_again_also_after_a_restart(world: World):
    ana = await silent(world)
    before = told(ana)
    [question] = questions(ana)
    assert "still on it?" in shown(question)
    assert "You are EOC, and I have seen nothing from you for 21 min" in shown(question)
    assert buttons(question) == ["I am on it", "Page the EOC again"]
    await world.stop()
    await world.start()
    await world.pass_minutes(3)
    assert calls(ana) == 0

    await world.pass_minutes(2)

    assert calls(ana) == 1
    assert told(ana)[len(before) :] == [
        "ana is paged as Engineer On Call (dotcom EOC): whoever had answered has shown no activity since."
    ]
    assert "the EOC is paged again" in shown(questions(ana)[0])
    assert buttons(questions(ana)[0]) == []
    await inc(world, "dev", "timeline all")
    assert "No sign of" in shown(world.person("dev").messages(CHANNEL)[-1])
    assert len(questions(ana)) == 1
    await world.pass_minutes(15)
    assert calls(world.person("ines")) == 1  # the path goes on by the usual rules


@pytest.mark.parametrize("how", ["message", "command", "button", "pin", "join"])
async def test_whatever_somebody_does_ends_the_question_by_an_edit(world: World, how: str):
    ana = await silent(world)
    [question] = questions(ana)
    await world.pass_minutes(1)

    match how:
        case "message":
            await ana.say(CHANNEL, "I look at the graphs")
        case "command":
            await inc(world, "ana", "timeline")
        case "button":
            await presses(world, ana, question, "I am on it")
        case "pin":
            await ana.react(ana.messages(CHANNEL)[0], "pushpin")
        case _:
            await ana.leave(CHANNEL)
            await ana.join(CHANNEL)
    await world.settle()

    [question] = questions(ana)
    assert "you are on it. Thank you" in shown(question)
    assert buttons(question) == []
    await world.pass_minutes(15)
    assert calls(ana) == 0
    assert len(questions(ana)) == 1


async def test_the_time_in_which_the_bot_was_away_counts_for_nobody(world: World):
    await world.declare()
    ana = await acknowledged(world)
    await world.pass_minutes(12)
    await world.stop()
    world.clock.advance(minutes=40)
    await world.start()
    await world.pass_minutes(7)
    assert questions(ana) == []
    await world.pass_minutes(4)
    [question] = questions(ana)

    await world.stop()
    world.clock.advance(minutes=40)
    await world.start()
    await world.pass_minutes(1)

    assert calls(ana) == 0
    await presses(world, ana, question, "Page the EOC again")
    assert calls(ana) == 0
    assert calls(world.person("ines")) == 1, "whoever presses it wants somebody else"
    [left] = questions(ana)
    assert f"the EOC is paged again. Paging <@{world.person('ines').id}>" in shown(left)
    await presses(world, ana, left, "Take this page", confirm=True)
    [left] = questions(ana)
    assert "you are on it. Thank you" in shown(left)


@pytest.mark.parametrize("command", ["role EOC @bo", "status Fixing"])
async def test_nothing_is_asked_of_whom_it_does_not_concern_any_more(world: World, command: str):
    ana = await silent(world)
    before = calls(ana)

    await inc(world, "dev", command)
    await world.pass_minutes(10)

    [question] = questions(ana)
    assert "you need not say any more" in shown(question)
    assert buttons(question) == []
    assert calls(ana) == before


@pytest.mark.parametrize("how", ["message", "reply"])
async def test_nobody_is_paged_whose_answer_slack_has_not_told_us(world: World, how: str):
    ana = await silent(world)
    first = ana.messages(CHANNEL)[0]["ts"]
    await world.stop()
    world.slack.courier.manners.mix = list.clear  # Slack does not promise to tell a bot that was away
    world.clock.advance(seconds=40)
    await ana.say(CHANNEL, "I look at the graphs", first if how == "reply" else None)
    await world.slack.idle()
    world.slack.courier.manners.mix = lambda events: None
    await world.start()

    await world.pass_minutes(8)

    assert calls(ana) == 0
    [question] = questions(ana)
    assert "you are on it. Thank you" in shown(question)


async def test_the_bots_own_messages_and_its_coming_are_no_activity_of_anybody(world: World):
    ana = await silent(world)

    await inc(world, "dev", "update Nothing new")

    [question] = questions(ana)
    assert buttons(question) == ["I am on it", "Page the EOC again"]
    await world.pass_minutes(1)
    known = await world.muster.uow.read(activity.of, 1)
    assert {world.person(one).id for one in ("dev", "ana")} == set(known)


async def test_without_slack_nobody_is_paged_for_a_question_that_did_not_reach_them(world: World):
    await world.declare()
    ana = await acknowledged(world)
    await world.pass_minutes(19)
    world.slack.faults.append(Fault("chat.postMessage", "status", 503, times=10**6))
    await world.pass_minutes(12)
    assert questions(ana) == []
    world.slack.faults.clear()
    await world.pass_minutes(4)

    assert len(questions(ana)) == 1
    assert calls(ana) == 0
    await world.pass_minutes(5)
    assert calls(ana) == 1
