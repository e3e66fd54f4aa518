from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Draft, Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.paging.pages import PageState
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.declare import declare
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.ownership import hand_over
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.triage import accept, decline
from bot.operations.paging.acknowledge import NotYours, acknowledge
from bot.operations.paging.escalate import (
    escalate_now,
    escalate_overdue,
    escalate_undelivered,
)
from bot.operations.paging.paging import request_page
from bot.operations.workspace.people import changed
from storage import escalations, incidents, members, pages, roles, timeline, timers
from tests.conftest import Office
from tests.fakes import path, process
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on, due, last

EOC, IM, CMOC = ("dotcom EOC", "UEOC"), ("dotcom IMOC", "UIM"), ("dotcom CMOC", "UCMOC")
LEADER = ("dotcom leadership escalation", "ULEADER")


def kinds(office: Office, incident_id: int) -> list[Kind]:
    return [entry.kind for entry in office.read(timeline.of, incident_id, False, 0, 100)]


def the_page(office: Office, incident_id: int, team: str = "dotcom EOC"):
    return next(page for page in office.read(pages.pending_of, incident_id) if page.escalation.team == team)


@pytest.mark.parametrize(
    ("severity", "expected"),
    [("S1", [EOC, IM, CMOC]), ("S2", [EOC, IM, CMOC]), ("S3", [EOC]), ("S4", [EOC])],
)
def test_declaring_pages_the_eoc_and_for_s1_and_s2_the_managers(office, severity, expected):
    incident = given_incident(office, severity)

    assert pending(office, incident) == expected


def test_the_page_is_the_first_thing_the_world_hears(office):
    office.perform(declare, Draft("x", "GitLab.com", Severity.S1), by="UREP", form=None)

    assert office.events() == ["Declared"] + ["CallDue"] * 3 + ["PageRaised"] * 3


def test_a_form_sent_twice_declares_once(office):
    draft = Draft("x", "GitLab.com", Severity.S3)

    first = office.perform(declare, draft, by="UREP", form="V1")
    second = office.perform(declare, draft, by="UREP", form="V1")

    assert first.id == second.id
    assert office.events().count("CallDue") == 1


def test_an_unknown_type_is_refused_by_name(office):
    with pytest.raises(Refused, match=r"GitLab\.com"):
        office.perform(declare, Draft("x", "Nonsense", Severity.S3), by="UREP", form=None)


def test_a_triaged_problem_pages_nobody_before_it_is_accepted(office):
    incident = given_incident(office, "S1", triage=True)
    assert pending(office, incident) == []

    follow(office)
    office.perform(accept, incident.id, by="USOMEBODY")

    assert pending(office, incident) == [EOC, IM, CMOC]
    assert "announce announce:1:incidents" in deliveries(office)


def test_a_declined_problem_pages_nobody_and_cannot_be_accepted(office):
    incident = given_incident(office, triage=True)

    office.perform(decline, incident.id, by="USOMEBODY")

    assert pending(office, incident) == []
    with pytest.raises(Refused):
        office.perform(accept, incident.id, by="USOMEBODY")


def test_an_overdue_page_is_raised_once(office, clock):
    incident = given_incident(office)
    page = the_page(office, incident.id)
    clock.advance(minutes=15)

    office.perform(escalate_overdue, page.escalation.id)
    office.perform(escalate_overdue, page.escalation.id)

    assert pending(office, incident) == [IM]
    assert office.events().count("CallDue") == 1
    assert office.read(pages.get, page.id).state is PageState.ESCALATED


def test_a_page_is_never_raised_early(office, clock):
    incident = given_incident(office)
    page = the_page(office, incident.id)
    clock.advance(seconds=899.999999)

    assert office.read(escalations.overdue, 10) == []
    assert office.perform(escalate_overdue, page.escalation.id) == []
    assert pending(office, incident) == [EOC]


def test_it_climbs_to_the_leader_and_calls_again_until_somebody_answers(office, clock):
    incident = given_incident(office)
    called = []
    for _ in range(4):
        clock.advance(minutes=15)
        for page_id in office.read(escalations.overdue, 10):
            office.perform(escalate_overdue, page_id)
        called += pending(office, incident)

    assert called == [IM, LEADER, LEADER, LEADER]
    last = the_page(office, incident.id)
    assert (last.round, last.last_resort) == (3, True)


def test_an_hour_away_raises_one_level_and_is_marked_late(office, clock):
    incident = given_incident(office)
    clock.advance(minutes=60)

    for page_id in office.read(escalations.overdue, 10):
        office.perform(escalate_overdue, page_id)

    assert pending(office, incident) == [IM]
    assert office.read(escalations.overdue, 10) == []
    entry = next(one for one in office.read(timeline.of, incident.id) if one.kind is Kind.ESCALATED)
    assert entry.data["late"] == timedelta(minutes=45).total_seconds()


