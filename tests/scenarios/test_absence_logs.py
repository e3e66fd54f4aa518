"""Whatever is away: the log says the cause once, then counts each minute, and says when it is over."""

import asyncio
import io
import logging
import re
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.app import Muster
from bot.config import load
from bot.domain.incidents.incident import Draft, Severity
from bot.health.logs import LogFormat, configure
from bot.operations.incidents.declare import declare
from sandbox.faults import Fault
from sandbox.slack import Slack
from storage.database import Database
from storage.engines import open_database
from storage.sqlite import SqliteDatabase
from tests.engines import Server
from tests.fakes import FakeClock
from tests.full import limited
from tests.patience import PATIENCE
from tests.phones import Phones, phones
from tests.proxy import Proxy
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.contact_methods.conftest import CONTACT_METHODS

pytestmark = pytest.mark.faults

SECONDS = 180
MOST_LINES, MOST_TRACES, MOST_BYTES = 60, 2, 20_000
AWAY = Fault("*", "status", 503, times=10**6)
OFTEN = {"look", "every second"}


class Loud(World):
    """A world that does all that the loop does, and logs as the loop would."""

    async def passes(self, seconds: int) -> None:
        for second in range(seconds):
            self.clock.advance(1)
            for one in self.muster.repeating:
                if one.name in OFTEN or second % max(1, int(one.seconds)) == 0:
                    try:
                        await one.run()
                    except Exception:
                        logging.getLogger("apscheduler.executors.default").exception("Job %s", one.name)
            await asyncio.wait_for(self.muster.deliveries.quiet(), PATIENCE)

    async def declares(self) -> None:
        """Have an incident declared although Slack is away, so that there is something to be sent."""
        draft = Draft("Cache cold", "GitLab.com", Severity.S1, triage=False, private=False)
        await self.muster.uow.perform(declare, draft, by=self.person("dev").id, form=None)


@pytest.fixture
def log(clock: FakeClock) -> Iterator[io.StringIO]:
    """What the program would have written since."""
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers[:]
    configure(LogFormat.TEXT, stream=stream, monotonic=clock.monotonic)
    yield stream
    root.handlers[:] = before


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Loud]:
    async with phones() as phone:
        config = tmp_path / "muster.yml"
        config.write_text(CONFIG.read_text() + CONTACT_METHODS.format(url=phone.url))
        world = Loud(slack, clock, tmp_path / "muster.db", load(config))
        world.phone = phone  # type: ignore[attr-defined]
        await world.start()
        await world.declare()
        await world.passes(1)
        yield world
        await world.stop()


def counted(log: io.StringIO) -> list[str]:
    """Return the warnings and errors, which must be few, with hardly a trace."""
    lines = [line for line in log.getvalue().splitlines() if "level=info" not in line]
    assert len(lines) <= MOST_LINES, "\n".join(lines)
    assert log.getvalue().count("Traceback") <= MOST_TRACES, log.getvalue()
    assert len(log.getvalue()) < MOST_BYTES
    return lines


def over(lines: list[str]) -> list[str]:
    return [found[1] for line in lines if (found := re.search(r'event="over: ([^"]*)"', line))]


async def test_slack(world: Loud, log: io.StringIO) -> None:
    world.slack.faults.append(AWAY)
    await world.declares()
    await world.passes(SECONDS)
    lines = counted(log)
    assert any("repeated=" in line for line in lines)

    world.slack.faults.clear()
    await world.passes(150)

    assert "Slack cannot be reached yet" in over(counted(log)) or "delivery failed" in over(counted(log))


async def test_the_contact_methods(world: Loud, log: io.StringIO) -> None:
    phone: Phones = world.phone  # type: ignore[attr-defined]
    phone.status = 500
    world.slack.faults.append(AWAY)
    await world.declares()
    await world.passes(SECONDS)
    counted(log)

    phone.status = 200
    world.slack.faults.clear()
    await world.passes(150)

    assert "delivery failed" in over(counted(log))


async def test_room_on_the_disk(world: Loud, log: io.StringIO, tmp_path: Path) -> None:
    with limited(tmp_path) as disk:
        database = world.muster.uow._database
        assert isinstance(database, SqliteDatabase)
        database._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        disk.fill()
        await world.passes(16 * 60)
    lines = [line for line in log.getvalue().splitlines() if "level=info" not in line]
    assert sum("the database takes no writes" in line and "repeated=" not in line for line in lines) == 1
    assert log.getvalue().count("Traceback") == 0

    await world.passes(150)

    [ended] = [line for line in log.getvalue().splitlines() if "over: the database takes no writes" in line]
    assert re.search(r'lasted="\d+ s" times=\d{2,}', ended)


async def test_postgresql(slack: Slack, clock: FakeClock, postgres: Server, tmp_path: Path, log: io.StringIO):
    wire = Proxy.before(postgres.emptied())
    await wire.start()
    world = Loud(slack, clock, tmp_path / "none", load(CONFIG))
    world.in_place = False
    database = await asyncio.to_thread(open_database, wire.database, own_time=False)
    world.open = partial(_opened, database)
    await world.start()
    wire.cut()

    await world.passes(SECONDS)
    lines = counted(log)
    assert sum("the database cannot be used" in line for line in lines) <= 1 + SECONDS // 60
    assert "Traceback" not in log.getvalue()

    wire.mend()
    await world.passes(150)
    assert "the database cannot be used" in over(counted(log))
    await world.stop()
    await wire.stop()


def _opened(database: Database, _: str) -> Database:
    return database


async def test_a_bot_that_is_well_logs_no_warning(world: Loud, log: io.StringIO) -> None:
    assert isinstance(world.muster, Muster)
    await world.passes(60)

    assert counted(log) == []
