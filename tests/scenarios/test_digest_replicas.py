"""Two replicas share the list of pages that wait for one person: one message, whoever sends and decides."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import load
from sandbox.slack import Slack
from storage.postgres import PostgresDatabase
from tests.engines import Server
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, _nothing_was_said_twice
from tests.scenarios.look import presses, shown
from tests.scenarios.replicas import Replicas
from tests.scenarios.test_digest import APART, alone, lines, lists, posted, storm, with_digests

pytestmark = pytest.mark.proof


@pytest.fixture
async def replicas(slack: Slack, clock: FakeClock, postgres: Server) -> AsyncIterator[Replicas]:
    world = Replicas(slack, clock, Path("unused"), with_digests(load(CONFIG)))
    address = postgres.emptied()
    world.open = lambda _: PostgresDatabase(address, own_time=False)
    await world.start()
    await world.start()
    yield world
    await world.stop()
    await world.stop()
    _nothing_was_said_twice(slack)


async def test_a_storm_is_one_list_that_either_replica_edits_and_answers(replicas: Replicas):
    await storm(replicas)

    assert len(alone(replicas)) == APART
    (one,) = lists(replicas)
    # A declare that is decided anew takes another number, so only the names are the same each time.
    assert [line.partition(" ")[2] for line in lines(one)] == [f"Noise {number}" for number in range(4, 9)]
    assert posted(replicas) == 1

    await replicas.stop()
    ana = replicas.person("ana")
    await presses(replicas, ana, one, "Acknowledge all", confirm=True)

    await replicas.settle_down()
    assert lists(replicas) == []
    assert posted(replicas) == 1
    assert not any("pages wait for you" in shown(left) for left in ana.dm())