def test_escalating_to_the_im_asks_the_eoc(office, clock):
    incident = given_incident(office)
    clock.advance(minutes=15)
    follow(office)

    office.perform(escalate_overdue, the_page(office, incident.id).escalation.id)

    assert "ask_eoc ask:1" in deliveries(office)


@pytest.mark.parametrize(("by", "asked"), [("UEOC", False), ("UREP", True)])
def test_escalate_now_skips_the_wait_and_asks_the_eoc_unless_it_was_theirs_to_say(office, by, asked):
    incident = given_incident(office)

    follow(office)
    office.perform(escalate_now, the_page(office, incident.id).id, by=by)

    assert pending(office, incident) == [IM]
    assert ("ask_eoc ask:1" in deliveries(office)) is asked


@pytest.mark.parametrize("first", ["acknowledgement", "deadline"])
def test_an_acknowledgement_and_a_deadline_that_meet_have_one_winner(office, clock, first):
    incident = given_incident(office)
    page = the_page(office, incident.id)
    clock.advance(minutes=15)

    if first == "acknowledgement":
        office.perform(acknowledge, page.id, by="UEOC")
        assert office.perform(escalate_overdue, page.escalation.id) == []
        assert pending(office, incident) == []
    else:
        office.perform(escalate_overdue, page.escalation.id)
        with pytest.raises(Refused, match=r"moved on: now it is with <@UIM>"):
            office.perform(acknowledge, page.id, by="UEOC")
        assert pending(office, incident) == [IM]


def test_acknowledging_gives_role_and_lead_and_a_way_in(office, clock):
    incident = given_incident(office)
    clock.advance(minutes=3)

    office.perform(acknowledge, the_page(office, incident.id).id, by="UEOC")

    now = office.read(incidents.get, incident.id)
    assert (now.lead, now.engaged_at) == ("UEOC", clock.now())
    assert office.read(roles.of, incident.id) == {"EOC": "UEOC"}
    assert "UEOC" in office.read(members.of, incident.id)
    entry = office.read(timeline.of, incident.id)[-2]
    assert (entry.kind, entry.data["seconds"]) == (Kind.ACKNOWLEDGED, 180)


def test_one_tap_answers_all_pages_that_call_the_same_person(office, clock):
    incident = given_incident(office, "S1")
    clock.advance(minutes=1)
    office.perform(escalate_now, the_page(office, incident.id).id, by="UEOC")
    assert pending(office, incident) == [IM, CMOC, IM]

    office.perform(acknowledge, the_page(office, incident.id, "dotcom IMOC").id, by="UIM")

    assert pending(office, incident) == [CMOC]


def test_somebody_elses_page_is_taken_only_after_a_confirmation(office):
    incident = given_incident(office)
    page = the_page(office, incident.id)

    with pytest.raises(NotYours):
        office.perform(acknowledge, page.id, by="USOMEBODY")
    office.perform(acknowledge, page.id, by="USOMEBODY", taking=True)

    assert office.read(pages.get, page.id).answered_by == "USOMEBODY"
    assert office.read(incidents.get, incident.id).lead == "USOMEBODY"


def test_a_lead_chosen_by_hand_stays(office):
    incident = given_incident(office)
    office.perform(hand_over, incident.id, "USOMEBODY", by="USOMEBODY")

    office.perform(acknowledge, the_page(office, incident.id).id, by="UEOC")

    assert office.read(incidents.get, incident.id).lead == "USOMEBODY"


def test_the_second_acknowledgement_is_told_who_was_first(office):
    incident = given_incident(office)
    page = the_page(office, incident.id)
    office.perform(acknowledge, page.id, by="UEOC")

    with pytest.raises(Refused, match="<@UEOC> acknowledged"):
        office.perform(acknowledge, page.id, by="UIM", taking=True)


@pytest.mark.parametrize("by", ["UEOC", "UREP"])
def test_raising_the_severity_pages_managers_and_tells_who_answered(office, by):
    incident = given_incident(office, "S3")
    office.perform(acknowledge, the_page(office, incident.id).id, by="UEOC")
    office.emitted()

    office.perform(change_severity, incident.id, Severity.S1, by=by)

    assert pending(office, incident) == [IM, CMOC]
    told = [subject["person"] for event, subject in office.emitted() if event == "EngagedInstead"]
    assert told == ([] if by == "UEOC" else ["UEOC"])


