"""A replica that is cut off from the database leaves what people do to the others, and comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from bot.config import load
from bot.integrations.slack.standby import PATIENCE
from sandbox.slack import Slack
from storage.database import Database, DatabaseBusy
from storage.engines import open_database
from tests.engines import Server
from tests.fakes import FakeClock
from tests.proxy import Proxy
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import unready
from tests.scenarios.replicas import Replicas

EACH_SECOND = ("every second", "stand by")


@pytest.fixture
async def pair(
    slack: Slack, clock: FakeClock, postgres: Server, tmp_path: Path
) -> AsyncIterator[tuple[Replicas, Proxy]]:
    """Two replicas, and the wire by which the first reaches the database."""
    wire = Proxy.before(postgres.emptied())
    await wire.start()
    world = Replicas(slack, clock, tmp_path / "none", load(CONFIG))
    world.in_place = False
    for where in (wire.database, postgres.address):
        database = await asyncio.to_thread(open_database, where, own_time=False)
        world.open = partial(_opened, database)
        await world.start()
    yield world, wire
    await wire.stop()  # first: a thread that waits for an answer over it would keep its bot from stopping
    while world.bots:
        await world.stop()


def _opened(database: Database, _: str) -> Database:
    return database


async def pass_seconds(world: Replicas, many: int) -> None:
    """Have each replica do what it does every second."""
    for _ in range(many):
        for one in [job for bot in world.bots for job in bot.repeating if job.name in EACH_SECOND]:
            with suppress(DatabaseBusy):
                await one.run()


async def connections(world: Replicas, many: int) -> None:
    """Wait until Slack has so many."""

    async def reached() -> bool:
        return world.slack.sockets.count == many

    await world.until(reached)


async def served(world: Replicas, name: str) -> None:
    """Declare an incident, which nobody can without a database, and wait for its channel."""
    dev = world.person("dev")
    assert not (await dev.slash("/inc", name, channel="general")).error

    async def asked() -> bool:
        return dev.modal is not None

    async def opened() -> bool:
        return any(one.name.endswith(name) for one in world.slack.workspace.channels.values())

    await world.until(asked)
    await dev.fill({"severity": "S3"})
    assert await dev.submit() == {}
    await world.until(opened)


@pytest.mark.faults
async def test_who_is_cut_off_leaves_people_to_the_other_and_comes_back(pair: tuple[Replicas, Proxy]):
    world, wire = pair
    cut_off, other = world.bots
    await pass_seconds(world, 2 * PATIENCE)
    await connections(world, 4)

    wire.cut()
    await pass_seconds(world, PATIENCE - 1)
    assert world.slack.sockets.count == 4
    await pass_seconds(world, 2)

    await connections(world, 2)
    assert not await cut_off.connected()
    problems = await unready(cut_off)
    assert problems["database"] == "the database cannot be written"
    assert problems["slack"] == "not connected to Slack"
    assert await unready(other) == {}
    for number in range(6):
        await served(world, f"disk-{number}")

    await pass_seconds(world, 2 * PATIENCE)
    assert world.slack.sockets.count == 2
    wire.mend()
    await pass_seconds(world, 1)

    await connections(world, 4)
    assert await unready(cut_off) == {}
    world.bots.remove(other)
    await other.stop()
    await served(world, "by-the-first")


@pytest.mark.faults
async def test_who_is_back_in_time_goes_on(pair: tuple[Replicas, Proxy]):
    world, wire = pair
    await connections(world, 4)
    before = set(world.slack.sockets._sockets)

    for _ in range(3):
        wire.cut()
        await pass_seconds(world, PATIENCE - 1)
        wire.mend()
        await pass_seconds(world, 1)

    assert set(world.slack.sockets._sockets) == before


async def test_a_single_process_has_nobody_to_leave_people_to(world: World):
    assert "stand by" not in [one.name for one in world.muster.repeating]
