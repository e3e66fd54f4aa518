"""What a declare costs: commits and calls to Slack, counted in virtual time, so that they hold anywhere."""

from pathlib import Path

import pytest

from bot.config import load
from sandbox.slack import Slack
from storage.database import Database
from tests.engines import ENGINES
from tests.fakes import FakeClock
from tests.passing import Counting
from tests.scenarios.conftest import CONFIG, World, manifest
from tests.scenarios.dying import Fate, MortalPostgres, MortalSqlite, Strikes
from tests.simulation.world import in_virtual_time

ROUND_TRIP = 0.1
COMMITS = {"sqlite": 5, "postgres": 6}
STATEMENTS = {"S3": 128, "S1": 148}
"""Room for a few more: each costs PostgreSQL a round trip, and before they were counted it was 165."""
MANY = 1_000


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("severity", "calls"), [("S3", 11), ("S1", 13)])
def test_a_declare_takes_few_commits_and_calls(
    engine: str, severity: str, calls: int, tmp_path: Path, request: pytest.FixtureRequest
):
    postgres = engine == "postgres"
    where = request.getfixturevalue("postgres").emptied() if postgres else str(tmp_path / "muster.db")

    commits, made, asked = in_virtual_time(declared(where, severity))

    assert (commits, made) == (COMMITS[engine], calls)
    assert asked <= STATEMENTS[severity]


def _opened(where: str, lives: Fate, asked: list[str]) -> Database:
    """Return a database that counts its commits and what it is asked, and hears of no other replica: time
    here is not its own.
    """
    database = MortalPostgres(where, lives) if "://" in where else MortalSqlite(where, lives)
    database.news = None  # type: ignore[method-assign]
    run = database.run
    database.run = lambda work, **how: run(lambda one: work(Counting(one, asked)), **how)  # type: ignore[method-assign]
    return database


async def declared(where: str, severity: str) -> tuple[int, int, int]:
    """Return how many commits somebody's declaring takes, how many calls, and how many statements that the
    bot waits for.
    """
    clock, lives, asked = FakeClock(), Fate(Strikes.AFTER_COMMIT, MANY), list[str]()
    slack = Slack(manifest(), clock)
    await slack.start(port=0)
    world = World(slack, clock, Path(where), load(CONFIG))
    world.open = lambda _: _opened(where, lives, asked)
    await world.start()
    dev = world.person("dev")
    await dev.slash("/inc", "declare Disk full", channel="general")
    await slack.idle()
    await dev.fill({"severity": severity})
    await world.settle()
    slack.latency = ROUND_TRIP
    asked.clear()
    left, since = lives.left, len(slack.record)
    assert await dev.submit() == {}
    await world.settle()
    statements = len(asked)
    await world.settle_down()
    calls = [call for call in slack.calls(since=since) if call.method != "response_url"]
    commits = left - lives.left
    await world.stop()
    await slack.stop()
    return commits, len(calls), statements
