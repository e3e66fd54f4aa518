"""Paging a person by name."""

import pytest

from bot.domain.errors import NotThem, Refused
from bot.domain.timeline.entries import Kind
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.by_name import request_person, stop
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.workspace.people import changed
from bot.views.timeline.entries import sentence
from storage import escalations, pages, roles
from tests.operations.given import given_incident, pending
from tests.operations.look import last

SOMEBODY = {"id": "USOMEBODY", "name": "somebody"}


@pytest.mark.parametrize(
    ("person", "slack", "said"),
    [
        ("UREP", {}, "That is you"),
        ("USOMEBODY", {"deleted": True}, "not an active member"),
        ("USOMEBODY", {"is_bot": True}, "not an active member"),
        ("USOMEBODY", {"is_stranger": True}, "may not answer pages"),
        ("UEOC", {}, "at work on INC-1 already"),
        ("UIM", {}, "being paged for INC-1 already"),
    ],
)
def test_whom_no_page_would_help_is_refused_with_the_reason(office, person, slack, said):
    incident = given_incident(office, "S1")
    first = office.read(pages.pending_of, incident.id)[0]
    office.perform(acknowledge, first.id, by="UEOC")
    if slack:
        office.perform(changed, SOMEBODY | slack)

    with pytest.raises(NotThem, match=said):
        office.perform(request_person, person, "Help", by="UREP", incident_id=incident.id)


def test_nobody_else_is_called_and_the_asker_is_told_once(office):
    incident = given_incident(office)
    page = office.perform(request_person, "USOMEBODY", "Help", by="UREP", incident_id=incident.id)
    assert (page.level_team, page.responder) == ("@usomebody", "USOMEBODY")
    office.emitted()

    for _ in range(3):
        office.clock.advance(minutes=15)
        office.perform(escalate_overdue, *office.read(escalations.overdue, 10))

    told = [subject for event, subject in office.emitted() if event == "AskedPageUnanswered"]
    assert told == [{"page": told[0]["page"], "incident": incident.id, "person": "UREP"}]
    assert ("@usomebody", "USOMEBODY") in pending(office, incident)


def test_whoever_asked_stops_it_and_nobody_else(office):
    incident = given_incident(office)
    asked = office.perform(request_person, "USOMEBODY", "Help", by="UREP", incident_id=incident.id)
    office.clock.advance(minutes=15)
    office.perform(escalate_overdue, *office.read(escalations.overdue, 10))

    for page, by in ((asked.id, "UEOC"), (office.read(pages.pending_of, incident.id)[0].id, "UREP")):
        with pytest.raises(Refused, match="Only whoever asked"):
            office.perform(stop, page, by=by)
    office.perform(stop, asked.id, by="UREP")

    assert "USOMEBODY" not in [who for _, who in pending(office, incident)]
    with pytest.raises(Refused):
        office.perform(stop, asked.id, by="UREP")
    assert "does not need <@USOMEBODY> any more" in sentence(last(office, incident.id, Kind.PAGE_STOPPED))


def test_whoever_answers_is_at_work_without_a_role(office):
    incident = given_incident(office)
    page = office.perform(request_person, "USOMEBODY", "Help", by="UREP", incident_id=incident.id)

    office.perform(acknowledge, page.id, by="USOMEBODY")

    assert office.read(roles.of, incident.id) == {}
    with pytest.raises(NotThem, match="at work"):
        office.perform(request_person, "USOMEBODY", "Help", by="UREP", incident_id=incident.id)
