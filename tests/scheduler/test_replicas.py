"""Two replicas on one PostgreSQL: whatever both want to do is done once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any, TypeAlias

import pytest

from bot.domain.paging.pages import PageState
from bot.domain.process import Process
from bot.jobs import Effect
from bot.operations.paging.paging import request_page
from bot.operations.workspace.people import learned
from scheduler.ticks import AT_ONCE, STUCK_AFTER, Ticks
from storage import chores, escalations, outbox, pages, seen_events
from storage.outbox import LEASE, Delivery, LeaseKey
from storage.people import Person
from storage.postgres import PostgresDatabase
from storage.transaction import Route, Routes, Tx
from tests.conftest import PEOPLE, Office
from tests.engines import Server
from tests.fakes import FakeClock
from tests.happenings import Told
from tests.patience import PATIENCE
from tests.scheduler.test_delivery import World, delivering, marks, tell

pytestmark = pytest.mark.proof

Replicas: TypeAlias = tuple[Office, Office]

TELL: Routes = {Told: (Route("tell", "told:{incident}"),)}


@pytest.fixture
def replicas(postgres: Server, rules: Process, clock: FakeClock) -> Iterator[Replicas]:
    address = postgres.emptied()
    one, other = (Office(PostgresDatabase(address, own_time=False), rules, clock) for _ in range(2))
    one.perform(learned, [Person(who, who, None, True, None) for who in PEOPLE], [])
    yield one, other
    one.database.close()
    other.database.close()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do these things at the same moment, each in a thread of its own."""
    barrier = Barrier(len(works))

    def when_all_are_there(work: Callable[[], Any]) -> Any:
        barrier.wait(PATIENCE)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(when_all_are_there, works))


def tell_many(office: Office, many: int) -> None:
    def emit(tx: Tx) -> None:
        for number in range(many):
            tx.record(Told(incident=number))

    office.perform(emit)


def test_each_delivery_is_leased_by_one_of_them(replicas: Replicas) -> None:
    for office in replicas:
        office.uow.deliver_to(TELL, lambda: None)
    tell_many(replicas[0], 400)

    def lease_key_all(office: Office) -> list[LeaseKey]:
        lease_keys: list[LeaseKey] = []
        while True:
            found = office.perform(outbox.lease, urgent=False, limit=7)
            if not found:
                return lease_keys
            lease_keys += [delivery.lease_key for delivery in found]

    shares = at_once(*(lambda office=office: lease_key_all(office) for office in replicas * 2))

    lease_keys = [lease_key for share in shares for lease_key in share]
    assert len(lease_keys) == len(set(lease_keys)) == 400
    assert {attempt for _, attempt in lease_keys} == {1}


def test_what_one_is_leasing_the_other_passes_over_without_waiting(replicas: Replicas) -> None:
    one, other = replicas
    for office in replicas:
        office.uow.deliver_to(TELL, lambda: None)
    tell_many(one, 3)

    mine, theirs = [], []
    with one.database.transaction(guarded=True) as connection:
        mine = outbox.lease(Tx(connection, one.clock.now(), one.uow.process, {}), urgent=False, limit=1)
        theirs = other.perform(outbox.lease, urgent=False, limit=10)

    assert [delivery.subject["incident"] for delivery in mine] == [0]
    assert [delivery.subject["incident"] for delivery in theirs] == [1, 2]


async def test_one_that_starts_leaves_alone_what_the_other_is_sending(
    replicas: Replicas, clock: FakeClock
) -> None:
    may_end = asyncio.Event()

    async def slow(_: Delivery) -> None:
        await may_end.wait()

    one, other = World(slow), World()
    async with delivering(replicas[0].uow, one.job()) as first:
        await tell(replicas[0].uow, 7)
        await one.begun()
        async with delivering(replicas[1].uow, other.job()) as second:
            clock.advance(LEASE.total_seconds() - 1)
            await second.mind_leases()
            await first.mind_leases()
            clock.advance(LEASE.total_seconds() - 1)
            await second.mind_leases()
            second.wake()
            await second.quiet()
            may_end.set()
            await first.quiet()

    assert (len(one.tried), len(other.tried)) == (1, 0)


async def test_what_a_dead_one_was_sending_is_taken_over_and_its_late_end_changes_nothing(
    replicas: Replicas, clock: FakeClock
) -> None:
    may_end = asyncio.Event()

    def leaves(mark: str, *, slow: bool = False) -> Any:
        async def send(_: Delivery) -> Effect:
            if slow:
                await may_end.wait()
            return lambda tx: seen_events.first_time(tx, mark)

        return send

    cut_off, alive = World(leaves("late", slow=True)), World(leaves("taken over"))
    async with (
        delivering(replicas[0].uow, cut_off.job()) as first,
        delivering(replicas[1].uow, alive.job()) as second,
    ):
        await tell(replicas[0].uow, 7)
        await cut_off.begun()
        clock.advance(LEASE.total_seconds())
        await second.mind_leases()
        second.wake()
        await second.quiet()
        may_end.set()
        await first.quiet()

    assert await marks(replicas[0].uow) == ["taken over"]
    assert [(one.attempt, one.uncertain) for one in alive.tried] == [(2, True)]


