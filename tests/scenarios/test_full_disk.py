"""The disk is full: pages that wait leave, nothing is sent over and over, and everybody concerned is told."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from handlers.refusals import CALL, LOOK_UP
from sandbox.faults import Fault
from sandbox.slack import Slack
from storage import outbox, pages
from storage.sqlite import SqliteDatabase
from tests.fakes import FakeClock
from tests.full import Disk, limited, small_disk
from tests.patience import PATIENCE
from tests.scenarios.conftest import World, with_phones
from tests.scenarios.look import acknowledged, answer, unready

pytestmark = pytest.mark.faults

FULL = {"database": "the database cannot be written: no room is left on its disk"}


class Filled(World):
    """A world whose disk can be filled."""

    disk: Disk

    def fill(self) -> None:
        """Leave no room: with an empty log, the next write needs some."""
        database = self.muster.uow._database
        assert isinstance(database, SqliteDatabase)
        database._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.disk.fill()

    def paged(self, who: str = "ana") -> int:
        return len([one for one in self.person(who).dm() if "You are paged" in one["text"]])

    async def decided_and_not_sent(self) -> None:
        """Have an incident declared of which Slack has taken nothing yet."""
        away = Fault("chat.postMessage", "ratelimit", 1, times=10**6)
        self.slack.faults.append(away)
        await self.declare()
        assert self.paged() == 0
        self.slack.faults.clear()

    async def passes(self, seconds: int) -> None:
        """Let time pass as the loop does, second by second."""
        [every_second] = [one.run for one in self.muster.repeating if one.name == "every second"]
        for second in range(seconds):
            self.clock.advance(1)
            await self.muster.ticks.tick()
            await asyncio.gather(every_second(), return_exceptions=True)
            if second % 15 == 0:
                await self.does("alarm")
            await asyncio.wait_for(self.muster.deliveries.quiet(), PATIENCE)

    async def does(self, name: str) -> None:
        """Do what the loop repeats under a name."""
        [run] = [one.run for one in self.muster.repeating if one.name == name]
        await run()


@pytest.fixture(params=["file system", pytest.param("limit of the process", marks=pytest.mark.proof)])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    made = small_disk(tmp_path / "small", 4) if request.param == "file system" else limited(tmp_path)
    with made as disk:
        yield disk


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, disk: Disk) -> AsyncIterator[Filled]:
    world = Filled(slack, clock, disk.folder / "muster.db", with_phones(slack))
    world.disk = disk
    await world.start()
    yield world
    disk.clear()
    await world.stop()


async def state(world: Filled) -> list[dict[str, Any]]:
    return await world.muster.uow.read(
        lambda tx: tx.all("SELECT state, attempt FROM outbox WHERE event = 'CallDue' ORDER BY id")
    )


async def test_a_page_that_waits_leaves_once_and_is_finished_when_there_is_room(world: Filled) -> None:
    await world.decided_and_not_sent()
    world.fill()

    await world.passes(130)
    assert world.paged() == 1
    assert {row["state"] for row in await state(world)} <= {"retry", "sending", "pending"}

    world.disk.clear()
    await world.passes(61)

    assert world.paged() == 1
    assert {row["state"] for row in await state(world)} == {"sent"}
    await acknowledged(world)
    [page] = [await world.muster.uow.read(pages.get, 1)]
    assert (page.answered_by, page.shown) == (world.person("ana").id, True)


async def test_a_page_that_is_not_taken_is_tried_once_a_minute(world: Filled) -> None:
    await world.decided_and_not_sent()
    world.fill()
    world.slack.faults.append(Fault("chat.postMessage", "status", 503, times=10**6))
    before = len(world.slack.calls("chat.postMessage"))

    await world.passes(14)  # before anything else is to be told
    assert len(world.slack.calls("chat.postMessage")) == before + 1

    world.slack.faults.clear()
    await world.passes(60)
    assert world.paged() == 1


async def test_a_page_that_slack_does_not_take_leaves_by_the_other_contact_method_once(world: Filled) -> None:
    await world.decided_and_not_sent()
    world.fill()
    world.slack.faults.append(Fault("chat.postMessage", "status", 503, times=10**6))

    await world.passes(300)
    assert len(world.person("ana").phone()) == 1

    world.slack.faults.clear()
    world.disk.clear()
    await world.passes(90)
    assert len(world.person("ana").phone()) == 1
    assert world.paged() == 1


async def test_a_page_that_was_being_sent_when_the_disk_became_full_is_not_sent_twice(world: Filled) -> None:
    post = world.muster._slack.post

    async def posted_on_a_full_disk(*args: Any, **kwargs: Any) -> Any:
        found = await post(*args, **kwargs)
        world.fill()
        return found

    await world.decided_and_not_sent()
    world.muster._slack.post = posted_on_a_full_disk  # type: ignore[method-assign]
    await world.passes(90)
    assert world.paged() == 1

    world.muster._slack.post = post  # type: ignore[method-assign]
    world.disk.clear()
    await world.passes(90)

    assert world.paged() == 1


async def test_the_operator_is_told_by_every_way_that_needs_no_write(
    world: Filled, caplog: pytest.LogCaptureFixture
) -> None:
    await world.declare()
    world.fill()

    await world.passes(20 * 60)

    assert (await unready(world.muster))["database"] == FULL["database"]
    assert not await world.muster.watching.probes.well()
    assert world.muster.watching.probes.faults() == FULL["database"]
    told = [one["text"] for one in world.person("ana").dm() if "needs its operator now" in one["text"]]
    assert 3 <= len(told) <= 5
    assert "no room is left on its disk. 1 pages are overdue now." in told[-1]
    assert any(
        "pages leave all the same" in text or "telling those on call" in text for text in caplog.messages
    )

    world.disk.clear()
    await world.passes(30)

    alarms = [one["text"] for one in world.person("ana").dm() if "My database" in one["text"]]
    assert len(alarms) == len(told)
    assert all(one.startswith("My database needed its operator. That is over since") for one in alarms)


async def test_whoever_declares_or_acknowledges_hears_that_it_was_not_done(world: Filled) -> None:
    await world.declare()
    world.fill()
    dev, ana = world.person("dev"), world.person("ana")

    await dev.slash("/inc", "", channel="general")
    await world.slack.idle()
    await dev.fill({"name": "Cache cold", "severity": "S3"})
    problems = await dev.submit()
    await ana.click(ana.dm()[0], text="Acknowledge")
    await world.slack.idle()

    assert list(problems.values()) == [LOOK_UP]
    assert answer(ana, ana.dm()[0].get("channel", "dm"))["text"].startswith(CALL)


async def test_it_starts_on_a_full_disk_and_sends_what_waits(world: Filled) -> None:
    await world.decided_and_not_sent()
    await world.muster.stop()
    world.bot = world.build()
    world.fill()

    await world.muster.start(ticking=False)
    await world.passes(5)

    assert world.paged() == 1
    assert await world.muster.uow.read(outbox.unleased, 10)


async def test_the_metric_of_the_database_says_that_it_takes_no_commit(world: Filled) -> None:
    metrics = world.muster.watching.metrics
    assert b"muster_database_up 1.0" in (await metrics.scrape(""))[0]
    world.fill()

    page, _ = await metrics.scrape("")

    assert b"muster_database_up 0.0" in page
    assert b"muster_pages{" in page
