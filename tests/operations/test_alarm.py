"""A page that reaches nobody is loud: names and numbers in the channel, an error in the log, a count."""

import logging
from dataclasses import replace

import pytest

from bot.domain.process import Contact
from bot.domain.timeline.entries import Kind
from bot.operations.paging.alarm import to_call, with_numbers
from bot.operations.paging.escalate import escalate_overdue, escalate_undelivered
from bot.operations.paging.paging import request_page
from storage import failures, notifications, pages
from tests.conftest import Office
from tests.domain.oncall.values import layer, schedule
from tests.fakes import FakeClock, process, scheduled
from tests.operations.given import delivered, given_incident, pending
from tests.operations.look import kinds, last

PHONES = {
    "UEOC": Contact("+44 20 1", {"sms": "+441"}),
    "uim@example.com": Contact("+44 20 2"),
}
NAMED = [
    {"person": "UEOC", "name": "UEOC", "phone": "+44 20 1"},
    {"person": "UIM", "name": "UIM", "phone": "+44 20 2"},
    {"person": "ULEADER", "name": "ULEADER", "phone": ""},
]


@pytest.fixture
def reachable(office: Office) -> Office:
    """Slack people with numbers, and no contact method."""
    contacts = {who: replace(contact, addresses={}) for who, contact in PHONES.items()}
    return Office(office.database, replace(process(), contacts=contacts), office.clock)


def test_a_page_that_slack_refuses_names_whom_to_call_by_hand(
    reachable: Office, caplog: pytest.LogCaptureFixture
) -> None:
    incident = given_incident(reachable)

    reachable.perform(escalate_undelivered, 1, "user_not_found")

    unreached = last(reachable, incident.id, Kind.UNREACHED)
    assert reachable.read(with_numbers, unreached).data["call"] == NAMED
    assert "+44" not in str(unreached)
    assert pending(reachable, incident) == [("dotcom IMOC", "UIM")]
    assert reachable.read(failures.count) == 1
    assert [one.levelno for one in caplog.records if one.levelno > logging.INFO] == [logging.ERROR]
    assert "+44" not in caplog.text + str([vars(record) for record in caplog.records])


def test_a_page_that_no_contact_method_took_in_time_is_loud_and_goes_on(
    reachable: Office, clock: FakeClock
) -> None:
    incident = given_incident(reachable)
    clock.advance(minutes=15)

    reachable.perform(escalate_overdue, 1)

    assert last(reachable, incident.id, Kind.UNREACHED).data["why"] == "no contact method took it in time"
    assert pending(reachable, incident) == [("dotcom IMOC", "UIM")]


@pytest.mark.parametrize("how", ["slack", "sms"])
def test_a_page_that_any_contact_method_took_is_merely_unanswered(
    office: Office, clock: FakeClock, how: str
) -> None:
    office = Office(office.database, replace(process(), contacts=PHONES), office.clock)
    incident = given_incident(office)
    if how == "slack":
        delivered(office, 1)
    else:
        office.perform(lambda tx: tx.execute("UPDATE notifications SET state = 'sent'"))
    clock.advance(minutes=15)

    office.perform(escalate_overdue, 1)

    assert Kind.UNREACHED not in kinds(office, incident.id)
    assert office.read(failures.count) == 0


def test_while_another_contact_method_may_still_take_it_nothing_is_said(office: Office) -> None:
    office = Office(office.database, replace(process(), contacts=PHONES), office.clock)
    incident = given_incident(office)

    office.perform(escalate_undelivered, 1, "user_not_found")

    assert Kind.UNREACHED not in kinds(office, incident.id)
    assert office.read(notifications.left, 1) == 1


def test_nobody_on_call_anywhere_names_whom_to_call_by_hand(office: Office) -> None:
    nobody = {"eoc": ("gone@example.com",), "im": (), "leader": ()}
    rules = replace(process(**nobody), contacts={"gone@example.com": Contact("+44 20 9")})
    office = Office(office.database, rules, office.clock)

    incident = given_incident(office)

    assert office.read(with_numbers, last(office, incident.id, Kind.NOBODY)).data["call"] == [
        {"person": None, "name": "gone@example.com", "phone": "+44 20 9"}
    ]
    assert office.read(failures.count) == 1


def test_of_a_schedule_who_is_on_call_now_is_named_first_and_by_their_address(office: Office) -> None:
    turns = schedule(layer("usomebody@example.com", "ueoc@example.com", start="2026-02-23 09:00"))
    office = Office(office.database, scheduled(process(), turns), office.clock)
    incident = given_incident(office)
    [page] = office.read(pages.pending_of, incident.id)

    call = office.read(to_call, page)

    assert page.responder == "UEOC"
    assert [one["person"] for one in call] == ["UEOC", "USOMEBODY", "UIM", "ULEADER"]
    assert call[0]["name"] == "ueoc@example.com"


def test_outside_an_incident_whoever_asked_hears_it(reachable: Office, clock: FakeClock) -> None:
    reachable.perform(request_page, "dotcom EOC", "Help", by="UREP", incident_id=None)
    reachable.emitted()

    reachable.perform(escalate_undelivered, 1, "user_not_found")

    assert ("AskedPageUnreached", {"page": 1, "person": "UREP"}) in reachable.emitted()
    assert reachable.read(failures.count) == 1


def test_a_page_that_loses_its_companion_in_the_same_moment_had_reached_its_person(
    office: Office, clock: FakeClock
) -> None:
    office = Office(office.database, process(im=("UEOC",)), office.clock)
    incident = given_incident(office, "S1")
    eoc, im, cmoc = office.read(pages.pending_of, incident.id)
    for page in (eoc, cmoc):
        delivered(office, page.id)
    clock.advance(minutes=15)

    for page in (eoc, im):
        office.perform(escalate_overdue, page.escalation.id)

    assert Kind.UNREACHED not in kinds(office, incident.id)
