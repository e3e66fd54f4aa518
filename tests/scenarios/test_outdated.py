"""A newer version migrates the database while an older one runs: the older one stops working and says so."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import aiohttp
import psycopg
import pytest

from bot.config import load
from sandbox.slack import Slack
from storage import postgres_start
from storage.engines import open_database
from storage.migrations import MIGRATIONS
from tests.engines import Server
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World

NAME = "outdated"
NEWER = "ALTER TABLE pages ADD COLUMN colour TEXT;"


@pytest.fixture
def address(postgres: Server) -> Iterator[str]:
    """A database of our own: its schema is not to be the others'."""
    postgres.session.execute(f"CREATE DATABASE {NAME}".encode())
    yield postgres.address.replace("/postgres?", f"/{NAME}?")
    postgres.session.execute(f"DROP DATABASE {NAME} WITH (FORCE)".encode())


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, address: str) -> AsyncIterator[World]:
    world = World(slack, clock, Path("unused"), load(CONFIG))
    world.open = lambda _: open_database(address, own_time=False)
    await world.start()
    yield world
    await world.stop()


def newer_version_starts(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(postgres_start, "MIGRATIONS", (*MIGRATIONS, NEWER))
        with psycopg.connect(address, autocommit=True) as session:
            postgres_start.migrated(session)


async def ready(world: World) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{world.muster.web.port}/readyz") as answer,
    ):
        return answer.status, await answer.text()


async def no_socket_is_open(world: World) -> bool:
    return not world.slack.sockets.count


async def is_retired(world: World) -> bool:
    return world.muster.uow.retired is not None


def ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return what the bot itself said."""
    return [one for one in caplog.records if one.name.startswith("muster")]


@pytest.mark.faults
async def test_it_pages_nobody_any_more_and_says_so_once(
    world: World,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    world.muster._loop.start()
    await world.declare()
    newer_version_starts(address, monkeypatch)
    world.clock.advance(minutes=20)

    await world.until(partial(no_socket_is_open, world))
    said = len(ours(caplog))
    await asyncio.sleep(1.5)  # time for several more ticks, if there were any

    errors = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert [one.getMessage() for one in errors] == [
        "another version has taken over; this one pages nobody any more"
    ]
    assert len(ours(caplog)) == said
    assert not world.muster._loop.running
    assert not world.person("ines").dm()
    status, text = await ready(world)
    assert status == 503
    assert f"schema version {len(MIGRATIONS) + 1}" in text
    assert not [
        one for one in asyncio.all_tasks() if one.get_name() in {"delivery", "listen", "socket watch"}
    ]


@pytest.mark.faults
async def test_what_it_was_sending_is_left_to_the_newer_one(
    world: World, address: str, monkeypatch: pytest.MonkeyPatch
):
    world.slack.latency = 0.3
    dev = world.person("dev")
    await dev.slash("/inc", "", channel="general")
    await world.slack.idle()
    await dev.fill({"name": "Disk full", "severity": "S3"})
    assert await dev.submit() == {}
    newer_version_starts(address, monkeypatch)

    await world.until(partial(is_retired, world))
    await world.stop()

    with psycopg.connect(address) as session:
        rows = session.execute("SELECT state FROM outbox WHERE urgent = 1").fetchall()
    assert rows == [("sending",)]
