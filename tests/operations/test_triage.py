from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.paging.escalations import Reason
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.triage import accept, decline
from bot.operations.paging.acknowledge import acknowledge, acknowledge_incident
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.paging.paging import request_page
from storage import incidents, pages
from tests.conftest import Office
from tests.fakes import FIFTEEN_MINUTES, FakeClock
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on, due, kinds, last, nothing_is_due


def places(office: Office, job: str) -> list[str]:
    """Return where a job has something to do."""
    return [one.rpartition(":")[2] for one in deliveries(office) if one.startswith(f"{job} ")]


@pytest.mark.parametrize(("severity", "minutes"), [("S1", 5), ("S2", 5), ("S3", 15), ("S4", 15)])
def test_a_triage_that_nobody_decides_pages_the_eoc_once(
    office: Office, clock: FakeClock, severity: str, minutes: int
) -> None:
    incident = given_incident(office, severity, triage=True)

    clock.advance(minutes=minutes, seconds=-1)
    assert acted_on(office, TimerKind.TRIAGE) == []
    clock.advance(seconds=1)
    assert acted_on(office, TimerKind.TRIAGE) == [incident.id]

    assert pending(office, incident) == [("dotcom EOC", "UEOC")]
    assert last(office, incident.id, Kind.PAGED).data["reason"] == Reason.TRIAGE
    clock.advance(minutes=14)
    acted_on(office, TimerKind.TRIAGE)
    assert len(office.read(pages.of_incident, incident.id)) == 1


@pytest.mark.parametrize("decide", [accept, decline])
def test_a_decision_stops_the_page_of_a_triage(office: Office, clock: FakeClock, decide: Any) -> None:
    incident = given_incident(office, triage=True)
    clock.advance(minutes=14)
    office.perform(decide, incident.id, by="USOMEBODY")
    paged = len(office.read(pages.of_incident, incident.id))

    clock.advance(minutes=14)

    assert due(office, TimerKind.TRIAGE) == []
    assert len(office.read(pages.of_incident, incident.id)) == paged


def test_a_triage_that_becomes_grave_waits_five_minutes_more(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, triage=True)
    clock.advance(minutes=9)
    office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    clock.advance(minutes=5)

    assert due(office, TimerKind.TRIAGE) == [incident.id]


@pytest.mark.parametrize("answered", [True, False])
def test_an_eoc_who_was_called_for_a_triage_is_not_called_again(
    office: Office, clock: FakeClock, answered: bool
) -> None:
    incident = given_incident(office, triage=True)
    page = office.perform(request_page, "dotcom EOC", "look", by="UREP", incident_id=incident.id)
    if answered:
        office.perform(acknowledge, page.id, by="UEOC")
    clock.advance(minutes=15)

    acted_on(office, TimerKind.TRIAGE)

    assert len(office.read(pages.of_incident, incident.id)) == 1


@pytest.mark.parametrize(("severity", "limit"), [("S1", 5), ("S3", 15)])
def test_who_acknowledged_a_triage_is_asked_to_decide_and_then_the_next_level_is_paged(
    office: Office, clock: FakeClock, severity: str, limit: int
) -> None:
    incident = given_incident(office, severity, triage=True)
    clock.advance(minutes=limit)
    acted_on(office, TimerKind.TRIAGE)
    office.perform(acknowledge, office.read(pages.pending_of, incident.id)[0].id, by="UEOC")

    for _ in range(2):
        office.emitted()
        clock.advance(minutes=limit)
        assert acted_on(office, TimerKind.TRIAGE) == [incident.id]
        said = [subject["person"] for event, subject in office.emitted() if event == "DecisionWanted"]
        assert (said, pending(office, incident)) == (["UEOC"], [])
    clock.advance(minutes=limit)
    acted_on(office, TimerKind.TRIAGE)

    assert pending(office, incident) == [("dotcom IMOC", "UIM")]


def test_the_page_of_a_triage_says_by_how_much_it_is_late(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, triage=True)
    clock.advance(minutes=75)

    acted_on(office, TimerKind.TRIAGE)

    assert [page.late for page in office.read(pages.pending_of, incident.id)] == [timedelta(hours=1)]


def test_the_page_of_a_triage_goes_on_as_the_incidents_when_it_is_accepted(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, triage=True)
    clock.advance(minutes=15)
    acted_on(office, TimerKind.TRIAGE)

    office.perform(accept, incident.id, by="USOMEBODY")

    assert pending(office, incident) == [("dotcom EOC", "UEOC")]


