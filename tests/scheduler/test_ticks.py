"""What time does, second by second."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.incidents.incident import Status
from bot.domain.paging.pages import PageState
from bot.domain.process import Process
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.paging import request_page
from bot.operations.workspace.people import learned
from bot.unit_of_work import UnitOfWork
from bot.web.sessions import LASTS
from scheduler.ticks import AT_ONCE, KEEP_ENDED, KEEP_EVENTS, LONGEST, Ticks
from storage import ended_sessions, escalations, pages, seen_events
from storage.database import Outdated
from storage.people import Person
from storage.sqlite import SqliteDatabase
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import FIFTEEN_MINUTES, FakeClock
from tests.operations.given import given_incident, pending
from tests.operations.look import kinds, last

EOC, IM = ("dotcom EOC", "UEOC"), ("dotcom IMOC", "UIM")


def tick(office: Office) -> list[str]:
    """Let one tick pass and return the events it made."""
    office.emitted()
    asyncio.run(Ticks(office.uow).tick())
    return office.events()


def engaged(office: Office, incident_id: int) -> None:
    office.perform(acknowledge, office.read(pages.pending_of, incident_id)[0].id, by="UEOC")


def run(office: Office, sql: str) -> None:
    def write(tx: Tx) -> None:
        tx.execute(sql)

    office.perform(write)


def nothing(_office: Office, _incident_id: int) -> None:
    """Leave the incident as it was declared."""


@pytest.mark.parametrize(
    ("prepare", "minutes", "event"),
    [
        (nothing, 5, "ReminderDue"),
        (nothing, 15, "CallDue"),
        (engaged, 30, "CallDue"),
        (engaged, 60, "UpdateOverdue"),
    ],
)
def test_each_kind_of_deadline_is_acted_on_in_time_once_and_never_early(
    office: Office, clock: FakeClock, prepare: Callable[[Office, int], None], minutes: int, event: str
) -> None:
    incident = given_incident(office, "S3")
    prepare(office, incident.id)
    if minutes == 60:
        office.perform(change_status, incident.id, Status.FIXING, by="UEOC")
    clock.advance(seconds=minutes * 60 - 0.000001)
    assert event not in tick(office)

    clock.advance(seconds=0.000001)

    assert tick(office).count(event) == 1
    assert event not in tick(office)


def test_an_hour_away_raises_one_level_marked_late_and_reminds_nobody(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S3")
    clock.advance(minutes=60)

    events = tick(office)
    tick(office)

    assert events.count("CallDue") == 1
    assert "ReminderDue" not in events
    assert pending(office, incident) == [IM]
    assert last(office, incident.id, Kind.ESCALATED).data["late"] == timedelta(minutes=45).total_seconds()


def test_the_next_level_has_its_whole_time_after_a_late_escalation(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S4")
    clock.advance(minutes=60)
    tick(office)

    clock.advance(minutes=14)
    tick(office)
    assert pending(office, incident) == [IM]
    clock.advance(minutes=1)
    tick(office)

    assert pending(office, incident) == [("dotcom leadership escalation", "ULEADER")]


def test_more_than_are_read_at_a_time_are_all_acted_on(office: Office, clock: FakeClock) -> None:
    many = AT_ONCE + 50

    def ask(tx: Tx) -> None:
        for _ in range(many):
            request_page(tx, "dotcom EOC", "", by="UREP", incident_id=None)

    office.perform(ask)
    clock.advance(minutes=15)

    assert tick(office).count("CallDue") == many
    assert office.read(escalations.overdue, 10) == []


def bad_page(office: Office, incident_id: int) -> None:
    run(office, f"UPDATE escalations SET reason = 'nonsense' WHERE incident = {incident_id}")


def bad_incident(office: Office, incident_id: int) -> None:
    run(office, f"UPDATE incidents SET status = 'nonsense' WHERE id = {incident_id}")


def spoil(office: Office, incident_id: int, minutes: int) -> None:
    """Make unreadable what is due after that many minutes."""
    (bad_incident if minutes >= 30 else bad_page)(office, incident_id)


@pytest.mark.parametrize(
    ("minutes", "event"),
    [(5, "ReminderDue"), (15, "CallDue"), (30, "CallDue"), (60, "UpdateOverdue")],
)
def test_a_bad_row_is_set_aside_and_the_others_go_on(
    office: Office,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
    minutes: int,
    event: str,
) -> None:
    bad, good = given_incident(office, "S3", channel="CA"), given_incident(office, "S3", channel="CB")
    for incident in (bad, good):
        if minutes >= 30:
            engaged(office, incident.id)
        if minutes == 60:
            office.perform(change_status, incident.id, Status.FIXING, by="UEOC")
    spoil(office, bad.id, minutes)
    clock.advance(minutes=minutes)

    assert tick(office).count(event) == 1
    assert "set aside" in caplog.text
    caplog.clear()
    tick(office)
    assert caplog.text == ""


@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_a_row_that_was_set_aside_is_acted_on_when_it_is_well_again(
    office: Office, clock: FakeClock, minutes: int
) -> None:
    incident = given_incident(office, "S3")
    if minutes >= 30:
        engaged(office, incident.id)
    spoil(office, incident.id, minutes)
    clock.advance(minutes=minutes)
    tick(office)

    run(office, "UPDATE escalations SET reason = 'declared'")
    run(office, "UPDATE incidents SET status = 'Investigating'")
    assert tick(office) == []
    clock.advance(seconds=30)

    events = tick(office)
    assert ("CallDue" in events) or ("UpdateOverdue" in events)


def test_a_reminder_that_fails_does_not_bring_the_deadline_forward(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S3")
    (page,) = office.read(pages.pending_of, incident.id)
    clock.advance(minutes=5)
    bad_page(office, incident.id)
    tick(office)
    run(office, "UPDATE escalations SET reason = 'declared'")

    assert office.read(pages.get, page.id).escalation.due_at == page.raised_at + FIFTEEN_MINUTES
    clock.advance(seconds=30)
    assert "ReminderDue" in tick(office)
    clock.advance(minutes=9)
    assert pending(office, incident) == [EOC]


def test_a_part_that_fails_does_not_keep_the_others_from_their_work(
    office: Office, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Flaky(UnitOfWork):
        async def read(self, question: Any, *args: Any, **kwargs: Any) -> Any:
            if question is escalations.overdue:
                raise OSError("disk full")
            return await super().read(question, *args, **kwargs)

    given_incident(office, "S1")
    clock.advance(minutes=15)
    uow = Flaky(office.database, office.uow.process, clock)
    ticks = Ticks(uow)

    asyncio.run(ticks.tick())

    assert Kind.UPDATE_OVERDUE in kinds(office, 1)
    assert "a part of the tick failed" in caplog.text
    assert ticks.last == clock.monotonic()


def test_an_acknowledged_page_is_left_alone(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S4")
    (page,) = office.read(pages.pending_of, incident.id)
    clock.advance(minutes=14)
    office.perform(acknowledge, page.id, by="UEOC")
    clock.advance(minutes=10)

    assert tick(office) == []
    assert office.read(pages.get, page.id).state is PageState.ACKNOWLEDGED


def test_what_is_long_done_is_forgotten(office: Office, clock: FakeClock) -> None:
    office.perform(seen_events.first_time, "Ev1")
    clock.advance(seconds=KEEP_EVENTS.total_seconds())

    asyncio.run(Ticks(office.uow).tidy())

    assert office.perform(seen_events.first_time, "Ev1")


def test_an_ended_session_is_known_for_as_long_as_its_cookie_could_be_good(
    office: Office, clock: FakeClock
) -> None:
    office.perform(ended_sessions.end, "a-session")
    clock.advance(seconds=2 * LASTS.total_seconds())
    asyncio.run(Ticks(office.uow).tidy())
    assert office.read(ended_sessions.is_ended, "a-session")

    clock.advance(seconds=KEEP_ENDED.total_seconds())
    asyncio.run(Ticks(office.uow).tidy())

    assert not office.read(ended_sessions.is_ended, "a-session")


def test_it_is_tidied_once_an_hour_whoever_asks(office: Office, clock: FakeClock) -> None:
    ticks = Ticks(office.uow)
    asyncio.run(ticks.tidy())
    office.perform(seen_events.first_time, "Ev1")
    clock.advance(seconds=KEEP_EVENTS.total_seconds())
    asyncio.run(ticks.tidy())
    office.perform(seen_events.first_time, "Ev1")
    office.perform(lambda tx: tx.execute("UPDATE seen_events SET at = '2000'"))

    asyncio.run(ticks.tidy())

    assert not office.perform(seen_events.first_time, "Ev1")


def test_the_tick_says_when_it_last_came_through(office: Office, clock: FakeClock) -> None:
    ticks = Ticks(office.uow)
    assert ticks.last is None

    asyncio.run(ticks.tick())

    assert ticks.last == clock.monotonic()


def test_what_becomes_due_while_a_tick_works_is_no_backlog(office: Office, clock: FakeClock) -> None:
    """Else sending would make way all the time where deadlines come one after the other."""

    def ask(tx: Tx) -> None:
        request_page(tx, "dotcom EOC", "", by="UREP", incident_id=None)

    class Busy(UnitOfWork):
        async def perform(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
            result = await super().perform(operation, *args, **kwargs)
            await super().perform(ask)
            clock.advance(minutes=15)
            return result

    office.perform(ask)
    clock.advance(minutes=15)
    ticks = Ticks(Busy(office.database, office.uow.process, clock))

    assert not asyncio.run(ticks.tick())
    assert office.read(escalations.overdue, 10)


def test_a_tick_that_takes_long_leaves_the_rest_to_the_next(office: Office, clock: FakeClock) -> None:
    class Slow(UnitOfWork):
        async def perform(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
            result = await super().perform(operation, *args, **kwargs)
            clock.advance(seconds=LONGEST)
            return result

    def ask(tx: Tx) -> None:
        for _ in range(AT_ONCE * 2):
            request_page(tx, "dotcom EOC", "", by="UREP", incident_id=None)

    office.perform(ask)
    clock.advance(minutes=15)
    ticks = Ticks(Slow(office.database, office.uow.process, clock))

    assert asyncio.run(ticks.tick())
    assert len(office.read(escalations.overdue, 1000)) == AT_ONCE
    while asyncio.run(ticks.tick()):
        pass

    assert office.read(escalations.overdue, 10) == []
    assert ticks.last == clock.monotonic()


def test_a_deadline_is_not_set_aside_because_another_program_is_writing(
    rules: Process, clock: FakeClock, tmp_path: Path
) -> None:
    path = str(tmp_path / "muster.db")
    office = Office(SqliteDatabase(path), rules, clock)
    office.perform(learned, [Person("UIM", "im", "im@example.com", True, "UTC")], [])
    incident = given_incident(office)
    run(office, "PRAGMA busy_timeout = 1")
    clock.advance(minutes=15)

    with closing(sqlite3.connect(path, isolation_level=None)) as backup:
        backup.execute("BEGIN IMMEDIATE")
        asyncio.run(Ticks(office.uow).tick())

    assert "CallDue" in tick(office)
    assert pending(office, incident) == [IM]
    office.database.close()


def test_the_worst_are_acted_on_first(office: Office, clock: FakeClock) -> None:
    class Noting(UnitOfWork):
        async def perform(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
            taken.extend(args)
            return []

    def ask(tx: Tx) -> None:
        for _ in range(AT_ONCE * 3):
            request_page(tx, "dotcom EOC", "", by="UREP", incident_id=None)

    office.perform(ask)
    clock.advance(minutes=15)
    taken: list[int] = []

    asyncio.run(Ticks(Noting(office.database, office.uow.process, clock)).tick())

    assert taken[: AT_ONCE * 3] == office.read(escalations.overdue, AT_ONCE * 3)  # then reminders


def test_one_that_another_version_took_over_still_says_that_it_lives(office: Office) -> None:
    ticks, said = Ticks(office.uow), []
    ticks.alive = lambda: said.append("alive")
    office.uow.retired = "a newer version has taken the database over"

    with pytest.raises(Outdated):
        asyncio.run(ticks.tick())

    assert said == ["alive"]
