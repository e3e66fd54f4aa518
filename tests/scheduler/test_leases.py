"""A lease that may have run out while the process stood still: nothing more leaves under it."""

import asyncio
import logging
from typing import Any

import pytest

from bot import leases
from bot.leases import SURE
from bot.unit_of_work import Guarded, UnitOfWork
from storage import outbox
from storage.outbox import LEASE, Delivery
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.scheduler.test_delivery import Reaction, World, delivering, tell

LONG_ENOUGH = LEASE.total_seconds()
ALMOST = LONG_ENOUGH * SURE - 1


@pytest.fixture
def uow(office: Office) -> UnitOfWork:
    return office.uow


def sent_after(may_go_on: asyncio.Event) -> Reaction:
    """Return a job that waits for this, and sends only then."""

    async def slow(_: Delivery) -> None:
        await may_go_on.wait()
        leases.check()

    return slow


async def test_what_was_about_to_leave_is_put_down_and_made_at_once_as_if_untouched(
    uow: UnitOfWork, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    left: list[Delivery] = []

    async def stands_still(delivery: Delivery) -> None:
        clock.advance(LONG_ENOUGH)
        await goes(delivery)

    async def goes(delivery: Delivery) -> None:
        leases.check()
        left.append(delivery)

    world = World(stands_still, goes)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()

    assert [(one.attempt, one.tries, one.uncertain) for one in left] == [(2, 1, False)]
    assert "is put down: its lease may have run out" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_it_is_of_unknown_fate_when_something_had_left_before(
    uow: UnitOfWork, clock: FakeClock
) -> None:
    async def stands_still_between_two_calls(_: Delivery) -> None:
        leases.check()
        clock.advance(LONG_ENOUGH)
        leases.check()

    world = World(stands_still_between_two_calls)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()

    assert [one.uncertain for one in world.tried] == [False, True]


async def test_what_another_has_taken_over_is_left_to_them(uow: UnitOfWork, clock: FakeClock) -> None:
    async def taken_over(_: Delivery) -> None:
        clock.advance(LONG_ENOUGH)
        await uow.perform(outbox.release, all_of_them=False)
        await uow.perform(outbox.lease, urgent=False, limit=1)
        leases.check()

    world = World(taken_over)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()

    row = await uow.read(lambda tx: tx.one("SELECT state, attempt, held FROM outbox"))
    assert row == {"state": "sending", "attempt": 2, "held": 0}


async def test_a_lease_that_is_renewed_in_time_is_sure(uow: UnitOfWork, clock: FakeClock) -> None:
    may_go_on = asyncio.Event()
    world = World(sent_after(may_go_on))
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await world.begun()
        for _ in range(5):
            clock.advance(ALMOST)
            await deliveries.mind_leases()
        clock.advance(ALMOST)
        may_go_on.set()
        await deliveries.quiet()

    assert len(world.tried) == 1


class SlowToCommit(UnitOfWork):
    """A unit of work where a renewal is kept only after a while: by then it may have met another lease."""

    async def perform(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
        if operation == Guarded(outbox.renew):
            assert isinstance(self.clock, FakeClock)
            self.clock.advance(2)
        return await super().perform(operation, *args, **kwargs)


async def test_a_renewal_that_came_too_late_makes_nothing_sure(office: Office, clock: FakeClock) -> None:
    uow, may_go_on = SlowToCommit(office.database, office.uow.process, clock), asyncio.Event()
    world = World(sent_after(may_go_on))
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await world.begun()
        clock.advance(ALMOST)
        await deliveries.mind_leases()
        may_go_on.set()
        await deliveries.quiet()

    assert len(world.tried) == 2


async def test_what_belongs_to_no_delivery_always_goes() -> None:
    leases.check()
