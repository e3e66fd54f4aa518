"""An S3 or S4 rests until a date: no nudge and no call for a long investigation until then."""

from datetime import timedelta

import pytest

from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.incident import Incident, Severity
from bot.domain.incidents.timers import TimerKind
from bot.domain.timeline.entries import Kind
from bot.operations.audit import clocks
from bot.operations.incidents.pause import may_pause, pause
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.weekend import work_now
from bot.operations.paging.acknowledge import acknowledge
from storage import incidents, pages
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident
from tests.operations.look import acted_on, due, kinds, last

MONTH = timedelta(days=30)


def engaged(office: Office, severity: str = "S3") -> Incident:
    incident = given_incident(office, severity, channel="CINC")
    page = next(one for one in office.read(pages.pending_of, incident.id) if one.responder == "UEOC")
    office.perform(acknowledge, page.id, by="UEOC")
    return incident


def test_nothing_is_due_until_the_date_and_then_work_goes_on(office: Office, clock: FakeClock) -> None:
    incident, at = engaged(office), clock.now() + MONTH
    office.perform(pause, incident.id, at, "The vendor", by="UEOC")

    seen = office.read(incidents.get, incident.id)
    assert (seen.waits_until, seen.paused_for, seen.paused) == (at, "The vendor", True)
    assert (last(office, incident.id, Kind.WAITS).text, office.read(clocks)) == ("The vendor", [])
    clock.advance(seconds=MONTH.total_seconds() - 1)
    assert [due(office, kind) for kind in TimerKind] == [[] for _ in TimerKind]
    clock.advance(seconds=1)
    assert acted_on(office, TimerKind.WEEKEND) == [incident.id]

    assert office.read(incidents.get, incident.id).waits_until is None
    clock.advance(minutes=60)
    assert due(office, TimerKind.UPDATE) == due(office, TimerKind.INVESTIGATING) == [incident.id]


def test_a_pause_is_moved_to_another_date_and_twice_the_same_is_noted_once(
    office: Office, clock: FakeClock
) -> None:
    incident, at = engaged(office), clock.now() + MONTH
    for until in (at, at, at - timedelta(days=1)):
        office.perform(pause, incident.id, until, by="UEOC")

    assert office.read(incidents.get, incident.id).waits_until == at - timedelta(days=1)
    assert kinds(office, incident.id).count(Kind.WAITS) == 2


@pytest.mark.parametrize("way", ["by hand", "raised"])
def test_it_ends_by_hand_and_when_it_becomes_grave(office: Office, clock: FakeClock, way: str) -> None:
    incident = engaged(office)
    office.perform(pause, incident.id, clock.now() + MONTH, by="UEOC")

    if way == "by hand":
        office.perform(work_now, incident.id, by="UEOC")
    else:
        office.perform(change_severity, incident.id, Severity.S2, by="UEOC")

    clock.advance(minutes=60)
    assert due(office, TimerKind.UPDATE) == due(office, TimerKind.INVESTIGATING) == [incident.id]
    assert not office.read(incidents.get, incident.id).paused


@pytest.mark.parametrize("severity", ["S1", "S2"])
def test_a_grave_incident_is_not_paused(office: Office, clock: FakeClock, severity: str) -> None:
    incident = engaged(office, severity)

    with pytest.raises(Refused, match="only an S3 or S4 can be paused"):
        office.perform(pause, incident.id, clock.now() + MONTH, by="UEOC")


def test_only_who_leads_or_works_on_it_pauses_it(office: Office) -> None:
    incident = engaged(office)

    with pytest.raises(Refused, match="Only the lead, <@UEOC>, and those at work on INC-1 can pause it"):
        office.perform(may_pause, incident.id, by="UDEV")


def test_an_outsider_pauses_no_private_incident(office: Office, clock: FakeClock) -> None:
    secret = given_incident(office, "S3", private=True)

    with pytest.raises(NotFound):
        office.perform(pause, secret.id, clock.now() + MONTH, by="UOUTSIDER")