def test_one_that_lost_its_lease_does_not_prolong_the_lease_of_the_other(
    replicas: Replicas, clock: FakeClock
) -> None:
    one, other = replicas
    one.uow.deliver_to(TELL, lambda: None)
    tell_many(one, 1)
    (lost,) = one.perform(outbox.lease, urgent=False, limit=1)
    clock.advance(LEASE.total_seconds())
    other.perform(outbox.release, all_of_them=False)
    other.perform(outbox.lease, urgent=False, limit=1)
    clock.advance(LEASE.total_seconds() / 2)

    one.perform(outbox.renew, [lost.lease_key])

    clock.advance(LEASE.total_seconds() / 2)
    assert other.perform(outbox.release, all_of_them=False) == 1


def test_a_chore_is_done_by_one_of_them(replicas: Replicas, clock: FakeClock) -> None:
    for _ in range(50):
        done = at_once(
            *(
                partial(office.perform, chores.falls_to_us, "tidy", timedelta(hours=1))
                for office in replicas * 2
            )
        )
        assert sorted(done) == [False, False, False, True]
        clock.advance(minutes=60)


def test_what_one_is_deciding_the_other_passes_over_without_waiting(
    replicas: Replicas, clock: FakeClock
) -> None:
    one, other = replicas
    for _ in range(2):
        one.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=None)
    clock.advance(minutes=15)

    with one.database.transaction() as connection:
        assert escalations.take(Tx(connection, clock.now(), one.uow.process, {}), [1])
        asyncio.run(Ticks(other.uow).tick())

    states = {page.id: page.state for page in one.read(pages.pending)}
    assert states == {1: PageState.PENDING, 3: PageState.PENDING}
    asyncio.run(Ticks(other.uow).tick())
    assert [page.id for page in one.read(pages.pending)] == [3, 4]


def test_what_another_gets_on_with_is_left_to_it_but_not_when_it_stands_still(
    replicas: Replicas, clock: FakeClock
) -> None:
    one, other = replicas
    for _ in range(2):
        one.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=None)
    clock.advance(minutes=15)
    ticks, raised = Ticks(other.uow), []

    with one.database.transaction() as connection:
        assert Tx(connection, clock.now(), one.uow.process, {}).takes_turn("escalate_overdue")
        for _ in range(STUCK_AFTER + 1):
            asyncio.run(ticks.tick())
            raised.append(len(other.read(lambda tx: tx.all("SELECT id FROM pages WHERE level = 1"))))

    assert raised == [0] * STUCK_AFTER + [2]


@pytest.mark.parametrize(("many", "makes_way"), [(AT_ONCE + 1, True), (2, False)])
def test_who_leaves_very_many_deadlines_to_another_makes_way(
    replicas: Replicas, clock: FakeClock, many: int, makes_way: bool
) -> None:
    one, other = replicas

    def ask(tx: Tx) -> None:
        for _ in range(many):
            request_page(tx, "dotcom EOC", "", by="UREP", incident_id=None)

    one.perform(ask)
    clock.advance(minutes=15)
    ticks = Ticks(other.uow)

    with one.database.transaction() as connection:
        assert Tx(connection, clock.now(), one.uow.process, {}).takes_turn("escalate_overdue")
        asyncio.run(ticks.tick())
        assert ticks.others_turn is makes_way

    asyncio.run(ticks.tick())
    assert not ticks.others_turn


def test_two_that_tick_raise_each_overdue_page_once(replicas: Replicas, clock: FakeClock) -> None:
    one, other = replicas
    many = 200

    def ask(tx: Tx) -> None:
        for _ in range(many):
            request_page(tx, "dotcom EOC", "", by="UREP", incident_id=None)

    one.perform(ask)
    one.emitted()
    clock.advance(minutes=15)

    at_once(*(lambda office=office: asyncio.run(Ticks(office.uow).tick()) for office in (one, other)))
    asyncio.run(Ticks(one.uow).tick())  # each may have left some to the other

    raised = [subject["page"] for event, subject in one.emitted() if event == "CallDue"]
    rows = one.read(lambda tx: tx.all("SELECT escalation, state, level FROM pages"))
    assert len(raised) == len(set(raised)) == many
    assert Counter(Counter(row["escalation"] for row in rows).values()) == {2: many}
    assert {(row["state"], row["level"]) for row in rows} == {
        (PageState.ESCALATED.value, 0),
        (PageState.PENDING.value, 1),
    }
