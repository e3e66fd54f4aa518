"""Whoever leaves the workspace leaves nothing hanging."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.timeline.entries import Kind
from bot.domain.work.work import ActionKind
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.incidents.triage import decline
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.paging import request_page
from bot.operations.work.actions import add_action
from bot.operations.workspace.people import changed, learned
from storage import actions, incidents, notifications, pages, roles
from storage.people import Person
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident, pending
from tests.operations.look import kinds, last


def event(office: Office, person: str) -> None:
    office.perform(changed, {"id": person, "deleted": True})


def look(office: Office, person: str) -> None:
    office.perform(learned, [Person(person, "gone", None, False, None)], [])


HEARD = pytest.mark.parametrize("leaves", [event, look], ids=["event", "look at the directory"])


@pytest.fixture
def two(office: Office, clock: FakeClock) -> Office:
    return Office(office.database, process(eoc=("UEOC", "UEOC2")), clock)


@HEARD
def test_the_next_on_call_is_paged_at_once(two: Office, leaves: Callable[[Office, str], None]) -> None:
    incident = given_incident(two)
    two.emitted()

    leaves(two, "UEOC")

    assert pending(two, incident) == [("dotcom EOC", "UEOC2")]
    assert "CallDue" in two.events()
    said = last(two, incident.id, Kind.ESCALATED)
    assert (said.data["silent"], said.data["gone"], said.data["people"]) == (["UEOC"], True, ["UEOC2"])
    [page] = two.read(pages.pending_of, incident.id)
    assert two.read(notifications.of_page, page.id) == two.read(notifications.of_page, 1) == []


def test_a_page_without_an_incident_goes_to_the_next_too(two: Office) -> None:
    page = two.perform(request_page, "dotcom EOC", "help", by="UREP", incident_id=None)

    event(two, "UEOC")

    assert not two.read(pages.get, page.id).pending
    assert [one.escalation.message for one in two.read(pages.pending_for, "UEOC2")] == ["help"]


def test_with_nobody_left_at_the_level_the_next_level_is_paged(office: Office) -> None:
    incident = given_incident(office)

    event(office, "UEOC")

    assert pending(office, incident) == [("dotcom IMOC", "UIM")]


def test_somebody_who_joins_is_paged_at_once_where_nobody_was_there(office: Office, clock: FakeClock) -> None:
    nobody = process(eoc=("new@example.com",), im=(), leader=())
    office = Office(office.database, nobody, clock)
    incident = given_incident(office)
    assert pending(office, incident)[0][1] is None

    office.perform(changed, {"id": "UNEW", "profile": {"email": "new@example.com"}})
    assert pending(office, incident) == [("dotcom leadership escalation", None)]

    leader = process(eoc=(), im=(), leader=("boss@example.com",))
    office = Office(office.database, leader, clock)
    office.perform(changed, {"id": "UBOSS", "profile": {"email": "boss@example.com"}})

    assert pending(office, incident) == [("dotcom leadership escalation", "UBOSS")]


@HEARD
def test_the_lead_goes_to_who_is_at_work(office: Office, leaves: Callable[[Office, str], None]) -> None:
    incident = given_incident(office, "S1")
    for page in office.read(pages.pending_of, incident.id):
        office.perform(acknowledge, page.id, by=page.responder or "")
    assert office.read(incidents.get, incident.id).lead == "UIM"
    office.perform(changed, {"id": "UIM2"})

    leaves(office, "UIM")

    now = office.read(incidents.get, incident.id)
    assert (now.lead, now.lead_by_hand) == ("UEOC", False)
    assert "IM" not in office.read(roles.of, incident.id)
    assert pending(office, incident) == [("dotcom leadership escalation", "ULEADER")], "the IM is looked for"
    told = last(office, incident.id, Kind.LEFT)
    assert (told.data["person"], told.data["roles"], told.data["lead"]) == ("UIM", ["IM"], "UEOC")


def test_a_lead_by_hand_who_left_is_replaced_too(office: Office) -> None:
    incident = given_incident(office)
    office.perform(hand_over, incident.id, "USOMEBODY", by="USOMEBODY")

    event(office, "USOMEBODY")

    assert office.read(incidents.get, incident.id).lead == "UREP"
    assert pending(office, incident) == [("dotcom EOC", "UEOC")]


def test_a_reporter_who_left_leads_until_the_team_answers(office: Office) -> None:
    incident = given_incident(office)

    event(office, "UREP")

    assert office.read(incidents.get, incident.id).lead == "UREP", "there is a lead at every moment"
    assert last(office, incident.id, Kind.LEFT).data["lead"] is None
    event(office, "UREP")
    assert kinds(office, incident.id).count(Kind.LEFT) == 1
    office.perform(acknowledge, office.read(pages.pending_for, "UEOC")[0].id, by="UEOC")
    assert office.read(incidents.get, incident.id).lead == "UEOC"


def test_with_nobody_at_work_any_more_the_team_is_paged(office: Office, clock: FakeClock) -> None:
    office = Office(office.database, process(eoc=("UEOC", "UEOC2")), clock)
    incident = given_incident(office)
    office.perform(acknowledge, office.read(pages.pending_for, "UEOC")[0].id, by="UEOC")

    event(office, "UEOC")

    assert pending(office, incident) == [("dotcom EOC", "UEOC2")]
    assert office.read(incidents.get, incident.id).lead == "UREP"


def test_work_and_roles_are_free_again(office: Office) -> None:
    incident = given_incident(office)
    office.perform(assign_role, incident.id, "CMOC", "USOMEBODY", by="UREP")
    work: dict[str, Any] = {"details": "", "kind": ActionKind.ACTION, "due": None, "by": "UREP"}
    for title in ("Restart it", "Call them"):
        office.perform(add_action, incident.id, title=title, assignee="USOMEBODY", **work)
    office.emitted()
    follow(office)

    event(office, "USOMEBODY")

    assert [one.assignee for one in office.read(actions.of, incident.id)] == [None, None]
    assert office.read(roles.of, incident.id) == {}
    told = last(office, incident.id, Kind.LEFT)
    assert (told.data["roles"], told.data["actions"]) == (["CMOC"], ["Restart it", "Call them"])
    assert {"redraw_action action:1", "redraw_action action:2"} <= set(deliveries(office))


@HEARD
def test_the_same_twice_does_nothing(two: Office, leaves: Callable[[Office, str], None]) -> None:
    incident = given_incident(two)
    two.perform(acknowledge, 1, by="UEOC")
    leaves(two, "UEOC")
    before = kinds(two, incident.id), pending(two, incident)
    two.emitted()

    leaves(two, "UEOC")

    assert (kinds(two, incident.id), pending(two, incident)) == before
    assert two.emitted() == []


def test_what_is_over_stays_as_it_was(office: Office) -> None:
    incident = given_incident(office, triage=True)
    office.perform(decline, incident.id, by="USOMEBODY")
    event(office, "UREP")

    assert office.read(incidents.get, incident.id).lead == "UREP"
    assert Kind.LEFT not in kinds(office, incident.id)
