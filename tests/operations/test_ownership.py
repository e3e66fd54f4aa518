from typing import Any

import pytest

from bot.domain.errors import NotThem, Refused
from bot.domain.incidents.incident import Severity, Status
from bot.domain.timeline.entries import Kind
from bot.domain.work.work import ActionKind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.incidents.severity import change_severity
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.escalate import escalate_now
from bot.operations.work.actions import add_action
from bot.operations.workspace.people import changed, learned_page
from storage import incidents, members, pages, roles
from storage.reading import Part
from tests.conftest import Office
from tests.operations.given import given_incident
from tests.operations.look import kinds, last


def answered(office: Office, incident_id: int, team: str, by: str) -> None:
    page = next(one for one in office.read(pages.pending_of, incident_id) if one.escalation.team == team)
    office.perform(acknowledge, page.id, by=by)


@pytest.mark.parametrize(
    ("severity", "order", "lead"),
    [
        ("S3", ["EOC"], "UEOC"),
        ("S1", ["EOC"], "UEOC"),
        ("S1", ["EOC", "IM"], "UIM"),
        ("S1", ["IM", "EOC"], "UIM"),
        ("S2", ["CMOC"], "UREP"),
    ],
)
def test_the_lead_follows_who_answers(office: Office, severity: str, order: list[str], lead: str) -> None:
    incident = given_incident(office, severity)
    teams = {"EOC": "dotcom EOC", "IM": "dotcom IMOC", "CMOC": "dotcom CMOC"}

    for role in order:
        answered(office, incident.id, teams[role], f"U{role}")

    assert office.read(incidents.get, incident.id).lead == lead
    assert office.read(roles.of, incident.id) == {role: f"U{role}" for role in order}


def test_the_lead_hands_over_and_the_channel_sees_it(office: Office) -> None:
    incident = given_incident(office)

    office.perform(hand_over, incident.id, "UIM", by="UREP")

    now = office.read(incidents.get, incident.id)
    assert (now.lead, now.lead_by_hand) == ("UIM", True)
    entry = last(office, incident.id, Kind.LEAD)
    assert (entry.by, entry.data) == (
        "UREP",
        {"before": "UREP", "after": "UIM", "taken": False, "undone": False},
    )
    told = office.emitted()
    assert ("EntriesAdded", {"incident": incident.id, "entries": [entry.id]}) in told
    assert ("PeopleAdded", {"incident": incident.id, "people": ["UIM"]}) in told


def test_anybody_takes_the_lead_and_nobody_gives_away_another_persons(office: Office) -> None:
    incident = given_incident(office)

    with pytest.raises(Refused, match="Only the lead, <@UREP>"):
        office.perform(hand_over, incident.id, "UIM", by="USOMEBODY")
    office.perform(hand_over, incident.id, "USOMEBODY", by="USOMEBODY")

    assert office.read(incidents.get, incident.id).lead == "USOMEBODY"
    assert last(office, incident.id, Kind.LEAD).data["taken"]


def test_the_lead_confirms_once_and_keeps_it_whoever_acknowledges(office: Office) -> None:
    incident = given_incident(office)

    office.perform(hand_over, incident.id, "UREP", by="UREP")
    answered(office, incident.id, "dotcom EOC", "UEOC")

    assert office.read(incidents.get, incident.id).lead == "UREP"
    assert kinds(office, incident.id).count(Kind.LEAD) == 1
    with pytest.raises(Refused, match="already"):
        office.perform(hand_over, incident.id, "UREP", by="UREP")


def test_nobody_else_confirms_a_lead(office: Office) -> None:
    incident = given_incident(office)

    with pytest.raises(Refused, match="already"):
        office.perform(hand_over, incident.id, "UREP", by="UIM")


@pytest.mark.parametrize(
    ("role", "team"), [("EOC", "dotcom EOC"), ("IM", "dotcom IMOC"), ("CMOC", "dotcom CMOC")]
)
def test_a_role_given_by_hand_settles_the_page_that_calls_for_it(
    office: Office, role: str, team: str
) -> None:
    incident = given_incident(office, "S1")
    others = [
        page.escalation.team
        for page in office.read(pages.pending_of, incident.id)
        if page.escalation.team != team
    ]

    office.perform(assign_role, incident.id, role, "USOMEBODY", by="UREP")

    assert [page.escalation.team for page in office.read(pages.pending_of, incident.id)] == others
    assert office.read(incidents.get, incident.id).lead == "UREP"


