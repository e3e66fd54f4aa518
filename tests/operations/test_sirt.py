"""A security incident: private, Security leads, the IM is paged at every severity, the CMOC never."""

from dataclasses import replace

import pytest

from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status, reopen
from bot.operations.incidents.ownership import assign_role
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.triage import accept
from bot.operations.paging.acknowledge import acknowledge, acknowledge_incident
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.workspace.channel import channel_opened
from bot.operations.workspace.people import changed
from storage import escalations, incidents, pages, roles
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on, kinds, last

SECURITY, IM = ("Security on-call", "USEC"), ("dotcom IMOC", "UIM")
LEADER = ("dotcom leadership escalation", "ULEADER")


def sirt(office: Office, severity: str = "S3", *, triage: bool = False):
    return given_incident(office, severity, kind="SIRT", private=True, triage=triage)


def answers(office: Office, incident_id: int, person: str) -> None:
    office.perform(acknowledge_incident, incident_id, by=person)


def lead(office: Office, incident_id: int) -> str:
    return office.read(incidents.get, incident_id).lead


@pytest.mark.parametrize("severity", Severity)
def test_security_and_the_im_are_paged_at_every_severity(office: Office, severity: Severity) -> None:
    assert pending(office, sirt(office, severity)) == [SECURITY, IM]


def test_an_accepted_triage_pages_as_a_declaration(office: Office) -> None:
    incident = sirt(office, triage=True)
    assert pending(office, incident) == []

    office.perform(accept, incident.id, by="UREP")

    assert pending(office, incident) == [SECURITY, IM]


@pytest.mark.parametrize(
    ("order", "expected"),
    [(["USEC"], "USEC"), (["UIM"], "UREP"), (["UIM", "USEC"], "USEC"), (["USEC", "UIM"], "USEC")],
)
@pytest.mark.parametrize("severity", ["S1", "S4"])
def test_security_leads_and_the_im_does_not(
    office: Office, severity: str, order: list[str], expected: str
) -> None:
    incident = sirt(office, severity)

    for person in order:
        answers(office, incident.id, person)

    assert lead(office, incident.id) == expected


def test_a_stand_in_leads_until_security_answers(office: Office, clock: FakeClock) -> None:
    incident = sirt(office)
    answers(office, incident.id, "UIM")
    clock.advance(minutes=15)
    [page] = office.read(escalations.overdue, 10)
    office.perform(escalate_overdue, page)
    assert pending(office, incident) == [LEADER]

    answers(office, incident.id, "ULEADER")
    assert lead(office, incident.id) == "ULEADER"
    answers(office, incident.id, "USEC")

    assert lead(office, incident.id) == "USEC"


def test_a_reporter_who_leads_by_configuration_stays_whoever_answers(
    office: Office, clock: FakeClock
) -> None:
    rules = process()
    kind = replace(rules.types["GitLab.com"], leads="reporter")
    office = Office(office.database, replace(rules, types={"GitLab.com": kind}), clock)
    incident = given_incident(office, "S1")

    for person in ("UEOC", "UIM", "UCMOC"):
        answers(office, incident.id, person)

    assert lead(office, incident.id) == "UREP"


@pytest.mark.parametrize(("minutes", "paged"), [(29, []), (31, [SECURITY, IM])])
def test_raised_to_s1_it_pages_neither_cmoc_nor_eoc(
    office: Office, clock: FakeClock, minutes: int, paged: list[tuple[str, str]]
) -> None:
    incident = sirt(office)
    answers(office, incident.id, "USEC")
    answers(office, incident.id, "UIM")
    clock.advance(minutes=minutes)
    office.emitted()

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    assert pending(office, incident) == paged
    told = [data["person"] for event, data in office.emitted() if event == "EngagedInstead"]
    assert told == ([] if paged else ["USEC", "UIM"])
    assert lead(office, incident.id) == "USEC"


def test_a_role_given_by_hand_settles_its_page(office: Office) -> None:
    incident = sirt(office)

    office.perform(assign_role, incident.id, "Security", "USOMEBODY", by="UREP")

    assert pending(office, incident) == [IM]


def test_when_security_leaves_the_im_leads_and_security_is_searched(office: Office) -> None:
    incident = sirt(office)
    answers(office, incident.id, "UIM")
    answers(office, incident.id, "USEC")

    office.perform(changed, {"id": "USEC", "deleted": True})

    assert lead(office, incident.id) == "UIM"
    assert pending(office, incident) == [LEADER]


def test_after_a_reopening_security_leads_again_once_it_answers(office: Office) -> None:
    incident = sirt(office)
    answers(office, incident.id, "USEC")
    office.perform(change_status, incident.id, Status.RESOLVED, by="USEC")
    office.perform(reopen, incident.id, "It is back", by="UREP")
    page = next(one for one in office.read(pages.pending_of, incident.id) if one.responder == "USEC")

    office.perform(acknowledge, page.id, by="USEC")

    assert lead(office, incident.id) == "USEC"


@pytest.mark.parametrize("im_answers", [True, False])
def test_a_long_investigation_pages_the_im_only_if_nobody_is_im(
    office: Office, clock: FakeClock, im_answers: bool
) -> None:
    incident = sirt(office)
    answers(office, incident.id, "USEC")
    clock.advance(minutes=15)
    if im_answers:
        answers(office, incident.id, "UIM")
    for page in office.read(escalations.overdue, 10):
        office.perform(escalate_overdue, page)
        answers(office, incident.id, "ULEADER")
    assert office.read(roles.of, incident.id).get("IM") == ("UIM" if im_answers else None)

    clock.advance(minutes=15)
    assert acted_on(office, TimerKind.INVESTIGATING) == [incident.id]

    assert pending(office, incident) == ([] if im_answers else [IM])
    assert (Kind.STILL_INVESTIGATING in kinds(office, incident.id)) is not im_answers


def test_nobody_is_asked_in_public_when_security_is_silent(office: Office, clock: FakeClock) -> None:
    incident = sirt(office)
    office.perform(channel_opened, incident.id, "CINC", "inc-1")
    clock.advance(minutes=15)
    office.emitted()

    for page in office.read(escalations.overdue, 10):
        office.perform(escalate_overdue, page)

    events = office.events()
    assert not {"eoc.asked", "announcement.due", "announcement.stale"} & set(events)
    assert last(office, incident.id, Kind.ESCALATED).data["people"] == ["ULEADER"]
