"""A level that calls several people at once: one answer ends it, or each of them has to answer."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, Status
from bot.domain.paging.pages import PageState
from bot.domain.process import Process
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.ownership import assign_role
from bot.operations.paging.acknowledge import NotYours, acknowledge, acknowledge_incident
from bot.operations.paging.escalate import escalate_now, escalate_overdue, escalate_undelivered
from bot.operations.paging.paging import request_page
from bot.operations.workspace.membership import left
from bot.operations.workspace.people import changed
from storage import escalations, incidents, pages, roles
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident, pending
from tests.operations.look import kinds, last

BOTH = [("dotcom EOC", "UEOC"), ("dotcom EOC", "UEOC2")]
IM, IM2, LEADER = ("dotcom IMOC", "UIM"), ("dotcom IMOC", "UIM2"), ("dotcom leadership escalation", "ULEADER")


def together(*, needs_all: bool, last_level: bool = False) -> Process:
    """Return a process whose EOC team calls both of its people at once, and its IM team too."""
    rules = process(eoc=("UEOC", "UEOC2"), im=("UIM", "UIM2"))
    eoc = rules.teams["dotcom EOC"]
    path = tuple(replace(level, needs_all=needs_all) for level in eoc.path[: 1 if last_level else None])
    im = replace(rules.teams["dotcom IMOC"], everybody=True)
    teams = {**rules.teams, "dotcom EOC": replace(eoc, path=path, everybody=True), "dotcom IMOC": im}
    return replace(rules, teams=teams)


@pytest.fixture
def one(office: Office, clock: FakeClock) -> Office:
    return Office(office.database, together(needs_all=False), clock)


@pytest.fixture
def each(office: Office, clock: FakeClock) -> Office:
    return Office(office.database, together(needs_all=True), clock)


def overdue(office: Office) -> None:
    if found := office.read(escalations.overdue, 10):
        office.perform(escalate_overdue, *found)


def called_off(office: Office, incident: Incident) -> None:
    lead = office.read(incidents.get, incident.id).lead
    office.perform(change_status, incident.id, Status.CANCELLED, by=lead, reason="a false alarm")


def states(office: Office, incident: Incident) -> dict[str | None, PageState]:
    return {page.responder: page.state for page in office.read(pages.of_incident, incident.id)}


def test_all_on_call_are_called_at_once_and_told_of_in_one_entry(one: Office) -> None:
    incident = given_incident(one, channel=None)

    assert pending(one, incident) == BOTH
    assert kinds(one, incident.id).count(Kind.PAGED) == 1
    assert last(one, incident.id, Kind.PAGED).data["people"] == ["UEOC", "UEOC2"]


def test_the_first_answer_ends_it_and_cancels_the_pages_of_the_others(one: Office, clock: FakeClock) -> None:
    incident = given_incident(one)

    one.perform(acknowledge, 2, by="UEOC2")

    assert states(one, incident) == {"UEOC": PageState.CANCELLED, "UEOC2": PageState.ACKNOWLEDGED}
    assert one.read(roles.of, incident.id) == {"EOC": "UEOC2"}
    assert {"page": 1, "incident": 1, "climbed": False} in [data for _, data in one.emitted()]
    with pytest.raises(Refused, match="<@UEOC2> acknowledged it"):
        one.perform(acknowledge, 1, by="UEOC")
    clock.advance(minutes=60)
    overdue(one)
    assert pending(one, incident) == []


def test_whoever_takes_the_page_of_another_answers_their_own(one: Office) -> None:
    incident = given_incident(one)

    one.perform(acknowledge, 1, by="UEOC2", taking=True)

    assert states(one, incident) == {"UEOC": PageState.CANCELLED, "UEOC2": PageState.ACKNOWLEDGED}
    assert last(one, incident.id, Kind.ACKNOWLEDGED).data["instead_of"] is None


def test_somebody_else_may_take_it_from_all_of_them(one: Office) -> None:
    incident = given_incident(one)

    with pytest.raises(NotYours):
        one.perform(acknowledge, 1, by="USOMEBODY")
    one.perform(acknowledge, 1, by="USOMEBODY", taking=True)

    assert states(one, incident) == {"UEOC": PageState.ACKNOWLEDGED, "UEOC2": PageState.CANCELLED}


def test_silence_of_all_calls_the_next_level_once(one: Office, clock: FakeClock) -> None:
    incident = given_incident(one)
    clock.advance(minutes=15)

    overdue(one)

    assert pending(one, incident) == [IM, IM2]
    said = last(one, incident.id, Kind.ESCALATED).data
    assert (said["silent"], said["people"]) == (["UEOC", "UEOC2"], ["UIM", "UIM2"])
    assert kinds(one, incident.id).count(Kind.ESCALATED) == 1
    one.perform(acknowledge_incident, incident.id, by="UEOC2")  # late, of both pages of the level
    assert pending(one, incident) == []


def test_where_each_has_to_answer_the_first_has_the_role_and_the_deadline_stays(each: Office) -> None:
    incident = given_incident(each)
    due = each.read(pages.get, 1).escalation.due_at

    each.perform(acknowledge, 1, by="UEOC")

    assert pending(each, incident) == BOTH[1:]
    assert each.read(pages.get, 2).escalation.due_at == due
    assert each.read(roles.of, incident.id) == {"EOC": "UEOC"}
    assert last(each, incident.id, Kind.ACKNOWLEDGED).data["missing"] == ["UEOC2"]
    each.perform(acknowledge, 2, by="UEOC2")
    assert each.read(roles.of, incident.id) == {"EOC": "UEOC"}
    assert each.read(incidents.get, incident.id).lead == "UEOC"
    assert set(states(each, incident).values()) == {PageState.ACKNOWLEDGED}
    assert not each.read(pages.get, 2).escalation.running


def test_at_the_deadline_only_the_missing_count(each: Office, clock: FakeClock) -> None:
    incident = given_incident(each)
    each.perform(acknowledge, 2, by="UEOC2")
    clock.advance(minutes=15)

    overdue(each)

    assert pending(each, incident) == [IM, IM2]
    assert states(each, incident)["UEOC"] is PageState.ESCALATED
    assert last(each, incident.id, Kind.ESCALATED).data["silent"] == ["UEOC"]


@pytest.mark.parametrize("of_incident", [True, False])
def test_the_last_level_calls_again_only_who_has_not_answered(
    office: Office, clock: FakeClock, of_incident: bool
) -> None:
    alone = Office(office.database, together(needs_all=True, last_level=True), clock)
    if of_incident:
        given_incident(alone)
    else:
        alone.perform(request_page, "dotcom EOC", "help", by="UREP", incident_id=None)
    alone.perform(acknowledge, 1, by="UEOC")

    for number in range(2, 5):
        clock.advance(minutes=15)
        overdue(alone)
        assert [(page.responder, page.round) for page in alone.read(pages.pending)] == [("UEOC2", number)]
    assert alone.read(pages.get, 3).quiet
    alone.perform(acknowledge, 5, by="UEOC2")
    assert not alone.read(pages.get, 1).escalation.running


def test_who_answered_where_each_has_to_is_at_work_although_another_has_the_role(
    each: Office, clock: FakeClock
) -> None:
    incident = given_incident(each)
    for person in ("UEOC", "UEOC2"):
        each.perform(acknowledge_incident, incident.id, by=person)
    teams = dict(each.uow.process.teams)
    teams["dotcom IMOC"] = replace(teams["dotcom IMOC"], on_call=("UEOC2",))
    each = Office(each.database, replace(each.uow.process, teams=teams), clock)

    each.perform(request_page, "dotcom CMOC", "", by="UREP", incident_id=incident.id)
    clock.advance(minutes=15)
    overdue(each)

    assert pending(each, incident) == []
    assert last(each, incident.id, Kind.HELD).data["person"] == "UEOC2"


def test_a_level_of_which_one_is_at_work_rests_and_one_where_each_has_to_calls_the_others(
    one: Office, clock: FakeClock
) -> None:
    for needs_all, called in ((False, []), (True, [IM2])):
        office = Office(one.database, together(needs_all=needs_all), clock)
        incident = given_incident(office, channel=None)
        office.perform(assign_role, incident.id, "CMOC", "UIM", by="UREP")
        clock.advance(minutes=15)
        overdue(office)
        assert pending(office, incident) == called
        called_off(office, incident)


def removed(office: Office, person: str) -> None:
    office.perform(left, "CINC", person, at=office.clock.now())


def deactivated(office: Office, person: str) -> None:
    office.perform(changed, {"id": person, "deleted": True})


@pytest.mark.parametrize("leaves", [removed, deactivated])
@pytest.mark.parametrize("needs_all", [False, True])
def test_who_is_gone_falls_away_and_nobody_is_called_instead(
    office: Office, clock: FakeClock, leaves: Callable[[Office, str], None], needs_all: bool
) -> None:
    office = Office(office.database, together(needs_all=needs_all), clock)
    incident = given_incident(office, private=True)

    leaves(office, "UEOC")

    assert pending(office, incident) == BOTH[1:]
    assert [page.id for page in office.read(pages.pending)] == [2]
    leaves(office, "UEOC2")
    assert pending(office, incident) == [IM, IM2]


@pytest.mark.parametrize("leaves", [removed, deactivated])
def test_nobody_waits_for_who_is_gone_once_the_others_have_answered(
    each: Office, leaves: Callable[[Office, str], None]
) -> None:
    incident = given_incident(each, private=True)
    each.perform(acknowledge, 1, by="UEOC")

    leaves(each, "UEOC2")

    assert pending(each, incident) == []
    assert not each.read(pages.get, 1).escalation.running
    assert each.read(roles.of, incident.id) == {"EOC": "UEOC"}


def test_when_all_who_answered_are_gone_too_somebody_is_called(each: Office) -> None:
    incident = given_incident(each)
    each.perform(acknowledge, 1, by="UEOC")

    deactivated(each, "UEOC")
    deactivated(each, "UEOC2")

    assert pending(each, incident) == [IM, IM2]


def test_escalate_now_skips_the_wait_of_all(one: Office) -> None:
    incident = given_incident(one)

    one.perform(escalate_now, 2, by="UEOC2")

    assert pending(one, incident) == [IM, IM2]
    with pytest.raises(Refused, match="moved on"):
        one.perform(escalate_now, 1, by="UEOC")


def test_whom_slack_does_not_reach_does_not_end_the_wait_of_the_others(one: Office) -> None:
    incident = given_incident(one)

    one.perform(escalate_undelivered, 1, "user_not_found")

    assert pending(one, incident) == BOTH
    assert Kind.UNREACHED in kinds(one, incident.id)


def test_a_role_given_by_hand_and_an_end_cancel_all(one: Office) -> None:
    incident = given_incident(one, "S1")

    one.perform(assign_role, incident.id, "EOC", "USOMEBODY", by="UREP")
    assert pending(one, incident) == [IM, IM2, ("dotcom CMOC", "UCMOC")]
    called_off(one, incident)
    assert pending(one, incident) == []
