"""A decision that had to wait for another replica's is made at the time at which it is made at last."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import psycopg
import pytest

from bot.domain.paging.pages import PageState
from bot.operations.paging.escalate import escalate_now
from bot.operations.workspace.people import learned
from storage import pages
from storage.people import Person
from storage.postgres import PostgresDatabase
from storage.transaction import Tx
from tests.conftest import PEOPLE, Office
from tests.engines import Server
from tests.fakes import FIFTEEN_MINUTES, FakeClock
from tests.operations.given import given_incident
from tests.patience import PATIENCE

HOLDS = "UPDATE escalations SET version = version + 1 WHERE id = %s"
"""What another replica writes, and does not commit yet."""
WAITS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'muster' AND wait_event_type = 'Lock'"


@pytest.fixture
def engine() -> str:
    return "postgres"


@pytest.fixture
def office(address: str, rules: Any) -> Iterator[Office]:
    """An office that goes by the database's own clock."""
    office = Office(PostgresDatabase(address), rules, FakeClock())
    office.perform(learned, [Person(who, who, None, True, None) for who in PEOPLE], [])
    yield office
    office.database.close()


@contextmanager
def held(postgres: Server, page: int) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres.address, application_name="another replica") as other:
        other.execute(HOLDS, [page])
        yield other


def time_there(postgres: Server) -> datetime:
    ((now,),) = postgres.session.execute("SELECT clock_timestamp()").fetchall()
    assert isinstance(now, datetime)
    return now


def until_somebody_waits(postgres: Server) -> None:
    until = time_there(postgres) + timedelta(seconds=PATIENCE)
    while not postgres.session.execute(WAITS).fetchall():
        assert time_there(postgres) < until, "nobody waits"


def test_who_waited_for_another_gives_the_whole_time_to_answer(office: Office, postgres: Server) -> None:
    incident = given_incident(office)
    (first,) = office.read(pages.pending_of, incident.id)
    office.perform(is_due_at, first.id, first.raised_at)
    with ThreadPoolExecutor(1) as thread, held(postgres, first.id) as other:
        raised = thread.submit(office.perform, escalate_now, first.id, by="UREP")
        until_somebody_waits(postgres)
        since = time_there(postgres)
        other.commit()
        page = raised.result(PATIENCE)

    assert page
    assert office.read(pages.get, first.id).state is PageState.ESCALATED
    assert page.raised_at >= since
    assert page.escalation.due_at >= since + FIFTEEN_MINUTES
    assert page.escalation.due_at - page.raised_at == FIFTEEN_MINUTES


def test_every_attempt_has_a_time_of_its_own(office: Office, postgres: Server) -> None:
    incident = given_incident(office)
    (page,) = office.read(pages.pending_of, incident.id)
    times: list[datetime] = []
    collided = Event()

    def decide(tx: Tx) -> None:
        times.append(tx.now)
        seen = pages.get(tx, page.id)
        if not collided.is_set():
            collided.set()
            with held(postgres, page.id):
                pass
            times.append(time_there(postgres))
        is_due_at(tx, page.id, seen.escalation.due_at)

    begun = time_there(postgres)
    office.perform(decide)

    first, committed, second = times
    assert begun < first < committed < second


def is_due_at(tx: Tx, page: int, at: datetime) -> None:
    tx.execute("UPDATE escalations SET due_at = :at WHERE id = :id", {"id": page, "at": at})
