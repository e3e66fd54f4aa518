"""A storm of alerts: what it costs does not grow with it, and pages that are due come first."""

import asyncio
from typing import Any

import pytest

from bot.domain.alerts.routing import Rule, Then
from bot.domain.alerts.signals import State
from bot.domain.alerts.undecided import AT_ONCE, HEAVY
from bot.domain.incidents.incident import Severity
from bot.operations.alerts.intake import take
from bot.operations.paging.paging import request_page
from bot.unit_of_work import UnitOfWork
from scheduler.loop import repeating
from scheduler.ticks import Ticks
from storage import alerts, pages
from storage.alerts import Taken
from storage.facts import finish
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.test_alerts import opened, ruled, signal
from tests.passing import Counting

SOURCE = "prometheus"


def taken(first: int, count: int, groups: int = 1, **changes: Any) -> list[list[Taken]]:
    """Return as many requests, each with one alert."""
    return [
        [Taken(SOURCE, signal(f"disk {one}", group=f"g{one % groups}", **changes), "{}", trace=f"t{one:06}")]
        for one in range(first, first + count)
    ]


def statements(office: Office, operation: Any, *args: Any) -> int:
    """Perform an operation, and return how many statements that takes."""
    with office.database.transaction() as connection:
        counting = Counting(connection)
        tx = Tx(counting, office.clock.now(), office.uow.process, {})
        operation(tx, *args)
        finish(tx)
    return len(counting.statements)


def decided(office: Office) -> list[int]:
    """Decide about all that waits; return how many statements each tick's transaction takes."""
    found: list[int] = []

    class Measured(UnitOfWork):
        async def perform(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
            found.append(statements(office, operation, *args))

    ticks = Ticks(Measured(office.database, office.uow.process, office.clock))
    while office.read(alerts.waiting, SOURCE, 1):
        asyncio.run(ticks.tick())
    return found


@pytest.mark.parametrize("state", [State.FIRING, State.RESOLVED])
def test_a_hundred_alerts_are_kept_by_as_few_statements_as_ten(office: Office, state: State) -> None:
    office.perform(take, taken(0, 1000))

    few = statements(office, take, taken(0, 10, state=state))
    many = statements(office, take, taken(100, 100, state=state))

    assert many == few <= 6


@pytest.mark.parametrize("then", [Then.TRIAGE, Then.PAGE, Then.KEEP])
def test_a_slice_of_one_group_is_decided_by_as_few_statements_however_many_wait(
    office: Office, then: Then
) -> None:
    ruled(office, Rule(then=then, severity=Severity.S2))
    office.perform(take, taken(0, 1))
    decided(office)
    office.perform(take, taken(10, 10))
    (few,) = decided(office)

    office.perform(take, taken(100, AT_ONCE * 2 + 50))
    slices = decided(office)

    assert len(slices) == 3
    assert max(slices) <= few + 3 <= 25


def test_what_is_told_again_of_very_many_changes_as_little(office: Office) -> None:
    office.perform(take, taken(0, 150))
    decided(office)

    office.perform(take, taken(0, 150, severity=Severity.S1))
    (again,) = decided(office)
    office.perform(take, taken(0, 150, state=State.RESOLVED))
    (over,) = decided(office)

    assert max(again, over) <= 40
    assert not opened(office)


def test_what_opens_incidents_fills_a_slice_sooner(office: Office) -> None:
    office.perform(take, taken(0, AT_ONCE, groups=AT_ONCE // HEAVY + 5))
    ticks = Ticks(office.uow)

    asyncio.run(ticks.tick())
    left = office.read(alerts.waiting, SOURCE, AT_ONCE)
    assert ticks.goes_on
    while ticks.goes_on:
        asyncio.run(ticks.tick())

    assert len(left) > AT_ONCE // 2
    assert not office.read(alerts.waiting, SOURCE, 1)


def test_a_page_that_is_due_in_a_storm_comes_before_the_next_slice(office: Office, clock: FakeClock) -> None:
    page = office.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=None)
    office.perform(take, taken(0, AT_ONCE * 3))
    done: list[str] = []

    class Noting(UnitOfWork):
        async def perform(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
            before = await self.read(look_at)
            result = await super().perform(operation, *args, **kwargs)
            after = await self.read(look_at)
            if before[0] != after[0]:
                done.append(f"slice, {after[0]} wait")
                clock.advance(minutes=15 if len(done) == 1 else 0)
            elif before[1] and not after[1]:
                done.append("next level")
            return result

    def look_at(tx: Tx) -> tuple[int, bool]:
        return len(alerts.waiting(tx, SOURCE, AT_ONCE * 10)), pages.get(tx, page.id).pending

    class Calm:
        def make_way(self, much: bool) -> None: ...

    uow = Noting(office.database, office.uow.process, clock)
    ticks = Ticks(uow)
    look = repeating(ticks, Calm(), None, None)[0]  # type: ignore[arg-type]
    asyncio.run(look.run())  # type: ignore[arg-type]

    assert done[0] == f"slice, {AT_ONCE * 2 + HEAVY} wait"
    assert done[1] == "next level"
    assert done[-1] == "slice, 0 wait"