def test_accepting_starts_the_updates_and_announces_it(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1", triage=True)
    clock.advance(minutes=45)
    follow(office)

    office.perform(accept, incident.id, by="USOMEBODY")
    now = office.read(incidents.get, incident.id)

    assert (now.status, now.next_update_at) == (Status.INVESTIGATING, clock.now() + FIFTEEN_MINUTES)
    assert Kind.ACCEPTED in kinds(office, incident.id)
    assert places(office, "announce") == ["incidents", "incidents-dotcom"]


def test_an_eoc_who_helped_with_the_triage_is_watched_from_the_acceptance_on(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, triage=True)
    page = office.perform(request_page, "dotcom EOC", "look", by="UREP", incident_id=incident.id)
    office.perform(acknowledge, page.id, by="UEOC")
    clock.advance(minutes=20)

    office.perform(accept, incident.id, by="USOMEBODY")

    clock.advance(minutes=29)
    assert due(office, TimerKind.INVESTIGATING) == []
    clock.advance(minutes=1)
    assert due(office, TimerKind.INVESTIGATING) == [incident.id]


@pytest.mark.parametrize("minutes", [1, 60])
def test_a_stand_in_who_looked_at_a_triage_is_not_the_eoc_of_the_incident(
    office: Office, clock: FakeClock, minutes: int
) -> None:
    incident = given_incident(office, triage=True)
    page = office.perform(request_page, "dotcom EOC", "look", by="UREP", incident_id=incident.id)
    clock.advance(minutes=15)
    office.perform(escalate_overdue, page.escalation.id)
    office.perform(acknowledge_incident, incident.id, by="UIM")
    clock.advance(minutes=minutes)

    office.perform(accept, incident.id, by="UIM")

    assert pending(office, incident) == [("dotcom EOC", "UEOC")]


@pytest.mark.parametrize(("minutes", "paged"), [(29, []), (31, [("dotcom EOC", "UEOC")])])
def test_an_eoc_who_answered_a_triage_long_ago_is_paged_when_it_is_accepted(
    office: Office, clock: FakeClock, minutes: int, paged: list[Any]
) -> None:
    incident = given_incident(office, triage=True)
    page = office.perform(request_page, "dotcom EOC", "look", by="UREP", incident_id=incident.id)
    office.perform(acknowledge, page.id, by="UEOC")
    clock.advance(minutes=minutes)

    office.perform(accept, incident.id, by="USOMEBODY")

    assert pending(office, incident) == paged


def test_one_that_is_accepted_before_its_channel_opens_is_announced_when_it_does(office: Office) -> None:
    incident = given_incident(office, triage=True, channel=None)
    follow(office)

    office.perform(accept, incident.id, by="USOMEBODY")

    assert pending(office, incident) == [("dotcom EOC", "UEOC")]
    assert places(office, "announce") == []


@pytest.mark.parametrize(("to", "kind"), [("Investigating", Kind.ACCEPTED), ("Declined", Kind.DECLINED)])
def test_setting_the_status_by_hand_decides_it_with_all_that_follows(
    office: Office, to: str, kind: Kind
) -> None:
    incident = given_incident(office, triage=True)
    follow(office)

    office.perform(change_status, incident.id, Status(to), by="USOMEBODY")

    assert kind in kinds(office, incident.id)
    assert len(pending(office, incident)) == (1 if to == "Investigating" else 0)
    assert places(office, "redraw_triage") == ["incidents-dotcom-triage"]


def test_the_second_decision_is_told_of_the_first(office: Office) -> None:
    incident = given_incident(office, triage=True)
    office.perform(accept, incident.id, by="USOMEBODY")
    office.emitted()

    for decision in (accept, decline):
        with pytest.raises(Refused, match="INC-1 is Investigating"):
            office.perform(decision, incident.id, by="UREP")

    assert office.events() == []


def test_declining_cancels_the_pages_that_somebody_asked_for(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, triage=True)
    office.perform(request_page, "dotcom EOC", "Is this one?", by="UREP", incident_id=incident.id)

    office.perform(decline, incident.id, by="USOMEBODY")
    clock.advance(minutes=600)

    assert pending(office, incident) == []
    assert nothing_is_due(office)


def test_raising_the_severity_of_a_triaged_problem_pages_nobody_yet(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S4", triage=True)

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")
    clock.advance(minutes=4)

    assert pending(office, incident) == []
    assert nothing_is_due(office)


def test_a_declined_problem_stays_declined(office: Office) -> None:
    incident = given_incident(office, triage=True)
    office.perform(decline, incident.id, by="USOMEBODY")

    with pytest.raises(Refused, match="Nothing follows it"):
        office.perform(change_status, incident.id, Status.FIXING, by="UREP")

    assert office.read(incidents.get, incident.id).status is Status.DECLINED
