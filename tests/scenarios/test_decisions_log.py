"""The log tells an incident's story: a line for each decision, once it is kept, and no word of people's."""

import asyncio
import logging

import pytest

from bot.domain.incidents.incident import Severity, Status
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.severity import change_severity
from sandbox.faults import Fault
from storage import incidents
from storage.database import DatabaseBusy
from storage.transaction import Tx
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, acknowledged, inc

SAID = ("page", "team", "role", "person", "before", "after", "severity")


def story(caplog: pytest.LogCaptureFixture) -> list[tuple[object, ...]]:
    """Return what was decided: the incident, who, what, and what of it."""
    found = [one for one in caplog.records if one.name == "muster.decisions"]
    assert all(one.levelno == logging.INFO for one in found)
    return [
        (
            one.__dict__.get("incident"),
            one.__dict__["actor"],
            one.__dict__["fact"],
            *(one.__dict__[name] for name in SAID if name in one.__dict__),
        )
        for one in found
    ]


@pytest.fixture(autouse=True)
def at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="muster")


async def test_a_whole_life(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.declare()
    await world.pass_minutes(16)
    await acknowledged(world, "ines")
    await inc(world, "ines", "severity S2")
    await inc(world, "ines", "status Fixing")
    lead = (await world.muster.uow.read(incidents.get, 1)).lead
    await world.muster.uow.perform(change_status, 1, Status.RESOLVED, by=lead)

    ana, ines, dev = (world.person(who).id for who in ("ana", "ines", "dev"))
    told = story(caplog)
    for line in (
        (1, dev, "declared", "S3"),
        (1, dev, "paged", 1, "dotcom EOC", "EOC", ana),
        (1, "bot", "escalated", 2, "dotcom IMOC", "IM", ines),
        (1, ines, "severity", "S3", "S2"),
        (1, lead, "ended"),
    ):
        assert line in told, told
    facts = [line[2] for line in told]
    assert {"acknowledged", "status", "lead"} <= set(facts)
    assert [line[1] for line in told if line[2] == "acknowledged"] == [ines]


async def test_a_page_without_an_incident(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await inc(world, "dev", "escalate dotcom EOC", "general")
    if not [line for line in story(caplog) if line[2] == "paged"]:
        await world.person("dev").fill({"message": "Please look"})
        await world.person("dev").submit()
        await world.settle()
    await acknowledged(world)

    ana = world.person("ana").id
    assert [line for line in story(caplog) if line[0] is None] == [
        (None, world.person("dev").id, "paged", 1, "dotcom EOC", ana),
        (None, ana, "acknowledged", 1),
    ]


async def test_no_word_of_a_private_incident_is_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.declare(name="Laptop stolen", visibility="private")
    await acknowledged(world)
    channel = next(name for name in _channels(world) if "laptop" in name)
    await inc(world, "ana", "rename Keys copied", channel)

    lines = [f"{one.getMessage()} {one.__dict__}" for one in caplog.records if one.name.startswith("muster")]
    mine = [line for line in lines if "'name': 'muster.decisions'" in line]
    assert any("'fact': 'renamed'" in line for line in mine)
    assert not [line for line in mine if "aptop" in line or "copied" in line]


async def test_what_is_taken_back_was_never_decided(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.declare()
    before = story(caplog)

    def half(tx: Tx) -> None:
        change_severity(tx, 1, Severity.S1, by="U1")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await world.muster.uow.perform(half)

    assert story(caplog) == before


async def test_the_start_says_what_runs_where(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.stop()
    await world.start()
    await world.muster.say_that_it_runs()

    [line] = [one for one in caplog.records if one.getMessage() == "muster is running"]
    said = line.__dict__
    assert (said["mode"], said["database"]) == ("socket", str(world._database))
    assert said["address"] == f"127.0.0.1:{world.muster.web.port}"
    assert said["version"]
    assert isinstance(said["schema"], int)


def _channels(world: World) -> list[str]:
    return [channel.name for channel in world.slack.workspace.channels.values()]


@pytest.mark.faults
async def test_a_deadline_that_passed_without_a_database_is_told_as_that(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.declare()
    database = world.muster.uow._database
    run = database.run

    def away(*_: object, **__: object) -> object:
        raise DatabaseBusy("PostgreSQL says: connection refused")

    await world.pass_minutes(14)
    monkeypatch.setattr(database, "run", away)
    for _ in range(8 * 60):
        world.clock.advance(1)
        await world.muster.ticks.tick()
        await asyncio.sleep(0)
    monkeypatch.setattr(database, "run", run)
    await world.pass_minutes(1)

    late = [text for text in world.texts("dev", CHANNEL) if " late: " in text]
    assert len(late) == 1
    assert "7 min 15 s late: my database could not be used." in late[0]
    assert "not running" not in late[0]
    assert not [one for one in world.person("ines").dm() if "not running" in str(one)]


async def test_a_process_that_stood_still_says_so(world: World) -> None:
    await world.declare()
    world.clock.advance(minutes=25)
    await world.muster.ticks.tick()
    await world.settle()

    [late] = [text for text in world.texts("dev", CHANNEL) if " late: " in text]
    assert "10 min late: I was held up." in late


@pytest.mark.faults
async def test_a_warning_names_the_incident_or_the_page_that_it_is_about(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.slack.faults.append(Fault("chat.postMessage", "status", 503, times=10**6))
    await world.declare()
    await world.pass_minutes(1)

    warnings = [one.__dict__ for one in caplog.records if one.getMessage() == "delivery failed"]
    assert {1} == {one.get("incident") or one.get("page") for one in warnings}
    assert any("incident" in one for one in warnings)
    assert any("page" in one for one in warnings)
