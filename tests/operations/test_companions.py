"""One message covers the pages that call one person for one incident; they share nothing else."""

import pytest

from bot.domain.incidents.timers import TimerKind
from bot.domain.timeline.entries import Entry, Kind
from bot.integrations.slack.backlog import answered_in
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.calling import moved
from bot.operations.paging.escalate import escalate_now, escalate_overdue
from bot.operations.paging.paging import request_page
from storage import escalations, pages, roles, timeline
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.given import delivered, given_incident, pending
from tests.operations.look import acted_on


@pytest.fixture
def small(office: Office) -> Office:
    """A team of one: the same person is EOC and IM."""
    return Office(office.database, process(im=("UEOC",)), office.clock)


def raised(office: Office) -> list[int]:
    return [subject["page"] for event, subject in office.emitted() if event == "CallDue"]


def messages(office: Office, incident_id: int) -> list[int]:
    """Return the message that covers each waiting page."""
    found = office.read(pages.pending_of, incident_id)
    return [page.notification.id for page in found if page.notification]


def the_pages(office: Office, incident_id: int) -> list[int]:
    return [page.id for page in office.read(pages.pending_of, incident_id)]


def the_answer(office: Office, incident_id: int) -> Entry:
    [entry] = [one for one in office.read(timeline.of, incident_id) if one.kind is Kind.ACKNOWLEDGED]
    return entry


def test_a_person_who_holds_two_roles_gets_one_message_and_answers_once(small: Office) -> None:
    incident = given_incident(small, "S1")
    assert [page.role for page in small.read(pages.pending_of, incident.id)] == ["EOC", "IM", "CMOC"]
    assert messages(small, incident.id) == [1, 1, 2]

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


def test_a_page_that_comes_to_somebody_who_is_called_already_calls_once_it_is_left_alone(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S1")
    eoc, im, _ = the_pages(office, incident.id)
    delivered(office, im)
    clock.advance(minutes=5)
    office.perform(escalate_now, eoc, by="UEOC")
    emitted = office.emitted()
    assert "CallDue" not in dict(emitted)
    assert ("NotificationChanged", {"notification": 2}) in emitted, "it shows both"

    clock.advance(minutes=10)
    office.perform(escalate_overdue, im)

    [left] = office.read(pages.pending_for, "UIM")
    assert (left.notification and left.notification.id, left.shown) == (2, False)
    assert left.id in raised(office), "the message called for the other page, which is over"


def test_what_a_message_still_covers_goes_on_when_somebody_else_answers_the_rest(
    small: Office, clock: FakeClock
) -> None:
    given_incident(small, "S1")
    delivered(small, 1)

    small.perform(acknowledge, 1, by="USOMEBODY", taking=True)

    emitted = small.emitted()
    assert "CallDue" not in dict(emitted)
    assert [what["page"] for fact, what in emitted if fact == "PageEnded"] == [1], "it is redrawn"
    assert small.read(pages.get, 2).shown
    clock.advance(minutes=5)
    acted_on(small, TimerKind.PAGE_REMINDER)
    assert 2 in [what["page"] for fact, what in small.emitted() if fact == "ReminderDue"]


def test_only_one_of_the_pages_that_a_message_covers_reminds(small: Office, clock: FakeClock) -> None:
    given_incident(small, "S1")
    clock.advance(minutes=5)
    assert {1, 2} < set(acted_on(small, TimerKind.PAGE_REMINDER))

    assert [what["page"] for fact, what in small.emitted() if fact == "ReminderDue"] == [1, 3]


def test_escalate_now_passes_on_all_that_the_message_stands_for(small: Office) -> None:
    incident = given_incident(small, "S1")

    small.perform(escalate_now, 1, by="UEOC")

    leader = ("dotcom leadership escalation", "ULEADER")
    assert pending(small, incident) == [("dotcom CMOC", "UCMOC"), leader, leader]


def test_pages_of_two_incidents_do_not_share(office: Office) -> None:
    numbers = [given_incident(office, "S3", channel=channel).id for channel in ("CA", "CB")]

    assert [messages(office, one) for one in numbers] == [[1], [2]]


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


def test_of_three_pages_in_one_message_two_go_on_when_the_third_is_answered(office: Office) -> None:
    one_person = Office(office.database, process(im=("UEOC",), cmoc=("UEOC",)), office.clock)
    incident = given_incident(one_person, "S1")
    assert messages(one_person, incident.id) == [1, 1, 1]
    delivered(one_person, 1)

    one_person.perform(acknowledge, 1, by="USOMEBODY", taking=True)

    assert messages(one_person, incident.id) == [1, 1]
    assert raised(one_person) == []


def test_a_newer_call_takes_the_place_of_a_message_that_nobody_answered(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office)
    for _ in range(2):
        office.perform(escalate_now, the_pages(office, incident.id)[0], by="UREP")
    [unanswered] = the_pages(office, incident.id)
    delivered(office, unanswered, "1.0")
    clock.advance(minutes=15)

    office.perform(escalate_overdue, 1)

    [again] = office.read(pages.pending_of, incident.id)
    before = office.read(pages.get, unanswered).notification
    assert before
    assert before == again.notification
    assert raised(office)[-1] == again.id
    office.perform(moved, before.id, "D1", "2.0", [again.id], resent=False)
    assert ("MessageReplaced", {"channel": "D1", "ts": "1.0"}) in office.emitted()
    assert office.read(pages.get, again.id).shown


def test_the_message_of_an_answered_page_stays_when_another_call_comes(office: Office) -> None:
    incident = given_incident(office)
    delivered(office, 1, "1.0")
    office.perform(acknowledge, 1, by="USOMEBODY", taking=True)

    again = office.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=incident.id)

    assert again.notification
    assert again.notification.id == 2
    kept = office.read(pages.get, 1).notification
    assert kept
    assert kept.ts == "1.0"
