"""Alerts that somebody acknowledged at their source: they fire still, and are decided about."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.alerts.routing import OfficeHours
from bot.domain.alerts.signals import State
from bot.domain.errors import NotFound
from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.operations.alerts import judging
from tests.conftest import Office
from tests.operations.look import acted_on
from tests.operations.test_alerts import all_of, decides, opened, sends, signal

SEEN = signal(state=State.ACKNOWLEDGED)


def test_one_that_is_acknowledged_at_once_opens_a_triage(office: Office) -> None:
    sends(office, signal(), SEEN)

    (alert,) = all_of(office)
    assert (alert.state, alert.outcome) == (State.ACKNOWLEDGED, "opened INC-1")
    assert [one.status for one in opened(office)] == [Status.TRIAGE]


def test_one_that_waits_for_working_time_is_decided_about_then(office: Office) -> None:
    today = office.clock.now().date()
    hours = OfficeHours(holidays=frozenset({today}))
    office.uow.process = replace(office.uow.process, alert_hours=hours)
    sends(office, signal(severity=Severity.S4), SEEN)
    assert all_of(office)[0].outcome.startswith("waits for working time")

    office.clock.advance(minutes=48 * 60)
    acted_on(office, TimerKind.OFFICE_HOURS)
    decides(office)

    assert [one.severity for one in opened(office)] == [Severity.S4]


def test_one_that_was_put_aside_comes_back(office: Office) -> None:
    sends(office, signal())
    office.perform(judging.shelve, 1, timedelta(hours=1), by="UIM")
    sends(office, SEEN)

    office.clock.advance(minutes=120)
    acted_on(office, TimerKind.SHELF)
    decides(office)

    assert [one.id for one in opened(office)] == [2]


def test_a_number_that_was_passed_over_is_none_that_was_lost(office: Office) -> None:
    for _ in range(3):
        sends(office, signal())
    sends(office, signal("other"))
    there = {one.id for one in all_of(office)}

    for number in {1, 2, 3, 4, 5} - there:
        with pytest.raises(NotFound, match=f"I know no alert `A-{number}`"):
            office.perform(judging.detach, number, by="UEOC")
