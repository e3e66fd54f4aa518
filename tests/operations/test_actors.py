"""An alert declares, a token acts: nobody leads, is invited or written to in their place."""

from dataclasses import replace

import pytest

from bot.domain.actors import Actor, Machine, MachineKind
from bot.domain.errors import NotFound
from bot.domain.incidents.incident import Draft, Incident, NotTheLead, Severity, Status
from bot.domain.timeline.entries import Kind
from bot.operations import audit
from bot.operations.incidents.declare import TooMany, declare
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.verify import ask_to_verify
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.alarm import reaches_nobody
from bot.operations.paging.paging import request_page
from bot.operations.workspace.channel import channel_opened
from storage import incidents, members, pages
from tests.conftest import Office
from tests.operations.given import given_incident, pending
from tests.operations.look import last

ALERT = Machine(MachineKind.ALERT, "prometheus")
TOKEN = Machine(MachineKind.TOKEN, "release")


def declared(office: Office, severity: str = "S3", *, private: bool = False) -> Incident:
    """Return an incident that an alert declared."""
    draft = Draft("Disk full", "GitLab.com", Severity(severity), private=private)
    return office.perform(declare, draft, by=ALERT, form=None)


def answered(office: Office, incident: Incident, team: str, by: str) -> Incident:
    page = next(one for one in office.read(pages.pending_of, incident.id) if one.escalation.team == team)
    office.perform(acknowledge, page.id, by=by)
    return office.read(incidents.get, incident.id)


def test_nobody_leads_what_an_alert_declared_until_the_eoc_answers(office: Office) -> None:
    incident = declared(office)

    assert (incident.reporter, incident.lead) == (ALERT, "")
    assert pending(office, incident) == [("dotcom EOC", "UEOC")]
    assert office.read(members.of, incident.id) == ["UEOC"]
    assert last(office, incident.id, Kind.DECLARED).by == ALERT
    assert office.read(pages.pending_of, incident.id)[0].escalation.asked_by == "alert:prometheus"
    assert office.read(audit.people) == []
    assert answered(office, incident, "dotcom EOC", "UEOC").lead == "UEOC"
    given = {"before": "", "after": "UEOC", "taken": False, "undone": False}
    assert last(office, incident.id, Kind.LEAD).data == given
    assert office.read(incidents.get, incident.id).reporter == ALERT


def test_whoever_answers_for_another_role_does_not_lead_it(office: Office) -> None:
    incident = declared(office, "S2")

    assert answered(office, incident, "dotcom CMOC", "UCMOC").lead == ""
    assert answered(office, incident, "dotcom EOC", "UEOC").lead == "UEOC"
    assert answered(office, incident, "dotcom IMOC", "UIM").lead == "UIM"


@pytest.mark.parametrize("by", [TOKEN, "UIM"], ids=str)
def test_only_a_lead_ends_it_and_anybody_takes_the_lead(office: Office, by: Actor) -> None:
    incident = declared(office)

    with pytest.raises(NotTheLead, match="and that is nobody yet"):
        office.perform(change_status, incident.id, Status.RESOLVED, by=by)
    office.perform(hand_over, incident.id, "UIM", by="UIM")

    assert office.perform(change_status, incident.id, Status.RESOLVED, by="UIM").status is Status.RESOLVED


def test_a_machine_ends_what_it_declared_until_somebody_answers_for_it(office: Office) -> None:
    first, second = declared(office), declared(office)
    office.perform(hand_over, second.id, "UIM", by="UIM")

    assert office.perform(change_status, first.id, Status.RESOLVED, by=ALERT).status is Status.RESOLVED
    with pytest.raises(NotTheLead):
        office.perform(change_status, second.id, Status.RESOLVED, by=ALERT)


def test_what_nobody_leads_asks_nobody(office: Office) -> None:
    incident = declared(office, "S1")
    office.perform(channel_opened, incident.id, "CINC", "inc-1")
    office.emitted()

    office.perform(
        ask_to_verify, office.read(incidents.get, incident.id), late=incident.declared_at.resolution
    )

    assert "VerifyAsked" not in office.events()


def test_a_token_changes_what_everybody_may_see(office: Office) -> None:
    incident = given_incident(office)

    office.perform(change_severity, incident.id, Severity.S2, by=TOKEN)

    assert last(office, incident.id, Kind.SEVERITY).by == TOKEN


def test_a_machine_knows_of_no_private_incident_not_even_of_its_own(office: Office) -> None:
    incident = declared(office, private=True)

    with pytest.raises(NotFound):
        office.perform(change_severity, incident.id, Severity.S2, by=ALERT)
    assert office.read(members.of, incident.id) == ["UEOC"]


def test_an_alert_that_declares_much_is_asked_first(office: Office) -> None:
    office.uow.process = replace(office.uow.process, declares_per_minute=1)
    declared(office)

    with pytest.raises(TooMany):
        declared(office)


def test_an_alert_that_pages_outside_any_incident_is_written_to_by_nobody(office: Office) -> None:
    page = office.perform(request_page, "dotcom EOC", "Disk full", by=ALERT, incident_id=None)
    office.emitted()

    office.perform(reaches_nobody, page, "no contact method took it in time")

    assert office.events() == []


def test_whoever_takes_the_role_leads_it_as_with_the_answer_to_a_page(office: Office) -> None:
    incident = declared(office)

    office.perform(assign_role, incident.id, "CMOC", "UCMOC", by="UREP")
    assert office.read(incidents.get, incident.id).lead == ""

    office.perform(assign_role, incident.id, "EOC", "UEOC", by="UEOC")
    assert office.read(incidents.get, incident.id).lead == "UEOC"
    assert last(office, incident.id, Kind.LEAD).data["after"] == "UEOC"
    assert office.read(audit.people) == []
