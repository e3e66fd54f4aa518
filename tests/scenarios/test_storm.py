"""One person declares a lot at once: they are asked first, and others' pages leave as if nothing was."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import load
from bot.domain.incidents.incident import Draft, Severity
from bot.operations.incidents.declare import TooMany, declare
from bot.views.incidents import declare as view_of
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import unready
from tests.scenarios.test_big_workspace import Place, in_a_big_workspace

STORM = 200
IN_TIME = 2.0


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    config = load(CONFIG)
    strict = replace(config, process=replace(config.process, declares_per_minute=2))
    world = World(slack, clock, tmp_path / "muster.db", strict)
    await world.start()
    yield world
    await world.stop()


async def held_up(world: World) -> None:
    """Declare what may be declared at once, and once more."""
    for name in ("Disk full", "Cache cold"):
        await world.declare(name=name)
    dev = world.person("dev")
    await dev.slash("/inc", "", channel="general")
    await world.slack.idle()
    await dev.fill(
        {"name": "Queue stuck", "severity": "S1", "summary": "Since noon", "visibility": "private"}
    )
    assert await dev.submit() == {}
    await world.settle()


def names(world: World) -> list[str]:
    rows = world.muster.uow._database.run(
        lambda connection: connection.query("SELECT name FROM incidents", {})
    )
    return [row["name"] for row in rows]


async def test_who_declared_a_lot_is_asked_first_and_loses_nothing_typed(world: World) -> None:
    await held_up(world)
    form = world.person("dev").modal

    assert form
    said = str(form["blocks"][:3])
    assert "INC-1" in said
    assert "Join INC-2" in said
    assert form["submit"]["text"] == "Page anyway"
    assert names(world) == ["Disk full", "Cache cold"]

    assert await world.person("dev").submit() == {}
    await world.settle()

    assert names(world) == ["Disk full", "Cache cold", "Queue stuck"]
    rows = world.muster.uow._database.run(
        lambda connection: connection.query(
            "SELECT severity, summary, private FROM incidents WHERE id = 3", {}
        )
    )
    assert [tuple(row.values()) for row in rows] == [("S1", "Since noon", 1)]


async def test_joining_instead_keeps_the_form(world: World) -> None:
    await held_up(world)
    dev = world.person("dev")

    await dev.press(f"{view_of.JOIN}1")
    await world.settle()

    assert dev.modal
    assert "You are let into INC-1" in str(dev.modal["blocks"][:2])
    assert names(world) == ["Disk full", "Cache cold"]


async def test_who_was_removed_is_not_told_of_a_private_one_and_their_join_is_answered(world: World) -> None:
    dev = await world.declare(name="A key was stolen", visibility="private")
    await world.declare(name="Cache cold")
    await dev.slash("/inc", "", channel="general")
    await world.slack.idle()
    await dev.fill({"name": "Queue stuck", "severity": "S4"})
    assert await dev.submit() == {}
    await world.settle()
    await world.person("ana").kick("inc-1-a-key-was-stolen", "dev")
    await world.settle()

    await dev.press(f"{view_of.JOIN}1")
    await world.settle()

    said = str(dev.modal)
    assert "I know no incident `INC-1`" in said
    assert "Join INC-2" in said
    assert "Join INC-1" not in said
    assert "private incident" not in said
    await dev.slash("/inc", "", channel="general")
    await world.slack.idle()
    await dev.fill({"name": "Queue stuck", "severity": "S4"})
    await dev.submit()
    await world.settle()
    assert "INC-1 " not in str(dev.modal)
    assert names(world) == ["A key was stolen", "Cache cold", "Queue stuck"]


async def test_a_minute_later_nobody_is_asked(world: World) -> None:
    for name in ("Disk full", "Cache cold"):
        await world.declare(name=name)
    world.clock.advance(seconds=60)

    await world.declare(name="Queue stuck")

    assert "Queue stuck" in names(world)


@pytest.mark.parametrize(
    ("limit", "apart"), [(5, 3), *(pytest.param(1000, apart, marks=pytest.mark.proof) for apart in (0, 3))]
)
def test_the_page_of_a_calm_reporter_leaves_in_time(limit: int, apart: int) -> None:
    async def live(place: Place) -> None:
        config = load(CONFIG)
        place.config = replace(
            config, process=replace(config.process, declares_per_minute=limit, pages_before_digest=apart)
        )
        async with place.running() as muster:
            noisy, calm = (place.slack.workspace.user(who).id for who in ("dev", "sam"))
            refused = 0
            for number in range(STORM):
                draft = Draft(f"Noise {number}", "GitLab.com", Severity.S1)
                try:
                    await muster.uow.perform(declare, draft, by=noisy, form=None)
                except TooMany:
                    refused += 1
            await asyncio.sleep(3)
            real = Draft("The real one", "GitLab.com", Severity.S1)
            await muster.uow.perform(declare, real, by=calm, form=None)

            took = await place.until(lambda: "The real one" in str(place.slack.person("ana").dm()), 60)
            await muster.ticks.tick()
            assert await unready(muster) == {}
            assert await muster.watching.audit.look() == ([], True)

            assert took < IN_TIME
            assert refused == max(0, STORM - limit)

    in_a_big_workspace(live)
