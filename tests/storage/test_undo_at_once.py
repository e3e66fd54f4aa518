"""Undo at two replicas at once: one effect, and never over what somebody else has just changed."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity, Status
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.undo import undo
from storage import incidents, pages, timeline
from storage.engines import open_database
from tests.conftest import Office
from tests.engines import Server
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident

PATIENCE = 60
ROUNDS = 5


@pytest.fixture
def pair(postgres: Server, clock: FakeClock) -> Iterator[tuple[Office, Office]]:
    address = postgres.emptied()
    databases = [open_database(address, own_time=False) for _ in range(2)]
    one, other = (Office(database, process(), clock) for database in databases)
    yield one, other
    for database in databases:
        database.close()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do these at the same moment, and return what each returned or refused."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait(PATIENCE)
        try:
            return work()
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_two_who_undo_the_same_at_once_have_one_effect(pair: tuple[Office, Office]) -> None:
    for _ in range(ROUNDS):
        incident = given_incident(pair[0], channel=None)
        pair[0].perform(change_severity, incident.id, Severity.S2, by="UREP")

        outcomes = at_once(*(partial(office.perform, undo, incident.id, by="UREP") for office in pair))

        assert sum(isinstance(one, Refused) for one in outcomes) == 1
        entries = pair[0].read(timeline.of_kinds, incident.id, Kind.SEVERITY)
        assert [one.data["undone"] for one in entries] == [False, True]
        assert len(pair[0].read(pages.pending_of, incident.id)) == 1


def test_what_another_changes_at_the_same_moment_is_not_undone(pair: tuple[Office, Office]) -> None:
    for _ in range(ROUNDS):
        incident = given_incident(pair[0], channel=None)
        pair[0].perform(change_status, incident.id, Status.FIXING, by="UREP")

        undone, _ = at_once(
            partial(pair[0].perform, undo, incident.id, by="UREP"),
            partial(pair[1].perform, change_status, incident.id, Status.MONITORING, by="UEOC"),
        )

        moves = [
            (one.data["before"], one.data["after"])
            for one in pair[0].read(timeline.of_kinds, incident.id, Kind.STATUS)
        ]
        between = [] if isinstance(undone, Refused) else ["Investigating"]
        steps = ["Investigating", "Fixing", *between, "Monitoring"]
        assert moves == list(pairwise(steps))
        assert pair[0].read(incidents.get, incident.id).status is Status.MONITORING
