"""A replica stands still just before it calls Slack, for longer than its lease, and then goes on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.config import load
from sandbox.slack import Slack
from storage.outbox import LEASE
from storage.postgres import PostgresDatabase
from tests.engines import Server
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, QUIET, _nothing_was_said_twice
from tests.scenarios.replicas import Replicas

pytestmark = pytest.mark.proof

ANNOUNCED = "incidents-dotcom"


@pytest.fixture
async def replicas(slack: Slack, clock: FakeClock, postgres: Server) -> AsyncIterator[Replicas]:
    world = Replicas(slack, clock, Path("unused"), load(CONFIG))
    address = postgres.emptied()
    world.open = lambda _: PostgresDatabase(address, own_time=False)
    await world.start()
    await world.start()
    yield world
    await world.stop()
    await world.stop()


class StandingStill:
    """Has a replica stand still once, when it has its connection for a call and before it says a word."""

    def __init__(self, world: Replicas, *, renews: bool) -> None:
        self._world = world
        self._renews = renews
        self._connect = aiohttp.TCPConnector.connect
        self.stood = False

    async def connect(self, connector: aiohttp.TCPConnector, request: Any, **how: Any) -> Any:
        connection = await self._connect(connector, request, **how)
        task = asyncio.current_task()
        if not self.stood and task and task.get_name().startswith("slack.announce "):
            self.stood = True
            await self._is_overtaken(connector)
        return connection

    async def _is_overtaken(self, connector: aiohttp.TCPConnector) -> None:
        """Let the others see the lease run out and send it all; then this one goes on where it was."""
        await self._world.slack.idle(5, quiet=QUIET)
        self._world.clock.advance(LEASE.total_seconds())
        ours = {one._session.connector: one.deliveries for one in self._world.all}
        late = ours.pop(connector)
        for others in ours.values():
            await others.mind_leases()
            others.wake()
            await others.quiet()
        if self._renews:
            await late.mind_leases()


@pytest.mark.parametrize("renews", [False, True], ids=["sends at once", "renews its leases first"])
async def test_it_does_not_say_what_another_has_said_meanwhile(
    replicas: Replicas, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, renews: bool
):
    still = StandingStill(replicas, renews=renews)

    async def connect(connector: aiohttp.TCPConnector, request: Any, **how: Any) -> Any:
        return await still.connect(connector, request, **how)

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", connect)

    await replicas.declare()

    assert still.stood
    assert "is put down: its lease may have run out" in caplog.text
    assert len(replicas.texts("dev", ANNOUNCED)) == 1
    _nothing_was_said_twice(replicas.slack)
