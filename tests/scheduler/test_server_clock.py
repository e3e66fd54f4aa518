"""Somebody sets the server's clock: what waits goes on waiting for as long, and one replica sees to it."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.clock import SystemClock, since_boot
from bot.domain.process import Process
from bot.health.measures import Measures
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.workspace.people import learned
from bot.unit_of_work import UnitOfWork
from scheduler.clock_watch import ClockWatch
from storage import escalations, pages
from storage.people import Person
from storage.postgres import PostgresConnection, PostgresDatabase
from tests.conftest import PEOPLE, Office
from tests.engines import Server
from tests.fakes import FIFTEEN_MINUTES
from tests.operations.given import given_incident

HOUR = 3600.0
SOON = timedelta(seconds=3)


class Machines:
    """By how many seconds the server's clock is ahead of where it began, beside those that passed."""

    set_by = 0.0


class Settable(PostgresDatabase):
    """A server whose clock can be set."""

    machines = Machines()

    def _begun(self, session: Any, how: bytes) -> PostgresConnection:
        connection = super()._begun(session, how)
        connection.now = connection._began + timedelta(seconds=self.machines.set_by)
        return connection


class Replica(Office):
    """One that goes by the server's clock, on a machine that can stand still or run ahead with the server."""

    def __init__(self, address: str, rules: Process, machines: Machines) -> None:
        self.passed = 0.0
        database = Settable(address)
        database.machines = machines
        self.real = SystemClock(elapsed=lambda: since_boot() + self.passed)
        self.database, self.uow = database, UnitOfWork(database, rules, self.real)
        self.watch = ClockWatch(self.uow, Measures())
        self.note()

    def note(self) -> None:
        self.watch._noted = None
        asyncio.run(self.watch.look())

    def due(self) -> datetime:
        due = self.read(escalations.next_due)
        assert due
        return due

    def level(self) -> int:
        return self.read(pages.get, 1).level


@pytest.fixture
def machines() -> Machines:
    return Machines()


@pytest.fixture
def replicas(postgres: Server, rules: Process, machines: Machines) -> Iterator[tuple[Replica, Replica]]:
    address = postgres.emptied()
    one, other = (Replica(address, rules, machines) for _ in range(2))
    one.perform(learned, [Person(who, who, None, True, None) for who in PEOPLE], [])
    given_incident(one)
    yield one, other
    for each in (one, other):
        each.database.close()


@pytest.mark.parametrize("step", [HOUR, -HOUR, 20.0, -20.0])
def test_deadlines_follow_it_once_before_any_replica_decides(
    replicas: tuple[Replica, Replica], machines: Machines, step: float, caplog: pytest.LogCaptureFixture
) -> None:
    before = replicas[0].due()

    machines.set_by = step
    with ThreadPoolExecutor(len(replicas)) as pool:
        list(pool.map(lambda one: one.perform(escalate_overdue, 1), replicas))
    for one in replicas:
        one.perform(escalate_overdue, 1)

    assert abs(replicas[0].due() - before - timedelta(seconds=step)) < SOON
    assert replicas[0].level() == 0
    assert [one.getMessage() for one in caplog.records if one.name == "muster.clock"] == [
        "the database's clock was set"
    ]


def test_one_step_after_another_is_followed_by_whoever_sees_it_first(
    replicas: tuple[Replica, Replica], machines: Machines
) -> None:
    one, other = replicas
    before = one.due()

    for each, step in ((one, HOUR), (other, -HOUR), (other, 2 * HOUR), (one, -HOUR)):
        machines.set_by += step
        each.perform(escalate_overdue, 1)
    machines.set_by -= HOUR
    for each in (one, other):
        each.perform(escalate_overdue, 1)

    assert abs(one.due() - before) < SOON
    assert one.level() == 0


def test_a_replica_that_stood_still_moves_no_deadline_of_the_others(
    replicas: tuple[Replica, Replica], machines: Machines
) -> None:
    """To it that looks like a clock that was set forward."""
    paused, other = replicas
    before = other.due()

    for _ in range(2):
        machines.set_by += FIFTEEN_MINUTES.total_seconds() / 3
        other.passed = machines.set_by
        other.note()
    paused.perform(escalate_overdue, 1)
    kept = other.due()
    both = FIFTEEN_MINUTES.total_seconds() / 2
    machines.set_by += both
    paused.passed, other.passed = both, machines.set_by
    paused.perform(escalate_overdue, 1)

    assert kept == before
    assert other.due() > before