def test_an_eoc_given_by_hand_settles_the_eocs_page_at_any_level(office: Office) -> None:
    incident = given_incident(office)
    page = office.read(pages.pending_of, incident.id)[0]
    office.perform(escalate_now, page.id, by="UREP")

    office.perform(assign_role, incident.id, "EOC", "USOMEBODY", by="UREP")

    assert office.read(pages.pending_of, incident.id) == []


def test_another_role_given_by_hand_settles_nothing(office: Office) -> None:
    incident = given_incident(office)

    office.perform(assign_role, incident.id, "Infrastructure Leader", "USOMEBODY", by="UREP")

    assert len(office.read(pages.pending_of, incident.id)) == 1


def test_who_was_given_a_role_by_hand_is_told_instead_of_paged(office: Office) -> None:
    incident = given_incident(office, "S3")
    office.perform(assign_role, incident.id, "IM", "USOMEBODY", by="UREP")
    office.emitted()

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    assert "dotcom IMOC" not in [page.escalation.team for page in office.read(pages.of_incident, incident.id)]
    assert ("EngagedInstead", {"incident": incident.id, "person": "USOMEBODY"}) in office.emitted()


def test_nobody_who_left_the_company_is_given_anything(office: Office) -> None:
    incident = given_incident(office)
    office.perform(changed, {"id": "UIM", "deleted": True})

    with pytest.raises(Refused, match="not an active member"):
        office.perform(hand_over, incident.id, "UIM", by="UREP")
    with pytest.raises(Refused, match="not an active member"):
        office.perform(assign_role, incident.id, "IM", "UIM", by="UREP")


def test_nobody_whom_the_workspace_does_not_have_is_given_anything(office: Office) -> None:
    incident = given_incident(office)
    office.perform(hand_over, incident.id, "UNEW", by="UREP")  # Slack may still tell of them
    office.perform(learned_page, [], [], Part.PEOPLE, None)
    work: dict[str, Any] = {
        "title": "Look",
        "details": "",
        "kind": ActionKind.ACTION,
        "due": None,
        "by": "UREP",
    }

    with pytest.raises(NotThem, match="<@UNOBODY> is not an active member"):
        office.perform(hand_over, incident.id, "UNOBODY", by="UNEW")
    with pytest.raises(NotThem, match="<@UNOBODY> is not an active member"):
        office.perform(assign_role, incident.id, "IM", "UNOBODY", by="UREP")
    with pytest.raises(NotThem, match="<@UNOBODY> is not an active member"):
        office.perform(add_action, incident.id, assignee="UNOBODY", **work)


def test_a_role_has_one_holder_who_is_let_in(office: Office) -> None:
    incident = given_incident(office)
    office.perform(assign_role, incident.id, "IM", "UIM", by="UREP")

    office.perform(assign_role, incident.id, "IM", "USOMEBODY", by="UIM")

    assert office.read(roles.of, incident.id) == {"IM": "USOMEBODY"}
    assert {"UIM", "USOMEBODY"} <= set(office.read(members.of, incident.id))
    assert kinds(office, incident.id).count(Kind.ROLE) == 2
    with pytest.raises(Refused, match="already"):
        office.perform(assign_role, incident.id, "IM", "USOMEBODY", by="UREP")


def test_an_unknown_role_names_the_known_ones(office: Office) -> None:
    incident = given_incident(office)

    with pytest.raises(Refused, match="EOC, IM, CMOC"):
        office.perform(assign_role, incident.id, "Boss", "UIM", by="UREP")


def test_the_people_of_an_incident_that_is_over_stay(office: Office) -> None:
    incident = given_incident(office)
    office.perform(change_status, incident.id, Status.CANCELLED, by="UREP", reason="A test")

    with pytest.raises(Refused, match="its people stay"):
        office.perform(hand_over, incident.id, "UIM", by="UREP")
    with pytest.raises(Refused, match="its people stay"):
        office.perform(assign_role, incident.id, "IM", "UIM", by="UREP")
