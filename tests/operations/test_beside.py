"""Two pages that call one person for one incident share a message, and nothing else."""

import pytest

from bot.domain.incidents.timers import TimerKind
from bot.domain.timeline.entries import Entry, Kind
from bot.integrations.slack.backlog import answered_in
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.escalate import escalate_now, escalate_overdue
from storage import escalations, pages, roles, timeline
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on


@pytest.fixture
def small(office: Office) -> Office:
    """A team of one: the same person is EOC and IM."""
    return Office(office.database, process(im=("UEOC",)), office.clock)


def raised(office: Office) -> list[int]:
    return [subject["page"] for event, subject in office.emitted() if event == "CallDue"]


def the_pages(office: Office, incident_id: int) -> list[int]:
    return [page.id for page in office.read(pages.pending_of, incident_id)]


def the_answer(office: Office, incident_id: int) -> Entry:
    [entry] = [one for one in office.read(timeline.of, incident_id) if one.kind is Kind.ACKNOWLEDGED]
    return entry


def test_a_person_who_holds_two_roles_gets_one_message_and_answers_once(small: Office) -> None:
    incident = given_incident(small, "S1")
    found = [(page.role, page.beside) for page in small.read(pages.pending_of, incident.id)]
    assert found == [("EOC", None), ("IM", 1), ("CMOC", None)]

    small.perform(acknowledge, 1, by="UEOC")

    assert pending(small, incident) == [("dotcom CMOC", "UCMOC")]
    entry = the_answer(small, incident.id)
    assert (entry.data["role"], entry.data["also"]) == ("EOC", [{"page": 2, "role": "IM"}])
    assert small.read(answered_in, [entry]) == {"answered": "1:UEOC 2:UEOC"}
    assert small.read(roles.of, incident.id) == {"EOC": "UEOC", "IM": "UEOC"}


def test_each_page_keeps_its_own_deadline(small: Office, clock: FakeClock) -> None:
    incident = given_incident(small, "S1")
    clock.advance(minutes=15)

    assert len(small.read(escalations.overdue, 10)) == len(the_pages(small, incident.id)) == 3


def test_a_page_left_alone_gets_a_message_of_its_own(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")
    eoc, im, _ = the_pages(office, incident.id)
    clock.advance(minutes=5)
    office.perform(escalate_now, eoc, by="UEOC")
    assert raised(office) == []

    clock.advance(minutes=10)
    office.perform(escalate_overdue, im)

    left = office.read(pages.pending_for, "UIM")[0]
    assert left.beside is None
    assert left.id in raised(office)


def test_a_page_whose_companion_somebody_else_took_gets_a_message_of_its_own(small: Office) -> None:
    given_incident(small, "S1")

    small.perform(acknowledge, 1, by="USOMEBODY", taking=True)

    assert raised(small) == [2]
    assert small.read(pages.get, 2).beside is None


def test_escalate_now_passes_on_all_that_the_message_stands_for(small: Office) -> None:
    incident = given_incident(small, "S1")

    small.perform(escalate_now, 1, by="UEOC")

    leader = ("dotcom leadership escalation", "ULEADER")
    assert pending(small, incident) == [("dotcom CMOC", "UCMOC"), leader, leader]


def test_pages_of_two_incidents_do_not_share(office: Office) -> None:
    given_incident(office, "S3", channel="CA")
    given_incident(office, "S3", channel="CB")

    assert [page.beside for page in office.read(pages.pending_for, "UEOC")] == [None, None]


def test_the_im_is_not_called_for_slowness_while_their_own_page_climbs(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S1")
    eoc, im, _ = the_pages(office, incident.id)
    office.perform(acknowledge, eoc, by="UEOC")
    clock.advance(minutes=15)
    office.perform(escalate_overdue, im)
    clock.advance(minutes=15)
    before = len(office.read(pages.of_incident, incident.id))

    acted_on(office, TimerKind.INVESTIGATING)

    assert len(office.read(pages.of_incident, incident.id)) == before


def test_the_last_level_is_called_again_with_one_message_for_all_its_pages(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S1")
    for _ in range(4):
        clock.advance(minutes=15)
        office.emitted()
        for page in office.read(escalations.overdue, 10):
            office.perform(escalate_overdue, page)

    found = office.read(pages.pending_of, incident.id)
    assert sorted(page.responder or "" for page in found) == ["UIM", "ULEADER", "ULEADER"]
    assert len(raised(office)) == 2


def test_two_pages_that_are_left_by_a_third_call_their_person_once(office: Office) -> None:
    one_person = Office(office.database, process(im=("UEOC",), cmoc=("UEOC",)), office.clock)
    incident = given_incident(one_person, "S1")
    assert [page.beside for page in one_person.read(pages.pending_of, incident.id)] == [None, 1, 1]
    one_person.emitted()

    one_person.perform(acknowledge, 1, by="USOMEBODY", taking=True)

    assert [(page.id, page.beside) for page in one_person.read(pages.pending_of, incident.id)] == [
        (2, None),
        (3, 2),
    ]
    assert raised(one_person) == [2]