@pytest.mark.parametrize("answered", [True, False])
def test_a_manager_who_stood_in_is_paged_anew_when_it_becomes_grave(office, clock, answered):
    incident = given_incident(office, "S3")
    clock.advance(minutes=15)
    office.perform(escalate_overdue, the_page(office, incident.id).escalation.id)
    if answered:
        office.perform(acknowledge, the_page(office, incident.id).id, by="UIM")
    office.emitted()

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    assert pending(office, incident) == ([EOC, IM, CMOC] if answered else [IM, CMOC])
    assert "EngagedInstead" not in office.events()
    for page in office.read(pages.pending_for, "UIM"):
        office.perform(acknowledge, page.id, by="UIM")
    assert office.read(incidents.get, incident.id).lead == "UIM"


def test_raising_the_severity_does_not_page_twice_who_is_being_paged(office):
    incident = given_incident(office, "S4")

    office.perform(change_severity, incident.id, Severity.S2, by="UREP")

    assert pending(office, incident) == [EOC, IM, CMOC]


def test_raising_within_the_grave_severities_pages_nobody_again(office):
    incident = given_incident(office, "S2")
    office.emitted()

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    assert "CallDue" not in office.events()


@pytest.mark.parametrize("end", ["Resolved", "Cancelled"])
def test_ending_an_incident_cancels_its_pages_and_deadlines(office, clock, end):
    incident = given_incident(office, "S1")
    office.perform(change_status, incident.id, Status("Fixing"), by="UREP")

    office.perform(change_status, incident.id, Status(end), by="UREP", reason="A test")
    clock.advance(minutes=120)

    assert pending(office, incident) == []
    assert office.read(escalations.overdue, 10) == []
    assert office.read(timers.due, 10) == []
    with pytest.raises(Refused, match="cancelled"):
        office.perform(acknowledge, office.read(pages.of_incident, incident.id)[0].id, by="UEOC")


def test_reminders_come_at_5_and_10_minutes(office, clock):
    incident = given_incident(office)
    reminded = []
    for minute in range(1, 15):
        clock.advance(minutes=1)
        reminded += [minute for _ in acted_on(office, TimerKind.PAGE_REMINDER)]

    assert reminded == [5, 10]
    assert the_page(office, incident.id).reminded == 2


def test_investigating_for_half_an_hour_after_the_eoc_engaged_pages_the_im_once(office, clock):
    incident = given_incident(office)
    clock.advance(minutes=10)
    office.perform(acknowledge, the_page(office, incident.id).id, by="UEOC")

    clock.advance(minutes=29)
    assert due(office, TimerKind.INVESTIGATING) == []
    clock.advance(minutes=1)
    acted_on(office, TimerKind.INVESTIGATING)

    assert pending(office, incident) == [IM]
    clock.advance(minutes=60)
    assert due(office, TimerKind.INVESTIGATING) == []


def test_an_incident_that_is_being_fixed_does_not_call_the_im(office, clock):
    incident = given_incident(office)
    office.perform(acknowledge, the_page(office, incident.id).id, by="UEOC")
    office.perform(change_status, incident.id, Status.FIXING, by="UEOC")

    clock.advance(minutes=60)

    assert due(office, TimerKind.INVESTIGATING) == []


def test_a_deactivated_person_is_passed_over_and_the_channel_is_told(office):
    office.perform(changed, {"id": "UEOC", "deleted": True, "name": "old"})

    incident = given_incident(office)

    assert pending(office, incident) == [IM]
    assert Kind.SKIPPED in kinds(office, incident.id)


def test_the_next_person_on_the_list_is_called_when_the_first_is_gone(office):
    rules = process(eoc=("ueoc@example.com", "UEOC2"))
    office = Office(office.database, rules, office.clock)
    office.perform(changed, {"id": "UEOC", "deleted": True, "profile": {"email": "ueoc@example.com"}})

    incident = given_incident(office)

    assert pending(office, incident) == [("dotcom EOC", "UEOC2")]


def test_with_nobody_on_call_anywhere_the_page_still_waits_and_says_so(office, clock):
    office = Office(office.database, process(eoc=(), im=(), leader=()), clock)

    incident = given_incident(office)

    assert pending(office, incident) == [("dotcom leadership escalation", None)]
    clock.advance(minutes=15)
    office.perform(escalate_overdue, the_page(office, incident.id).escalation.id)
    assert kinds(office, incident.id).count(Kind.NOBODY) == 2


def test_a_page_that_cannot_be_delivered_goes_on_at_once(office):
    incident = given_incident(office)

    office.perform(escalate_undelivered, the_page(office, incident.id).id, "user_disabled")

    assert pending(office, incident) == [IM]
    assert Kind.UNDELIVERED in kinds(office, incident.id)


