"""A path whose levels call others than who is on call: the next one, a channel, a person, everybody."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from bot.config import load
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World, _nothing_was_said_twice
from tests.scenarios.look import buttons, card, presses, shown, told

PATH = [
    {"page": "dotcom EOC"},
    {"page": "dotcom EOC", "call": "next", "timeout": "10m"},
    {"page": "dotcom CMOC", "only": {"severities": ["S1", "S2"]}},
    {"page": "dotcom EOC", "call": "channel", "timeout": "5m"},
    {"page": "Security on-call", "call": "piet@example.com"},
    {"page": "dotcom IMOC", "call": "everybody", "acknowledge": "all"},
]


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    written = yaml.safe_load(CONFIG.read_text("utf-8"))
    written["teams"]["dotcom EOC"] |= {"path": PATH, "channel": "incidents", "repeat": 1, "reminders": []}
    config = tmp_path / "muster.yml"
    config.write_text(yaml.safe_dump(written), "utf-8")
    world = World(slack, clock, tmp_path / "muster.db", load(config))
    await world.start()
    yield world
    assert await world.muster.watching.audit.look() == ([], True)
    await world.stop()
    _nothing_was_said_twice(slack)


def paged(world: World) -> list[int]:
    return [len(world.person(who).dm()) for who in ("ana", "bo", "carla", "piet", "ines", "ivan")]


async def test_a_page_calls_each_target_in_turn_and_then_all_of_them_once_more(world: World):
    dev = await world.declare(severity="S3")
    assert paged(world) == [1, 0, 0, 0, 0, 0]
    await world.pass_minutes(15)
    assert paged(world) == [1, 1, 0, 0, 0, 0]
    assert "Why you: you are next on call as Engineer On Call" in shown(world.person("bo").dm()[0])

    await world.pass_minutes(10)
    (called,) = [one for one in dev.messages("incidents") if "Acknowledge" in buttons(one)]
    assert "*dotcom EOC is paged* for *INC-1" in shown(called)
    assert any(
        "dotcom CMOC, only S1 and S2: not paged, they are called for S1 and S2" in one for one in told(dev)
    )
    assert "Paging #incidents, Engineer On Call (dotcom EOC): answer due by" in shown(card(dev))

    await world.pass_minutes(5)
    assert paged(world) == [1, 1, 0, 1, 0, 0]
    assert "Why you: the path names you, as Security on-call" in shown(world.person("piet").dm()[0])
    await world.pass_minutes(15)
    assert paged(world) == [1, 1, 0, 1, 1, 1]
    await world.pass_minutes(15)
    assert "called 2 times" in shown(world.person("ana").dm()[-1])


async def test_anybody_in_the_channel_answers_the_page_that_it_gets(world: World):
    dev = await world.declare(severity="S3")
    await world.pass_minutes(25)
    ren = world.person("ren")
    (called,) = [one for one in ren.messages("incidents") if "Acknowledge" in buttons(one)]

    await presses(world, ren, called, "Acknowledge")
    await world.settle_down()

    (now,) = [one for one in ren.messages("incidents") if one["ts"] == called["ts"]]
    assert buttons(now) == []
    assert "*ren acknowledged this page*" in shown(now)
    assert "EOC: ren" in shown(card(dev))
    await world.pass_minutes(20)
    assert paged(world) == [1, 1, 0, 0, 0, 0]


@pytest.mark.faults
async def test_a_channel_that_is_gone_is_passed_at_once(world: World):
    await world.person("ren").archive("incidents")
    dev = await world.declare(severity="S3")

    await world.pass_minutes(25)

    assert paged(world) == [1, 1, 0, 1, 0, 0]
    assert any("#incidents does not exist, is archived" in one for one in told(dev))


async def test_a_private_incident_is_named_in_no_channel(world: World):
    dev = await world.declare(visibility="private")

    await world.pass_minutes(25)

    assert paged(world) == [1, 1, 0, 1, 0, 0]
    assert not [one for one in dev.messages("incidents") if "Acknowledge" in buttons(one)]
