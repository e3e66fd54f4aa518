"""On PostgreSQL a decision may wait long after it read the time: no deadline is the shorter for it."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from bot.domain.facts import NotificationChanged, PageEnded
from bot.domain.incidents.incident import Draft, Severity
from bot.domain.paging.pages import Page
from bot.operations.incidents.declare import declare
from bot.operations.paging.escalate import escalate_now
from bot.operations.paging.paging import request_page
from bot.operations.workspace.people import learned
from storage import pages
from storage.people import Person
from storage.postgres import PostgresDatabase
from storage.transaction import Route, Routes, Tx
from tests.conftest import PEOPLE, Office
from tests.engines import Server
from tests.fakes import FIFTEEN_MINUTES, FakeClock, process

BRIEF = timedelta(milliseconds=40)
"""How old a decision may be here: what a second is in earnest."""
REDRAWN: Routes = {
    fact: (Route("redraw", "page", coalesce=True),) for fact in (NotificationChanged, PageEnded)
}
_WAITED = """SELECT 1 FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND clock_timestamp() - xact_start > %s"""


@pytest.fixture
def office(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A unit of work that goes by the database's clock."""
    database = PostgresDatabase(postgres.emptied())
    office = Office(database, process(), FakeClock())
    office.uow.deliver_to(REDRAWN, lambda: None)
    office.perform(learned, [Person(who, who, None, True, None) for who in PEOPLE], [])
    monkeypatch.setattr("storage.postgres.PROMPT", BRIEF)
    yield office
    database.close()


@pytest.fixture
def other(postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """Another replica's connection."""
    with psycopg.connect(postgres.address) as session:
        yield session


def asked(session: psycopg.Connection[Any], question: str, *values: Any) -> Any:
    """Return the first thing that a query says."""
    row = session.execute(question.encode(), values).fetchone()
    return row[0] if row else None


def long_held_up(other: psycopg.Connection[Any], server: Server, work: Callable[[], object]) -> datetime:
    """Work while the other one holds its locks, and return when it let go: after a long wait, for nothing."""
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(work)
        until = time.monotonic() + 10
        while not asked(server.session, _WAITED, BRIEF * 2):
            assert not done.done()
            assert time.monotonic() < until
        let_go: datetime = asked(server.session, "SELECT clock_timestamp()")
        other.rollback()
        done.result(10)
    return let_go


def newest(office: Office) -> Page:
    return office.read(pages.pending)[-1]


def promises_all_of_it(page: Page, since: datetime) -> bool:
    return page.raised_at >= since and page.escalation.due_at - page.raised_at == FIFTEEN_MINUTES


@pytest.mark.parametrize("held", ["SELECT 1 FROM escalations FOR UPDATE", "SELECT 1 FROM outbox FOR UPDATE"])
def test_a_level_that_was_raised_late_has_all_its_time(
    office: Office, other: psycopg.Connection[Any], postgres: Server, held: str
) -> None:
    """The lock is another decision's about the page, or a lease on what is to be redrawn."""
    page = office.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=None)
    office.perform(lambda tx: tx.record(NotificationChanged(notification=1)))
    other.execute(held.encode())

    let_go = long_held_up(other, postgres, lambda: office.perform(escalate_now, page.id, by="UREP"))

    assert promises_all_of_it(newest(office), let_go)


def test_a_page_that_was_declared_late_has_all_its_time(
    office: Office, other: psycopg.Connection[Any], postgres: Server
) -> None:
    """The other one has an incident of the same form, as of one that came twice."""
    draft = Draft("Disk full", "GitLab.com", Severity.S1)
    office.perform(declare, draft, by="UREP", form="b")
    other.execute(b"UPDATE incidents SET form = 'a'")

    let_go = long_held_up(other, postgres, lambda: office.perform(declare, draft, by="UREP", form="a"))

    assert promises_all_of_it(newest(office), let_go)


class Slow:
    """A decision that takes long whenever it is made, as on a database that is ill."""

    def __init__(self, *, promises: bool) -> None:
        self._promises = promises
        self.made = 0

    def __call__(self, tx: Tx) -> None:
        self.made += 1
        if self._promises:
            tx.promise()
        while _time_of(tx) < tx.now + 2.5 * BRIEF:
            tx.execute("UPDATE meta SET value = value")


def _time_of(tx: Tx) -> datetime:
    (row,) = tx.all("SELECT clock_timestamp() AS now")
    now: datetime = row["now"]
    return now


def test_a_slow_database_decides_too_the_second_time(office: Office) -> None:
    slow = Slow(promises=True)

    office.perform(slow)

    assert slow.made == 2


def test_what_promises_nothing_is_decided_once_however_long_it_takes(office: Office) -> None:
    slow = Slow(promises=False)

    office.perform(slow)

    assert slow.made == 1
