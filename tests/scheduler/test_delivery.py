"""Deliveries, with jobs that do as a test tells them."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

import pytest

from bot.domain.facts import Fact
from bot.domain.retries import GIVE_UP_AFTER
from bot.jobs import DeliveryFailed, Effect, Job, by_name, routes
from bot.unit_of_work import Guarded, UnitOfWork
from scheduler.delivery import (
    ABREAST,
    DECIDING,
    FAULTS_BEFORE_GIVING_UP,
    MAKING_WAY,
    PAGES_ABREAST,
    Deliveries,
)
from scheduler.reconciling import LOOKS
from storage import outbox, seen_events
from storage.database import DatabaseBusy
from storage.outbox import LEASE, Delivery, LeaseKey
from storage.transaction import Route, Tx, instant
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.happenings import Happening, Opened, Paged, Told
from tests.patience import PATIENCE

Reaction: TypeAlias = Callable[[Delivery], Awaitable[Effect | None]]

HOUR = timedelta(hours=1)


class World:
    """Where jobs leave their marks: what was tried, what was given up."""

    def __init__(self, *reactions: Reaction) -> None:
        self.tried: list[Delivery] = []
        self.given_up: list[str] = []
        self._reactions = list(reactions)
        self._begun = asyncio.Semaphore(0)

    async def run(self, delivery: Delivery) -> Effect | None:
        """Do as told for this try; when nothing more was told, succeed."""
        self.tried.append(delivery)
        self._begun.release()
        return await self._reactions.pop(0)(delivery) if self._reactions else None

    async def begun(self, tries: int = 1) -> None:
        """Return when that many more tries have begun."""
        for _ in range(tries):
            await self._begun.acquire()

    def on_dead(self, tx: Tx, delivery: Delivery, reason: str) -> None:
        self.given_up.append(reason)

    def job(
        self, name: str = "tell", fact: type[Fact] = Told, lane: str = "told:{incident}", **kind: Any
    ) -> Job:
        return Job(name, {fact}, self.run, lane, self.on_dead, **kind)

    @property
    def numbers(self) -> list[Any]:
        return [delivery.subject["incident"] for delivery in self.tried]


def failing(reason: str = "no", **how: Any) -> Reaction:
    async def fail(_: Delivery) -> None:
        raise DeliveryFailed(reason, **how)

    return fail


async def ends(_: Delivery) -> None:
    """Succeed."""


async def broken(_: Delivery) -> None:
    raise ZeroDivisionError


@asynccontextmanager
async def delivering(uow: UnitOfWork, *jobs: Job) -> AsyncIterator[Deliveries]:
    deliveries = Deliveries(uow, by_name(jobs))
    uow.deliver_to(routes(jobs), deliveries.wake)
    await deliveries.start()
    try:
        yield deliveries
    finally:
        await deliveries.stop(0)


async def tell(uow: UnitOfWork, *incidents: int, fact: type[Happening] = Told) -> None:
    def emit(tx: Tx) -> None:
        for incident in incidents:
            tx.record(fact(incident=incident))

    await uow.perform(emit)


async def wait(deliveries: Deliveries, clock: FakeClock, after: timedelta = HOUR) -> None:
    """Let time pass, and what falls due meanwhile be tried once more."""
    clock.advance(after.total_seconds())
    deliveries.wake()
    await deliveries.quiet()


async def states(uow: UnitOfWork) -> list[str]:
    rows = await uow.read(lambda tx: tx.all("SELECT state FROM outbox ORDER BY id"))
    return [row["state"] for row in rows]


async def marks(uow: UnitOfWork) -> list[str]:
    rows = await uow.read(lambda tx: tx.all("SELECT id FROM seen_events ORDER BY id"))
    return [row["id"] for row in rows]


@pytest.fixture
def uow(office: Office) -> UnitOfWork:
    return office.uow


async def test_a_delivery_and_its_effect_are_finished_together(uow: UnitOfWork, clock: FakeClock) -> None:
    async def post(_: Delivery) -> Effect:
        return lambda tx: seen_events.first_time(tx, "effect")

    world = World(post)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()

        assert await states(uow) == ["sent"]
        assert await marks(uow) == ["effect"]
        await wait(deliveries, clock)
    assert world.numbers == [7]


async def test_an_effect_that_fails_leaves_a_delivery_of_unknown_fate_and_nothing_written(
    uow: UnitOfWork, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def post(_: Delivery) -> Effect:
        def effect(tx: Tx) -> None:
            seen_events.first_time(tx, "half")
            raise ZeroDivisionError

        return effect

    world = World(post)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()
        assert (await states(uow), await marks(uow)) == (["ambiguous"], [])

        await wait(deliveries, clock)

    assert [one.uncertain for one in world.tried] == [False, True]
    assert await states(uow) == ["sent"]
    assert "hit a bug" in caplog.text


async def test_an_effect_may_ask_for_more_deliveries(uow: UnitOfWork) -> None:
    async def open_channel(_: Delivery) -> Effect:
        return lambda tx: tx.record(Opened(incident=7))

    opening, posting = World(open_channel), World()
    async with delivering(
        uow, opening.job("open"), posting.job("post", Opened, "card:{incident}")
    ) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()

    assert posting.numbers == [7]


async def test_a_failure_is_tried_again_later_and_not_before(uow: UnitOfWork, clock: FakeClock) -> None:
    world = World(failing())
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()
        assert await states(uow) == ["retry"]

        await wait(deliveries, clock, timedelta(milliseconds=500))
        assert len(world.tried) == 1
        await wait(deliveries, clock, timedelta(seconds=2))

    assert [(one.attempt, one.uncertain) for one in world.tried] == [(1, False), (2, False)]
    assert await states(uow) == ["sent"]


async def test_the_time_that_slack_asks_for_is_waited(uow: UnitOfWork, clock: FakeClock) -> None:
    world = World(failing(after=timedelta(seconds=30)))
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()
        await wait(deliveries, clock, timedelta(seconds=29))
        assert len(world.tried) == 1
        await wait(deliveries, clock, timedelta(seconds=1))

    assert len(world.tried) == 2


async def test_one_that_was_not_even_tried_makes_room_and_does_not_count(
    uow: UnitOfWork, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    held = failing(after=timedelta(seconds=30), held=True)
    world = World(*[held] * ABREAST, *[held] * 9)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, *range(ABREAST + 1))
        await deliveries.quiet()
        assert set(await states(uow)) == {"retry"}
        for _ in range(9):
            await wait(deliveries, clock, timedelta(seconds=30))

    assert world.numbers[: ABREAST + 1] == list(range(ABREAST + 1))
    assert max(one.attempt for one in world.tried) > 1
    assert {one.tries for one in world.tried} == {1}
    assert caplog.records == []


async def test_one_of_unknown_fate_stays_so_while_it_is_held(uow: UnitOfWork, clock: FakeClock) -> None:
    held = failing(after=timedelta(seconds=30), held=True)
    world = World(failing(uncertain=True), held)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        for _ in range(3):
            await wait(deliveries, clock)

    assert [(one.tries, one.uncertain) for one in world.tried] == [(1, False), (2, True), (2, True)]


async def test_a_page_waits_a_minute_at_most_whatever_slack_asks_for(
    uow: UnitOfWork, clock: FakeClock
) -> None:
    world = World(failing(after=HOUR))
    async with delivering(uow, world.job(urgent=True)) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()
        await wait(deliveries, clock, timedelta(seconds=60))

    assert len(world.tried) == 2


async def test_an_uncertain_one_is_told_so_until_its_fate_is_known(uow: UnitOfWork, clock: FakeClock) -> None:
    world = World(failing("the connection was lost", uncertain=True), failing("too many calls"), failing())
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()
        assert await states(uow) == ["ambiguous"]
        for _ in range(3):
            await wait(deliveries, clock)

    assert [one.uncertain for one in world.tried] == [False, True, True, True]
    assert await states(uow) == ["sent"]


async def test_a_hopeless_one_is_given_up_at_once_and_somebody_hears(
    uow: UnitOfWork, clock: FakeClock
) -> None:
    world = World(failing("channel_not_found", permanent=True))
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()
        await wait(deliveries, clock)

    assert await states(uow) == ["dead"]
    assert (len(world.tried), world.given_up) == (1, ["channel_not_found"])


async def test_after_a_day_a_message_is_given_up_and_a_page_is_not(uow: UnitOfWork, clock: FakeClock) -> None:
    message, page = World(*[failing()] * 3), World(*[failing()] * 3)
    jobs = message.job(), page.job("page", Paged, "page:{incident}", urgent=True)
    async with delivering(uow, *jobs) as deliveries:
        await tell(uow, 7)
        await tell(uow, 8, fact=Paged)
        await deliveries.quiet()
        await wait(deliveries, clock, GIVE_UP_AFTER)
        assert await states(uow) == ["retry", "retry"]
        await wait(deliveries, clock)

    assert await states(uow) == ["dead", "retry"]
    assert (message.given_up, page.given_up) == (["no"], [])


async def test_a_bug_in_a_job_is_logged_in_full_and_gives_up_messages_but_never_pages(
    uow: UnitOfWork, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    tries = FAULTS_BEFORE_GIVING_UP
    message, page = World(*[broken] * 20), World(*[broken] * (tries + 2))
    jobs = message.job(), page.job("page", Paged, "page:{incident}", urgent=True)
    async with delivering(uow, *jobs) as deliveries:
        await tell(uow, 7)
        await tell(uow, 8, fact=Paged)
        await deliveries.quiet()
        for _ in range(tries + 2):
            await wait(deliveries, clock)

    assert await states(uow) == ["dead", "sent"]
    assert (len(message.tried), len(message.given_up)) == (tries, 1)
    assert len(page.tried) == tries + 3
    assert "ZeroDivisionError" in caplog.text


async def test_a_database_that_is_busy_is_no_bug_of_the_delivery(uow: UnitOfWork, clock: FakeClock) -> None:
    async def busy(_: Delivery) -> None:
        raise DatabaseBusy("it is being written by another process")

    message = World(*[busy] * (FAULTS_BEFORE_GIVING_UP + 1))
    async with delivering(uow, message.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()
        for _ in range(FAULTS_BEFORE_GIVING_UP + 1):
            await wait(deliveries, clock)

    assert await states(uow) == ["sent"]
    assert message.given_up == []
    assert [one.uncertain for one in message.tried[:2]] == [False, True]


async def test_a_single_bug_after_hours_of_failures_gives_nothing_up(
    uow: UnitOfWork, clock: FakeClock
) -> None:
    message = World(*[failing()] * (2 * FAULTS_BEFORE_GIVING_UP), broken)
    async with delivering(uow, message.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()
        for _ in range(2 * FAULTS_BEFORE_GIVING_UP + 1):
            await wait(deliveries, clock)

    assert await states(uow) == ["sent"]
    assert message.given_up == []


async def test_what_follows_from_a_decision_is_leased_in_its_own_commit(uow: UnitOfWork) -> None:
    def emit(tx: Tx) -> None:
        tx.record(Told(incident=7))

    def fail(tx: Tx) -> None:
        emit(tx)
        raise ZeroDivisionError

    world, woken = World(), list[int]()
    async with delivering(uow, world.job()) as deliveries:
        await deliveries.quiet()
        uow.deliver_to(routes([world.job()]), lambda: woken.append(1), deliveries.at_once)
        with suppress(ZeroDivisionError):
            await uow.perform(
                Guarded(fail)
            )  # leaves the next one nothing to begin, and does not keep it from leasing
        await uow.perform(Guarded(emit))
        assert await states(uow) == ["sending"]
        await deliveries.quiet()

    assert (world.numbers, woken) == ([7], [])
    assert await states(uow) == ["sent"]


async def test_a_decision_leases_alone_when_nobody_waits_and_beside_replicas_guarded(
    uow: UnitOfWork,
) -> None:
    def emit(tx: Tx, incident: int) -> None:
        tx.record(Told(incident=incident))

    world, woken = World(), list[int]()
    async with delivering(uow, world.job()) as deliveries:
        await deliveries.quiet()
        uow.deliver_to(routes([world.job()]), lambda: woken.append(1), deliveries.at_once)
        with deliveries.at_once():
            await uow.perform(Guarded(emit), 1)
        assert await states(uow) == ["pending"]
        deliveries.make_way(True)
        await uow.perform(Guarded(emit), 2)
        assert await states(uow) == ["pending"] * 2
        deliveries.make_way(False)
        await uow.perform(emit, 3)
        assert await states(uow) == ["pending" if uow.shared else "sending"] * 3
        assert len(woken) == (3 if uow.shared else 2)
        deliveries.wake()
        await deliveries.quiet()

    assert await states(uow) == ["sent"] * 3


async def test_a_delivery_that_nothing_does_any_more_is_given_up(uow: UnitOfWork) -> None:
    world = World()
    async with delivering(uow, world.job()) as deliveries:
        uow.deliver_to({Told: (Route("gitlab.open_issue", "issue"),)}, deliveries.wake)
        await tell(uow, 7)
        await deliveries.quiet()

    assert await states(uow) == ["dead"]


async def test_a_lane_is_served_one_at_a_time_and_lanes_side_by_side(uow: UnitOfWork) -> None:
    under_way: list[int] = []
    most: list[list[int]] = []

    async def look(delivery: Delivery) -> None:
        under_way.append(delivery.subject["incident"])
        most.append(sorted(under_way))
        await asyncio.sleep(0)
        under_way.remove(delivery.subject["incident"])

    world = World(*[look] * 6)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 1, 1, 1, 2, 2, 2)
        await deliveries.quiet()

    assert all(len(set(abreast)) == len(abreast) for abreast in most)
    assert [1, 2] in most


async def test_what_others_wait_for_begins_before_what_was_asked_for_earlier(uow: UnitOfWork) -> None:
    world = World()
    leading = world.job("open", Opened, "opened:{incident}", leads=True)
    async with delivering(uow, world.job(), leading) as deliveries:

        def emit(tx: Tx) -> None:
            tx.record(Told(incident=1))
            tx.record(Opened(incident=2))

        await uow.perform(emit)
        await deliveries.quiet()

    assert world.numbers == [2, 1]


async def test_a_failure_holds_up_its_own_lane_only(uow: UnitOfWork, clock: FakeClock) -> None:
    world = World(failing())
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 1, 1, 2)
        await deliveries.quiet()
        assert world.numbers == [1, 2]
        await wait(deliveries, clock)

    assert world.numbers == [1, 2, 1, 1]


async def test_a_page_leaves_while_everything_else_hangs(uow: UnitOfWork) -> None:
    never = asyncio.Event()
    left = asyncio.Event()

    async def hang(_: Delivery) -> None:
        await never.wait()

    async def leave(_: Delivery) -> None:
        left.set()

    messages, pages = World(*[hang] * 99), World(leave)
    jobs = messages.job(), pages.job("page", Paged, "page:{incident}", urgent=True)
    async with delivering(uow, *jobs):
        await tell(uow, *range(ABREAST + 6))
        await messages.begun(ABREAST)

        await tell(uow, 1, fact=Paged)
        await asyncio.wait_for(left.wait(), PATIENCE)

        assert len(messages.tried) == ABREAST


async def test_everything_else_leaves_while_pages_hang(uow: UnitOfWork) -> None:
    left = asyncio.Event()

    async def hang(_: Delivery) -> None:
        await asyncio.Event().wait()

    async def leave(_: Delivery) -> None:
        left.set()

    messages, pages = World(leave), World(*[hang] * 99)
    jobs = messages.job(), pages.job("page", Paged, "page:{incident}", urgent=True)
    async with delivering(uow, *jobs):
        await tell(uow, *range(ABREAST + 6), fact=Paged)
        await pages.begun(ABREAST + 6)

        await tell(uow, 1)
        await asyncio.wait_for(left.wait(), PATIENCE)


async def test_when_pages_fill_their_room_a_few_others_leave_beside_them(uow: UnitOfWork) -> None:
    async def hang(_: Delivery) -> None:
        await asyncio.Event().wait()

    messages, pages = World(*[hang] * 99), World(*[hang] * 999)
    jobs = messages.job(), pages.job("page", Paged, "page:{incident}", urgent=True)
    async with delivering(uow, *jobs):
        await tell(uow, *range(PAGES_ABREAST + 6), fact=Paged)
        await pages.begun(PAGES_ABREAST)

        await tell(uow, *range(ABREAST))
        await messages.begun(MAKING_WAY)
        await asyncio.sleep(0)

        assert (len(pages.tried), len(messages.tried)) == (PAGES_ABREAST, MAKING_WAY)


async def test_what_is_sent_steps_back_while_deadlines_wait_but_pages_less(
    uow: UnitOfWork,
) -> None:
    async def hang(_: Delivery) -> None:
        await asyncio.Event().wait()

    messages, pages = World(*[hang] * 99), World(*[hang] * 99)
    jobs = messages.job(), pages.job("page", Paged, "page:{incident}", urgent=True)
    async with delivering(uow, *jobs) as deliveries:
        deliveries.make_way(True)
        await tell(uow, *range(ABREAST))
        await tell(uow, *range(ABREAST), fact=Paged)
        await pages.begun(DECIDING[0])
        await asyncio.sleep(0)
        assert (len(pages.tried), len(messages.tried)) == DECIDING

        deliveries.make_way(False)
        deliveries.wake()
        await messages.begun(ABREAST)
        await pages.begun(ABREAST - DECIDING[0])


async def test_a_restart_makes_what_was_under_way_uncertain(
    uow: UnitOfWork, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def hang(_: Delivery) -> None:
        await asyncio.Event().wait()

    world = World(hang)
    async with delivering(uow, world.job()):
        await tell(uow, 7)
        await world.begun()
    assert await states(uow) == ["sending"]

    if uow.shared:  # then only a lease that ran out says that its holder is dead
        clock.advance(LEASE.total_seconds())
    async with delivering(uow, world.job()) as deliveries:
        await deliveries.quiet()

    assert [(one.attempt, one.uncertain) for one in world.tried] == [(1, False), (2, True)]
    assert await states(uow) == ["sent"]
    assert "unknown fate" in caplog.text


async def test_stopping_lets_what_is_under_way_finish(uow: UnitOfWork) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(_: Delivery) -> None:
        begun.set()
        await may_end.wait()

    world = World(slow)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7, 7)
        await begun.wait()
        stopping = asyncio.create_task(deliveries.stop(5))
        for _ in range(9):
            await asyncio.sleep(0)
        may_end.set()
        await stopping

    assert await states(uow) == ["sent", "pending"]


async def test_a_delivery_whose_lease_ran_out_is_taken_over_and_finished_once(
    uow: UnitOfWork, clock: FakeClock
) -> None:
    may_end, finished = asyncio.Event(), asyncio.Event()

    async def slow(_: Delivery) -> Effect:
        await may_end.wait()
        return lambda tx: seen_events.first_time(tx, "slow")

    async def fast(_: Delivery) -> Effect:
        def effect(tx: Tx) -> None:
            seen_events.first_time(tx, "fast")
            finished.set()

        return effect

    world = World(slow, fast)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await world.begun()
        clock.advance(LEASE.total_seconds())
        await uow.perform(outbox.release, all_of_them=False)
        deliveries.wake()
        await finished.wait()
        may_end.set()
        await deliveries.quiet()

    assert await marks(uow) == ["fast"]
    assert [one.uncertain for one in world.tried] == [False, True]


async def test_a_delivery_that_takes_long_keeps_its_lease(uow: UnitOfWork, clock: FakeClock) -> None:
    may_end = asyncio.Event()

    async def slow(_: Delivery) -> Effect:
        await may_end.wait()
        return lambda tx: seen_events.first_time(tx, "slow")

    world = World(slow)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await world.begun()
        for _ in range(5):
            clock.advance(LEASE.total_seconds() / 2)
            await deliveries.mind_leases()
        may_end.set()
        await deliveries.quiet()

    assert await marks(uow) == ["slow"]
    assert len(world.tried) == 1


class Flaky(UnitOfWork):
    """A unit of work whose disk fills up, and empties again."""

    broken = False

    async def perform(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
        if self.broken:
            raise OSError("disk full")
        return await super().perform(operation, *args, **kwargs)


async def test_what_failed_and_cannot_be_put_off_is_logged_and_tried_again_after_its_lease(
    office: Office, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    uow = Flaky(office.database, office.uow.process, clock)

    async def fail_without_a_database(_: Delivery) -> None:
        uow.broken = True
        raise DeliveryFailed("no")

    world = World(fail_without_a_database)
    async with delivering(uow, world.job()) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()
        uow.broken = False
        clock.advance(LEASE.total_seconds())
        await deliveries.mind_leases()
        deliveries.wake()
        await deliveries.quiet()

    assert [one.uncertain for one in world.tried] == [False, True]
    assert "could not be put off" in caplog.text


async def test_an_outbox_that_cannot_be_read_is_read_again(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    uow = Flaky(office.database, office.uow.process, office.clock)
    world = World()
    async with delivering(uow, world.job()) as deliveries:
        await deliveries.quiet()
        uow.broken = True
        deliveries.wake()
        await deliveries.quiet()
        uow.broken = False
        await tell(uow, 7)
        await deliveries.quiet()

    assert world.numbers == [7]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_a_redraw_of_unknown_fate_is_made_again_when_an_older_one_may_have_come_last(
    uow: UnitOfWork, clock: FakeClock
) -> None:
    world = World(failing(uncertain=True))
    async with delivering(uow, world.job(coalesce=True)) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()
        await wait(deliveries, clock, timedelta(seconds=3))
        assert len(world.tried) == 2

        await wait(deliveries, clock, LOOKS[0] - timedelta(seconds=1))
        assert len(world.tried) == 2
        await wait(deliveries, clock, timedelta(seconds=1))
        assert len(world.tried) == 3
        await wait(deliveries, clock, LOOKS[1] - LOOKS[0] - timedelta(seconds=1))
        assert len(world.tried) == 3
        await wait(deliveries, clock, timedelta(seconds=1))
        await wait(deliveries, clock)

    assert [one.uncertain for one in world.tried] == [False, True, False, False]


@pytest.mark.parametrize(
    ("shown", "drawn_again"),
    [((1, 1), True), ((1, 2), False), ((2, 1), False), (None, True)],
    ids=["the older one", "the last one", "a newer one", "nobody knows"],
)
async def test_what_is_shown_decides_whether_it_is_drawn_again(
    uow: UnitOfWork, clock: FakeClock, shown: LeaseKey | None, drawn_again: bool
) -> None:
    async def drawn(subject: Mapping[str, Any]) -> LeaseKey | None:
        assert subject == {"incident": 7}
        return shown

    world = World(failing(uncertain=True))
    job = replace(world.job(coalesce=True), drawn=drawn)
    async with delivering(uow, job) as deliveries:
        await tell(uow, 7)
        await deliveries.quiet()
        await wait(deliveries, clock, timedelta(seconds=3))
        await wait(deliveries, clock, LOOKS[0])

    assert [one.lease_key for one in world.tried[:2]] == [(1, 1), (1, 2)]
    assert len(world.tried) == (3 if drawn_again else 2)


async def test_however_often_a_redraw_is_in_doubt_it_is_looked_at_twice(
    uow: UnitOfWork, clock: FakeClock
) -> None:
    doubt = timedelta(seconds=3)
    world = World(*[react for _ in range(5) for react in (failing(uncertain=True, after=doubt), ends)])
    async with delivering(uow, world.job(coalesce=True)) as deliveries:
        for _ in range(5):
            await tell(uow, 7)
            await deliveries.quiet()
            await wait(deliveries, clock, doubt)

    looks = await uow.read(lambda tx: tx.all("SELECT * FROM outbox WHERE state = 'pending' ORDER BY due_at"))
    assert [json.loads(one["subject"])["last"][1] for one in looks] == [2, 2]
    assert [instant(one["due_at"]) - clock.now() for one in looks] == list(LOOKS)


async def test_what_somebody_else_has_drawn_meanwhile_is_drawn_again(
    uow: UnitOfWork, clock: FakeClock
) -> None:
    may_end = asyncio.Event()

    async def slow(_: Delivery) -> None:
        await may_end.wait()

    world = World(slow)
    async with delivering(uow, world.job(coalesce=True)) as deliveries:
        await tell(uow, 7)
        await world.begun()
        clock.advance(LEASE.total_seconds())
        await uow.perform(outbox.release, all_of_them=False)
        deliveries.wake()
        await world.begun()
        may_end.set()
        await world.begun()
        await deliveries.quiet()

    assert [one.id for one in world.tried[:2]] == [1, 1]
    assert world.tried[2].id > 1


async def test_a_job_that_cannot_note_its_end_does_not_hold_up_its_lane(uow: UnitOfWork) -> None:
    class Odd(World):
        def on_dead(self, tx: Tx, delivery: Delivery, reason: str) -> None:
            raise ZeroDivisionError

    async with delivering(uow, Odd(failing(permanent=True)).job()) as deliveries:
        await tell(uow, 1, 1)
        await deliveries.quiet()

    assert await states(uow) == ["dead", "sent"]
