"""Nobody who is at work on an incident is called for it again, and nobody else is by themselves."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity, Status
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status, reopen
from bot.operations.incidents.ownership import assign_role
from bot.operations.incidents.severity import change_severity
from bot.operations.paging.acknowledge import acknowledge, acknowledge_incident
from bot.operations.paging.escalate import escalate_now, escalate_overdue
from bot.operations.paging.paging import request_page
from bot.operations.workspace.people import changed
from storage import escalations, incidents, pages, roles
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident, pending
from tests.operations.look import kinds, last

EOC, IM, CMOC = ("dotcom EOC", "UEOC"), ("dotcom IMOC", "UIM"), ("dotcom CMOC", "UCMOC")
LEADER = ("dotcom leadership escalation", "ULEADER")


def answers(office: Office, incident_id: int, person: str) -> None:
    [page, *_] = [one for one in office.read(pages.pending_for, person) if one.incident == incident_id]
    office.perform(acknowledge, page.id, by=person)


def wait(office: Office, clock: FakeClock, minutes: float = 15) -> list[str]:
    """Let time pass, act on what is due, and return the events."""
    office.emitted()
    clock.advance(minutes=minutes)
    for page in office.read(escalations.overdue, 10):
        office.perform(escalate_overdue, page)
    return office.events()


def test_a_path_rests_with_the_im_who_is_at_work(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")
    answers(office, incident.id, "UIM")
    answers(office, incident.id, "UCMOC")

    events = wait(office, clock)

    assert pending(office, incident) == []
    assert "CallDue" not in events
    assert events.count("PageHeld") == 1
    held = last(office, incident.id, Kind.HELD)
    assert (held.data["person"], held.data["silent"], held.data["wanted"]) == ("UIM", ["UEOC"], "EOC")
    assert Kind.ESCALATED not in kinds(office, incident.id)
    assert wait(office, clock, 300) == []


def test_the_eoc_can_be_paged_again_and_still_answers_for_themselves(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S1")
    answers(office, incident.id, "UIM")
    wait(office, clock)

    office.perform(request_page, "dotcom EOC", "", by="UIM", incident_id=incident.id)
    assert EOC in pending(office, incident)
    answers(office, incident.id, "UEOC")

    assert office.read(roles.of, incident.id)["EOC"] == "UEOC"
    assert office.read(incidents.get, incident.id).lead == "UIM"


def test_whoever_was_silent_takes_up_their_role_late(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S3")
    wait(office, clock)
    answers(office, incident.id, "UIM")
    assert office.read(incidents.get, incident.id).lead == "UIM"

    page = office.perform(acknowledge_incident, incident.id, by="UEOC")

    assert page
    assert page.answered_by == "UEOC"
    assert office.read(roles.of, incident.id) == {"EOC": "UEOC", "IM": "UIM"}
    assert office.read(incidents.get, incident.id).lead == "UEOC"
    assert office.perform(acknowledge_incident, incident.id, by="USOMEBODY") is None


def test_a_button_of_a_page_that_rests_with_another_does_what_the_command_does(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S1")
    missed = next(one for one in office.read(pages.pending_for, "UEOC"))
    answers(office, incident.id, "UIM")
    wait(office, clock)

    page = office.perform(acknowledge, missed.id, by="UEOC", taking=True)

    assert page.answered_by == "UEOC"
    assert office.read(roles.of, incident.id)["EOC"] == "UEOC"
    with pytest.raises(Refused, match="<@UIM> is at work on the incident"):
        office.perform(acknowledge, missed.id, by="USOMEBODY", taking=True)


def test_who_was_at_work_when_a_path_came_to_them_is_not_said_to_have_acknowledged(office: Office) -> None:
    incident = given_incident(office, "S1")
    page = next(one for one in office.read(pages.pending_for, "UEOC"))
    answers(office, incident.id, "UIM")
    office.perform(escalate_now, page.id, by="UEOC")

    for by, who in (("UEOC", "<@UIM> is at work"), ("UIM", "You are at work")):
        with pytest.raises(Refused, match=f"has moved on: {who} on the incident"):
            office.perform(escalate_now, page.id, by=by)


def test_an_answer_stops_what_has_moved_on_past_its_giver(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")
    wait(office, clock)
    wait(office, clock)
    assert LEADER in pending(office, incident)

    office.perform(acknowledge_incident, incident.id, by="UIM")

    assert pending(office, incident) == []
    assert office.read(roles.of, incident.id) == {"IM": "UIM"}


def test_nobody_is_said_to_be_missing_loudly_while_somebody_is_at_work(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S1")
    answers(office, incident.id, "UEOC")
    answers(office, incident.id, "UCMOC")
    wait(office, clock)
    assert pending(office, incident) == [LEADER]

    follow(office)
    wait(office, clock, 0)
    clock.advance(minutes=15)
    office.perform(escalate_overdue, office.read(escalations.overdue, 10)[0])
    told = deliveries(office)

    again = last(office, incident.id, Kind.ESCALATED)
    assert (again.data["round"], again.data["quiet"]) == (2, True)
    assert pending(office, incident) == [LEADER], "the search goes on all the same"
    assert [one for one in told if "tell_holder" in one] == ["tell_holder held:1:UEOC"]
    clock.advance(minutes=15)
    office.perform(escalate_overdue, office.read(escalations.overdue, 10)[0])
    assert not [one for one in deliveries(office) if "tell_holder" in one], "the lead hears it once"


def test_a_page_that_a_person_asked_for_always_calls(office: Office) -> None:
    incident = given_incident(office, "S1")
    answers(office, incident.id, "UIM")

    office.perform(request_page, "dotcom IMOC", "", by="UREP", incident_id=incident.id)

    assert IM in pending(office, incident)


def test_a_path_goes_on_past_somebody_who_left_after_it_rested_with_them(
    office: Office, clock: FakeClock
) -> None:
    office = Office(office.database, process(im=("UIM", "UIM2")), clock)
    incident = given_incident(office, "S1")
    answers(office, incident.id, "UIM")
    answers(office, incident.id, "UCMOC")
    wait(office, clock)

    office.perform(changed, {"id": "UIM", "deleted": True})

    assert set(pending(office, incident)) == {("dotcom IMOC", "UIM2")}
    assert sorted(page.escalation.team for page in office.read(pages.pending_of, incident.id)) == [
        "dotcom EOC",
        "dotcom IMOC",
    ]
    assert len({page.notification for page in office.read(pages.pending_of, incident.id)}) == 1


def test_a_role_given_by_hand_settles_its_page_and_counts(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")

    office.perform(assign_role, incident.id, "IM", "USOMEBODY", by="UREP")
    assert pending(office, incident) == [EOC, CMOC]
    wait(office, clock)

    assert pending(office, incident) == []
    assert last(office, incident.id, Kind.HELD).data["person"] == "USOMEBODY"


def test_after_a_reopening_nobody_is_taken_to_be_at_work(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")
    for person in ("UIM", "UEOC", "UCMOC"):
        answers(office, incident.id, person)
    office.perform(change_status, incident.id, Status.FIXING, by="UIM")
    office.perform(change_status, incident.id, Status.RESOLVED, by="UIM")
    office.perform(reopen, incident.id, "It is back", by="UREP")

    assert {person for _, person in pending(office, incident)} == {"UEOC", "UIM", "UCMOC"}


def test_whoever_answered_before_a_reopening_answers_for_nothing_after_it(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S2")
    for person in ("UIM", "UEOC", "UCMOC"):
        answers(office, incident.id, person)
    office.perform(change_status, incident.id, Status.RESOLVED, by="UIM")
    clock.advance(minutes=36 * 60)
    office.perform(reopen, incident.id, "It is back", by="UREP")
    assert office.read(roles.of, incident.id) == {}
    answers(office, incident.id, "UIM")
    answers(office, incident.id, "UCMOC")

    wait(office, clock)

    assert last(office, incident.id, Kind.HELD).data["person"] == "UIM"
    assert office.read(roles.of, incident.id) == {"CMOC": "UCMOC", "IM": "UIM"}
    late = office.perform(acknowledge_incident, incident.id, by="UEOC")
    assert late
    assert late.raised_at >= clock.now() - timedelta(minutes=15), "the page of this time is answered"


def test_an_im_who_is_paged_anew_is_called_for_the_eoc_too(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S3")
    wait(office, clock)
    answers(office, incident.id, "UIM")
    office.perform(change_severity, incident.id, Severity.S1, by="UREP")
    assert pending(office, incident) == [EOC, IM, CMOC]

    office.perform(escalate_now, office.read(pages.pending_for, "UEOC")[0].id, by="UEOC")

    assert pending(office, incident) == [IM, CMOC, IM]


def test_in_a_private_incident_whoever_is_out_is_not_at_work(office: Office, clock: FakeClock) -> None:
    from_outside = "DELETE FROM members WHERE person = 'UIM'"
    incident = given_incident(office, "S1", private=True)
    answers(office, incident.id, "UIM")
    office.perform(lambda tx: tx.write(from_outside, {}))

    wait(office, clock)

    assert IM in pending(office, incident)


def test_the_last_level_that_passes_on_is_not_called_itself(office: Office) -> None:
    page = office.perform(request_page, "dotcom leadership escalation", "", by="UREP", incident_id=None)

    with pytest.raises(Refused, match="Nobody comes after you"):
        office.perform(escalate_now, page.id, by="ULEADER")
    assert office.read(pages.get, page.id).pending