def test_the_last_level_that_cannot_be_reached_waits_for_its_deadline(office):
    page = office.perform(request_page, "dotcom leadership escalation", "", by="UREP", incident_id=None)

    assert office.perform(escalate_undelivered, page.id, "user_disabled") is None
    assert office.read(pages.get, page.id).pending


def test_a_person_pages_a_team_without_an_incident(office):
    page = office.perform(request_page, "dotcom IMOC", "Please help", by="UREP", incident_id=None)

    assert (page.responder, page.escalation.message, page.escalation.asked_by) == (
        "UIM",
        "Please help",
        "UREP",
    )
    office.perform(acknowledge, page.id, by="UIM")
    assert office.read(pages.get, page.id).state is PageState.ACKNOWLEDGED


def test_asking_for_a_team_that_is_being_paged_says_so(office):
    incident = given_incident(office)

    with pytest.raises(Refused, match="already"):
        office.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=incident.id)


def test_asking_for_an_unknown_team_names_the_known_ones(office):
    with pytest.raises(Refused, match="dotcom CMOC"):
        office.perform(request_page, "nobody", "", by="UREP", incident_id=None)


def test_asking_where_nobody_is_on_call_pages_the_next_level_and_tells_the_asker(office):
    office.perform(changed, {"id": "UIM", "deleted": True})

    office.perform(request_page, "dotcom IMOC", "", by="UREP", incident_id=None)

    assert ("AskedPageRedirected", {"page": 1, "person": "UREP"}) in office.emitted()


def test_nobody_is_paged_for_an_incident_that_is_over(office):
    incident = given_incident(office)
    office.perform(change_status, incident.id, Status.CANCELLED, by="UREP", reason="A test")

    with pytest.raises(Refused, match="reopen"):
        office.perform(request_page, "dotcom IMOC", "", by="UREP", incident_id=incident.id)


def test_a_page_whose_team_left_the_configuration_still_goes_on(office, clock):
    page = office.perform(request_page, "dotcom CMOC", "", by="UREP", incident_id=None)
    smaller = process()
    teams = {name: one for name, one in smaller.teams.items() if name != "dotcom CMOC"}
    office = Office(office.database, replace(smaller, teams=teams), clock)
    clock.advance(minutes=15)

    office.perform(escalate_overdue, page.escalation.id)

    assert office.read(pages.latest, page).responder == "UIM"


def test_the_path_is_walked_as_it_was_whatever_is_configured_meanwhile(office, clock):
    incident = given_incident(office)
    rules = office.uow.process
    eoc = replace(rules.teams["dotcom EOC"], path=path("dotcom EOC", "dotcom CMOC"), role="Engineer")
    teams = {name: one for name, one in rules.teams.items() if name != "dotcom IMOC"} | {eoc.name: eoc}
    office = Office(office.database, replace(rules, teams=teams), clock)
    clock.advance(minutes=15)

    office.perform(escalate_overdue, the_page(office, incident.id).escalation.id)

    page = the_page(office, incident.id)
    assert (page.responder, page.level, page.escalation.role) == ("ULEADER", 2, "EOC")
    assert last(office, incident.id, Kind.SKIPPED).data["team"] == "dotcom IMOC"


def test_a_row_that_is_set_aside_comes_back(office, clock):
    incident = given_incident(office)
    page = the_page(office, incident.id)
    clock.advance(minutes=15)

    office.perform(escalations.set_aside, page.escalation.id)

    assert office.read(escalations.overdue, 10) == []
    clock.advance(seconds=30)
    assert office.read(escalations.overdue, 10) == [page.id]


def test_the_worst_severity_is_escalated_first(office, clock):
    mild = given_incident(office, "S4", channel="CA")
    bad = given_incident(office, "S1", channel="CB")
    clock.advance(minutes=15)

    first = office.read(pages.get, office.read(escalations.overdue, 1)[0])

    assert first.incident == bad.id != mild.id


def test_one_person_asks_for_so_many_pages_outside_any_incident_in_a_minute(office, clock):
    limit = 3
    office.uow.process = replace(office.uow.process, declares_per_minute=limit)
    for _ in range(limit):
        office.perform(request_page, "dotcom IMOC", "Help", by="UREP", incident_id=None)

    with pytest.raises(Refused, match="asked for 3 pages in the last minute"):
        office.perform(request_page, "dotcom IMOC", "Help", by="UREP", incident_id=None)

    office.perform(request_page, "dotcom IMOC", "Help", by="UOTHER", incident_id=None)
    incident = given_incident(office)
    office.perform(request_page, "dotcom leadership escalation", "", by="UREP", incident_id=incident.id)
    clock.advance(minutes=1)
    office.perform(request_page, "dotcom IMOC", "Help", by="UREP", incident_id=None)
