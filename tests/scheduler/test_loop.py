"""The loop only ticks: it holds no deadline that could be lost with it."""

import asyncio
import inspect
from collections.abc import AsyncIterator

import pytest
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.facts import CallDue
from bot.domain.incidents.incident import Draft, Severity
from bot.jobs import Job, by_name, routes
from bot.operations.incidents.declare import declare
from bot.unit_of_work import UnitOfWork
from scheduler.delivery import Deliveries
from scheduler.loop import Every, loop, repeating
from scheduler.ticks import Ticks
from storage.outbox import Delivery
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import FakeClock


class Directory:
    """Counts how often it is asked to refresh."""

    def __init__(self) -> None:
        self.refreshed = 0

    async def refresh(self) -> None:
        self.refreshed += 1


@pytest.fixture
async def deliveries(office: Office) -> AsyncIterator[Deliveries]:
    async def send(delivery: Delivery) -> None:
        sent.append(delivery.subject["page"])

    def ignored(tx: Tx, delivery: Delivery, reason: str) -> None: ...

    sent: list[int] = []
    jobs = [Job("send", {CallDue}, send, "page:{page}", ignored, urgent=True)]
    deliveries = Deliveries(office.uow, by_name(jobs))
    office.uow.deliver_to(routes(jobs), deliveries.wake)
    await deliveries.start()
    yield deliveries
    await deliveries.stop(0)


@pytest.fixture
async def scheduler(office: Office, deliveries: Deliveries) -> AsyncIterator[AsyncIOScheduler]:
    table = repeating(Ticks(office.uow), deliveries, Directory().refresh, Directory().refresh)
    scheduler = loop(table)
    scheduler.start(paused=True)
    yield scheduler
    scheduler.shutdown(wait=False)
    await asyncio.sleep(0)


async def test_every_job_is_a_coroutine_that_is_never_too_late(scheduler: AsyncIOScheduler) -> None:
    jobs = scheduler.get_jobs()

    assert len(jobs) == 5
    for job in jobs:
        assert inspect.iscoroutinefunction(job.func)
        assert job.misfire_grace_time is None
        assert (job.coalesce, job.max_instances) == (True, 1)


async def test_no_job_holds_a_deadline(
    scheduler: AsyncIOScheduler, office: Office, deliveries: Deliveries
) -> None:
    before = {job.id for job in scheduler.get_jobs()}

    await office.uow.perform(declare, Draft("x", "GitLab.com", Severity.S1), by="UREP", form=None)
    await deliveries.quiet()

    assert {job.id for job in scheduler.get_jobs()} == before
    assert all(isinstance(job.trigger, Every) for job in scheduler.get_jobs())
    assert [type(store) for store in scheduler._jobstores.values()] == [MemoryJobStore]


async def test_deadlines_are_looked_at_and_what_they_raise_is_sent(
    scheduler: AsyncIOScheduler, office: Office, clock: FakeClock, deliveries: Deliveries
) -> None:
    uow: UnitOfWork = office.uow
    await uow.perform(declare, Draft("x", "GitLab.com", Severity.S3), by="UREP", form=None)
    await deliveries.quiet()
    clock.advance(minutes=15)
    (look,) = [job for job in scheduler.get_jobs() if job.name == "look"]

    await look.func()
    await deliveries.quiet()

    rows = await uow.read(lambda tx: tx.all("SELECT subject, state FROM outbox ORDER BY id"))
    assert [row["state"] for row in rows] == ["sent", "sent"]


async def test_stopping_in_the_middle_of_a_look_is_no_error(
    office: Office, deliveries: Deliveries, caplog: pytest.LogCaptureFixture
) -> None:
    class Slow(Ticks):
        looking = asyncio.Event()

        async def tick(self) -> bool:
            self.looking.set()
            await asyncio.sleep(60)
            return False

    ticks = Slow(office.uow)
    scheduler = loop(repeating(ticks, deliveries, Directory().refresh, Directory().refresh))
    scheduler.start()
    await ticks.looking.wait()

    scheduler.shutdown(wait=False)
    await asyncio.sleep(0.01)

    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
