"""Reminders of pages are timers: their subject is the page."""

import pytest

from bot.domain.incidents.incident import Severity
from bot.domain.incidents.timers import OF_INCIDENTS, OF_ROTATIONS, TimerKind
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.timers import ACTS, act
from bot.operations.paging.acknowledge import acknowledge
from storage import escalations, pages, timers
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident
from tests.operations.look import due, due_timers
from tests.operations.test_statements import statements

REMINDER = TimerKind.PAGE_REMINDER


def reminded(office: Office) -> dict[int, int]:
    return {page.id: page.reminded for page in office.read(pages.pending)}


def test_every_kind_of_timer_has_a_rule_and_an_operation() -> None:
    # the rules of the others are `next_reminder`, `next_look`, `next_nudge`, `waiting` and `overload.offered`
    others = {REMINDER, TimerKind.HANDOVER, TimerKind.ANOTHER_IM, TimerKind.COVER, TimerKind.MAINTENANCE}
    others |= {TimerKind.ALERTS, TimerKind.HEARTBEAT, TimerKind.SHELF, TimerKind.OFFICE_HOURS}
    others |= {TimerKind.FOLLOW_UPS, TimerKind.INSIGHTS, TimerKind.REVIEW}
    assert OF_INCIDENTS | OF_ROTATIONS | others == set(TimerKind)
    assert set(ACTS) == set(TimerKind)


def test_an_incident_does_not_touch_the_reminder_of_the_page_of_the_same_number(
    office: Office, clock: FakeClock
) -> None:
    given_incident(office)
    office.perform(change_severity, 1, Severity.S2, by="UREP")
    clock.advance(minutes=5)

    assert 1 in due(office, REMINDER)


def test_an_answer_and_the_next_level_end_the_reminders(office: Office, clock: FakeClock) -> None:
    given_incident(office, "S1")
    office.perform(acknowledge, 1, by="UEOC")
    clock.advance(minutes=5)
    assert due(office, REMINDER) == [2, 3]


def test_twenty_five_reminders_take_as_many_statements_as_one(office: Office, clock: FakeClock) -> None:
    for number in range(25):
        given_incident(office, channel=f"C{number:03}")
    clock.advance(minutes=5)
    found = [timer.id for timer in due_timers(office, REMINDER)]

    asked = statements(office, lambda tx: act(tx, *timers.due(tx, 100)))

    assert len(found) == 10  # as many as are looked for here
    assert set(reminded(office).values()) == {1}
    assert asked <= 5 + 25  # each has its own contact methods looked at


@pytest.mark.parametrize("minutes", [15, 60])
def test_nobody_is_reminded_of_a_page_whose_deadline_has_passed(
    office: Office, clock: FakeClock, minutes: float
) -> None:
    given_incident(office)
    office.emitted()
    clock.advance(minutes=minutes)
    for timer in due_timers(office, REMINDER):
        office.perform(act, timer.id)

    assert "ReminderDue" not in office.events()
    assert due(office, REMINDER) == []
    assert office.read(escalations.overdue, 9) == [1]


def test_one_that_is_left_over_goes_when_it_is_due(office: Office, clock: FakeClock) -> None:
    def leave(tx: Tx) -> None:
        timers.keep_reminders(tx, [(1, tx.now), (77, tx.now)])

    given_incident(office)
    office.perform(acknowledge, 1, by="UEOC")
    office.perform(leave)
    office.emitted()

    office.perform(act, *(timer.id for timer in due_timers(office, REMINDER)))

    assert due(office, REMINDER) == []
    assert office.events() == []
