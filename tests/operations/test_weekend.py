"""An S3 or S4 may wait for Monday: no nudge and no call for a long investigation until then."""

from datetime import datetime, timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, Severity
from bot.domain.incidents.timers import TimerKind
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.timers import stop
from bot.operations.incidents.weekend import wait_until_monday, work_now
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.calling import called
from storage import clocks, incidents, pages, timers
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on, due, kinds

SATURDAY = datetime.fromisoformat("2030-01-05T12:00:00+00:00")
MONDAY = datetime.fromisoformat("2030-01-07T09:00:00+00:00")
WATCHED = (TimerKind.UPDATE, TimerKind.INVESTIGATING)


@pytest.fixture
def saturday(clock: FakeClock) -> FakeClock:
    clock.advance(seconds=(SATURDAY - clock.now()).total_seconds())
    return clock


def engaged(office: Office, severity: str = "S3", channel: str = "CINC") -> Incident:
    incident = given_incident(office, severity, channel=channel)
    page = next(one for one in office.read(pages.pending_of, incident.id) if one.responder == "UEOC")
    office.perform(acknowledge, page.id, by="UEOC")
    return incident


def test_nothing_is_due_until_monday_and_then_begins_anew(office: Office, saturday: FakeClock) -> None:
    incident = engaged(office)
    office.perform(wait_until_monday, incident.id, by="UEOC")
    assert office.read(incidents.get, incident.id).waits_until == MONDAY

    saturday.advance(seconds=(MONDAY - SATURDAY).total_seconds() - 1)
    assert [due(office, kind) for kind in TimerKind] == [[] for _ in TimerKind]
    saturday.advance(seconds=1)
    assert acted_on(office, TimerKind.WEEKEND) == [incident.id]

    assert office.read(incidents.get, incident.id).waits_until is None
    assert [one for one in kinds(office, incident.id) if one in {Kind.WAITS, Kind.GOES_ON}] == [
        Kind.WAITS,
        Kind.GOES_ON,
    ]
    saturday.advance(minutes=60)
    assert [due(office, kind) for kind in WATCHED] == [[incident.id], [incident.id]]


@pytest.mark.parametrize("way", ["by hand", "raised"])
def test_the_wait_ends_by_hand_and_when_it_becomes_grave(
    office: Office, saturday: FakeClock, way: str
) -> None:
    incident = engaged(office)
    office.perform(wait_until_monday, incident.id, by="UEOC")

    if way == "by hand":
        office.perform(work_now, incident.id, by="UEOC")
    else:
        office.perform(change_severity, incident.id, Severity.S2, by="UEOC")

    saturday.advance(minutes=60)
    assert [due(office, kind) for kind in WATCHED] == [[incident.id], [incident.id]]
    assert office.read(incidents.get, incident.id).waits_until is None


@pytest.mark.parametrize(("by", "paged"), [("UREP", True), ("UEOC", False)])
def test_who_waits_is_paged_anew_when_it_becomes_grave(
    office: Office, saturday: FakeClock, by: str, paged: bool
) -> None:
    incident = engaged(office)
    office.perform(wait_until_monday, incident.id, by="UEOC")

    office.perform(change_severity, incident.id, Severity.S1, by=by)

    assert (("dotcom EOC", "UEOC") in pending(office, incident)) is paged


@pytest.mark.parametrize("severity", ["S1", "S2"])
def test_a_grave_incident_waits_for_nobody(office: Office, saturday: FakeClock, severity: str) -> None:
    incident = engaged(office, severity)

    with pytest.raises(Refused, match="only an active S3 or S4"):
        office.perform(wait_until_monday, incident.id, by="UEOC")


def can_wait(office: Office) -> bool:
    """Say whether the first direct message offers to wait."""
    seen = office.read(called, 1)
    assert seen
    return seen.can_wait


def test_on_a_weekday_nothing_waits(office: Office, clock: FakeClock) -> None:
    clock.advance(seconds=(MONDAY - clock.now()).total_seconds())
    incident = engaged(office)

    assert not can_wait(office)
    with pytest.raises(Refused, match="no weekend"):
        office.perform(wait_until_monday, incident.id, by="UEOC")


def test_it_is_offered_to_whoever_acknowledged(office: Office, saturday: FakeClock) -> None:
    incident = given_incident(office, "S4")
    page = office.read(pages.pending_of, incident.id)[0].id
    assert not can_wait(office)

    office.perform(acknowledge, page, by="UEOC")

    assert can_wait(office)


def test_timers_follow_a_clock_that_is_set_but_for_the_weekend_and_what_was_stopped(
    office: Office, saturday: FakeClock
) -> None:
    hour = timedelta(hours=1)
    watched, waits, stopped = (engaged(office, channel=f"C{number}") for number in range(3))
    office.perform(wait_until_monday, waits.id, by="UEOC")
    office.perform(stop, stopped.id, TimerKind.UPDATE, by="UEOC")

    def at(incident: Incident, kind: TimerKind) -> datetime:
        found = office.read(timers.of, incident.id, kind)
        assert found
        return found.at

    update, long = at(watched, TimerKind.UPDATE), at(watched, TimerKind.INVESTIGATING)
    kept = at(stopped, TimerKind.UPDATE)
    office.perform(clocks.shift, hour, saturday.now())

    assert at(watched, TimerKind.UPDATE) == update + hour
    assert at(watched, TimerKind.INVESTIGATING) == long + hour
    assert at(stopped, TimerKind.UPDATE) == kept
    assert at(waits, TimerKind.WEEKEND) == MONDAY
