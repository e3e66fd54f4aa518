"""Pages compare before they set: who commits first wins."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bot.domain.incidents.incident import Draft, Severity
from bot.domain.incidents.timers import TimerKind
from bot.domain.paging.pages import PageState, answered, ended
from bot.operations.incidents.declare import declare
from storage import notifications, pages, timers
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident


def test_what_was_decided_first_stays(office: Office, clock: FakeClock) -> None:
    given_incident(office)
    seen = office.read(pages.get, 1)

    first = office.perform(pages.advance, seen, answered(seen, "UEOC", clock.now()))
    second = office.perform(pages.advance, seen, ended(seen, PageState.ESCALATED))

    assert (first, second) == (True, False)
    assert office.read(pages.get, 1).state is PageState.ACKNOWLEDGED


def test_a_reminder_that_was_counted_meanwhile_is_not_counted_again(office: Office) -> None:
    given_incident(office)
    seen = office.read(pages.get, 1)

    assert office.perform(pages.advance, seen, replace(seen, reminded=1))
    assert not office.perform(pages.advance, seen, replace(seen, reminded=1))


def test_an_answered_page_is_not_reminded_of_later(office: Office, clock: FakeClock) -> None:
    given_incident(office)
    seen = office.read(pages.get, 1)
    office.perform(pages.advance, seen, answered(seen, "UEOC", clock.now()))
    clock.advance(minutes=15)

    assert TimerKind.PAGE_REMINDER not in {one.kind for one in office.read(timers.among, range(10))}


def test_pages_that_still_wait_are_taken_in_the_order_asked_for(office: Office, clock: FakeClock) -> None:
    for _ in range(3):
        given_incident(office, channel=None)
    seen = office.read(pages.get, 2)
    office.perform(pages.advance, seen, answered(seen, "UEOC", clock.now()))

    assert [page.id for page in office.perform(pages.take, [3, 2, 1, 7])] == [3, 1]


WRITTEN: dict[str, Callable[[Tx], Any]] = {
    "answered": lambda tx: pages.advance(tx, pages.get(tx, 1), answered(pages.get(tx, 1), "UEOC", tx.now)),
    "restarted": lambda tx: pages.restart(tx, replace(pages.get(tx, 1), reminded=1)),
    "sent": partial(notifications.posted, notification_id=1, channel="D1", ts="1.0", shown=[1], resent=False),
    "shown": partial(notifications.show, notification_id=1, pages=[1]),
    "undelivered": partial(notifications.refuse, notification_id=1, why="no"),
    "found": partial(notifications.place, notification_id=1, channel="D1", ts="1.0"),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_a_page_that_was_looked_up_is_read_anew_once_it_changed(
    office: Office, clock: FakeClock, write: Callable[[Tx], Any]
) -> None:
    given_incident(office, channel=None)
    given_incident(office, channel=None)
    clock.advance(minutes=20)

    def decide(tx: Tx) -> tuple[Any, Any]:
        pages.look_ahead(tx, {1})
        seen = pages.get(tx, 1)
        assert pages.get(tx, 1) is seen
        write(tx)
        return seen, pages.get(tx, 1)

    seen, written = office.perform(decide)

    assert seen != written == office.read(pages.get, 1)


def test_what_was_just_declared_knows_its_pages_without_asking(office: Office) -> None:
    def decide(tx: Tx) -> list[list[int]]:
        incident = declare(tx, Draft("Disk full", "GitLab.com", Severity.S1), by="UREP", form=None)
        known, waiting = pages.of_incident(tx, incident.id), pages.pending_of(tx, incident.id)
        pages.advance(tx, known[0], ended(known[0], PageState.CANCELLED))
        left = pages.pending_of(tx, incident.id)
        return [[page.id for page in found] for found in (known, waiting, left)]

    assert office.perform(decide) == [[1, 2, 3], [1, 2, 3], [2, 3]]
    assert len(office.read(pages.of_incident, 1)) == 3
