"""An S1 is verified by the IM, or the lead, before leadership and the liaison are paged."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.paging.escalations import Reason
from bot.domain.process import Process
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.changes import save
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.ownership import assign_role
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.verify import verify
from bot.operations.paging.acknowledge import acknowledge
from storage import incidents, pages
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on, kinds, last

LEADERS = "dotcom leadership escalation"


@pytest.fixture
def rules() -> Process:
    found = process()
    kinds = {
        name: replace(kind, verified=() if kind.drill else (LEADERS,)) for name, kind in found.types.items()
    }
    return replace(found, types=kinds)


def asked(office: Office, clock: FakeClock, *minutes: int) -> list[str]:
    """Let time pass and return who is asked each time, or nothing."""
    found = []
    for one in minutes:
        office.emitted()
        clock.advance(minutes=one)
        acted_on(office, TimerKind.VERIFY)
        people = [subject["person"] for event, subject in office.emitted() if event == "VerifyAsked"]
        found.append(" ".join(people))
    return found


def the_im_answers(office: Office, incident: Incident) -> None:
    page = next(one for one in office.read(pages.pending_of, incident.id) if one.responder == "UIM")
    office.perform(acknowledge, page.id, by="UIM")


def test_the_im_is_asked_at_once_and_again_until_somebody_answers(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")
    clock.advance(minutes=2)
    the_im_answers(office, incident)

    assert asked(office, clock, 0, 14, 1, 15) == ["UIM", "", "UIM", "UIM"]
    office.perform(verify, incident.id, by="UIM")
    assert asked(office, clock, 15, 60) == ["", ""]


def test_without_an_im_the_lead_is_asked_after_five_minutes(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")

    assert asked(office, clock, 4, 1, 14, 1) == ["", "UREP", "", "UREP"]
    the_im_answers(office, incident)
    assert asked(office, clock, 0) == ["UIM"]


def test_an_im_by_hand_is_asked_too(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")
    office.perform(assign_role, incident.id, "IM", "UOTHER", by="UREP")

    assert asked(office, clock, 0) == ["UOTHER"]


def test_it_is_asked_once_it_is_raised_to_s1(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S2")
    assert asked(office, clock, 60) == [""]

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    assert asked(office, clock, 5) == ["UREP"]


@pytest.mark.parametrize("way", ["lowered", "ended"])
def test_the_question_stops_when_it_is_no_active_s1_any_more(
    office: Office, clock: FakeClock, way: str
) -> None:
    incident = given_incident(office, "S1")
    if way == "lowered":
        office.perform(change_severity, incident.id, Severity.S2, by="UREP", reason="one user")
    else:
        office.perform(change_status, incident.id, Status.RESOLVED, by="UREP")

    assert asked(office, clock, 5, 15) == ["", ""]
    with pytest.raises(Refused, match="only an active S1 is verified"):
        office.perform(verify, incident.id, by="UREP")


def test_a_drill_asks_nobody_and_pages_no_leadership(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1", kind="Gameday")

    assert asked(office, clock, 60) == [""]
    assert office.perform(verify, incident.id, by="UREP") == []
    assert office.read(incidents.get, incident.id).verified_by == "UREP"


def test_verifying_pages_leadership_once_and_is_on_the_timeline(office: Office) -> None:
    incident = given_incident(office, "S1")

    called = office.perform(verify, incident.id, by="UIM")

    assert [page.responder for page in called] == ["ULEADER"]
    assert (LEADERS, "ULEADER") in pending(office, incident)
    assert last(office, incident.id, Kind.PAGED).data["reason"] == Reason.VERIFIED
    assert kinds(office, incident.id).count(Kind.VERIFIED) == 1
    assert office.read(incidents.get, incident.id).verified_by == "UIM"
    with pytest.raises(Refused, match="has verified already"):
        office.perform(verify, incident.id, by="UREP")


def test_leadership_that_is_being_paged_already_is_not_paged_again(office: Office) -> None:
    incident = given_incident(office, "S1")
    office.perform(assign_role, incident.id, "Infrastructure Leader", "ULEADER", by="UREP")

    assert office.perform(verify, incident.id, by="UIM") == []


def test_raised_again_after_a_correction_it_is_verified_anew(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")
    office.perform(verify, incident.id, by="UIM")
    office.perform(change_severity, incident.id, Severity.S3, by="UREP", reason="no")

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    assert office.read(incidents.get, incident.id).verified_by is None
    assert asked(office, clock, 5) == ["UREP"]


def test_a_near_miss_is_no_s1_to_verify_and_pages_nobody(office: Office) -> None:
    incident = given_incident(office, severity=Severity.S1)
    office.perform(save, replace(incident, near_miss=True))

    with pytest.raises(Refused, match="is a near miss, which calls nobody"):
        office.perform(verify, incident.id, by="UREP")

    assert not any(one.escalation.team == LEADERS for one in office.read(pages.pending_of, incident.id))
