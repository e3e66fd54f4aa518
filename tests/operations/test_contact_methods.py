"""A page leaves by contact methods: once each, at its time, and not when it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.incident import Severity, Status
from bot.domain.process import Contact, Notice
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.severity import change_severity
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.answers import on_my_way
from bot.operations.paging.contact_methods import give_contact_method_up, notify_due
from bot.operations.paging.escalate import escalate_now, escalate_overdue, escalate_undelivered
from bot.operations.paging.notify import notified, overtaken, reached
from storage import notifications, pages
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.given import delivered, given_incident, pending
from tests.operations.look import kinds, last, nothing_is_due

EOC = Contact("+44 20 1", {"sms": "+441", "push": "eoc"})
LEADER = Contact("+44 20 3", {"sms": "+443"})


def with_contact_methods(office: Office, *notify: Notice, **on_call: tuple[str, ...]) -> Office:
    """Return the office with two methods for the EOC, by user id, and one for the leader, by e-mail."""
    rules = process(**on_call)
    eoc = rules.teams["dotcom EOC"]
    first, *rest = eoc.path
    team = replace(eoc, path=(replace(first, notify=notify), *rest))
    rules = replace(
        rules,
        teams={**rules.teams, "dotcom EOC": team},
        contacts={"UEOC": EOC, "uleader@example.com": LEADER},
    )
    return Office(office.database, rules, office.clock)


def states(office: Office, page: int = 1) -> dict[str, str]:
    return {one.contact_method: one.state.value for one in office.read(notifications.of_page, page)}


def tick(office: Office) -> list[tuple[int, str]]:
    """Act on what is due, and return which page left by which contact method."""
    office.emitted()
    for one in office.read(notifications.due, 100):
        office.perform(notify_due, one)
    sent = [subject for event, subject in office.emitted() if event == "NotificationDue"]
    return [
        (subject["page"], office.read(notifications.get, subject["notification"]).contact_method)
        for subject in sent
    ]


def text(office: Office, contact_method: str, page: int = 1) -> int:
    """Return the notification by which a page leaves."""
    found = office.read(notifications.of_page, page)
    return next(one.id for one in found if one.contact_method == contact_method)


def test_an_undelivered_page_leaves_by_every_contact_method_after_a_minute_once(
    office: Office, clock: FakeClock
) -> None:
    office = with_contact_methods(office)
    given_incident(office)
    clock.advance(59)
    assert tick(office) == []

    clock.advance(1)

    assert tick(office) == [(1, "sms"), (1, "push")]
    clock.advance(minutes=5)
    assert tick(office) == []


def test_a_page_that_slack_delivered_leaves_only_by_the_contact_methods_of_its_level(
    office: Office, clock: FakeClock
) -> None:
    office = with_contact_methods(office, Notice("sms", timedelta(minutes=5)))
    given_incident(office)
    delivered(office, 1)

    clock.advance(59, minutes=4)
    assert tick(office) == []
    assert states(office) == {"sms": "waiting", "push": "cancelled"}
    clock.advance(1)

    assert tick(office) == [(1, "sms")]


def test_whoever_has_no_contact_method_is_not_called_by_one(office: Office, clock: FakeClock) -> None:
    office = with_contact_methods(office, Notice("sms"), eoc=("UEOC2",))
    given_incident(office)
    clock.advance(minutes=2)

    assert tick(office) == []
    assert states(office) == {}


@pytest.mark.parametrize("how", ["answered", "moved on", "resolved"])
def test_a_page_that_is_over_leaves_no_more(office: Office, clock: FakeClock, how: str) -> None:
    office = with_contact_methods(office)
    incident = given_incident(office)
    if how == "answered":
        office.perform(acknowledge, 1, by="UEOC")
    elif how == "moved on":
        office.perform(escalate_now, 1, by="UEOC")
    else:
        for status in (Status.FIXING, Status.RESOLVED):
            office.perform(change_status, incident.id, status, by="UREP")
    assert set(states(office).values()) == {"cancelled"}
    clock.advance(minutes=1)

    assert tick(office) == []


def test_what_was_answered_while_it_was_being_sent_counts_as_overtaken(
    office: Office, clock: FakeClock
) -> None:
    office = with_contact_methods(office)
    given_incident(office)
    clock.advance(60)
    tick(office)

    office.perform(overtaken, text(office, "sms"))
    office.perform(notified, text(office, "sms"))

    assert states(office) == {"sms": "cancelled", "push": "due"}


def test_a_contact_method_that_took_the_page_is_in_the_timeline(office: Office, clock: FakeClock) -> None:
    office = with_contact_methods(office)
    incident = given_incident(office)
    clock.advance(60)
    tick(office)

    office.perform(notified, text(office, "sms"))
    office.perform(notified, text(office, "sms"))

    assert states(office)["sms"] == "sent"
    assert kinds(office, incident.id).count(Kind.NOTIFIED) == 1
    assert last(office, incident.id, Kind.NOTIFIED).data["contact_method"] == "sms"


def test_the_last_level_called_again_is_called_by_every_contact_method_at_once(
    office: Office, clock: FakeClock
) -> None:
    office = with_contact_methods(office)
    incident = given_incident(office)
    for page in (1, 2, 3):
        delivered(office, page)
        clock.advance(minutes=15)
        office.perform(escalate_overdue, 1)
    [again] = office.read(pages.pending_of, incident.id)
    assert (again.responder, again.round) == ("ULEADER", 2)

    assert tick(office) == [(again.id, "sms")]


def test_a_page_that_slack_refuses_for_good_leaves_by_every_contact_method_at_once_and_stays(
    office: Office, clock: FakeClock
) -> None:
    office = with_contact_methods(office)
    incident = given_incident(office)

    office.perform(escalate_undelivered, 1, "user_not_found")

    assert tick(office) == [(1, "sms"), (1, "push")]
    assert pending(office, incident) == [("dotcom EOC", "UEOC")]
    assert Kind.UNDELIVERED in kinds(office, incident.id)


def test_when_no_contact_method_is_left_either_the_next_level_is_called_at_once(
    office: Office, clock: FakeClock
) -> None:
    office = with_contact_methods(office)
    incident = given_incident(office)
    office.perform(escalate_undelivered, 1, "user_not_found")
    tick(office)

    office.perform(give_contact_method_up, text(office, "sms"), "it is configured no more")
    assert pending(office, incident) == [("dotcom EOC", "UEOC")]
    office.perform(give_contact_method_up, text(office, "push"), "it is configured no more")

    assert pending(office, incident) == [("dotcom IMOC", "UIM")]
    assert "could not leave by push" in last(office, incident.id, Kind.PROBLEM).data["what"]


def test_a_contact_method_given_up_changes_nothing_while_slack_may_still_deliver(
    office: Office, clock: FakeClock
) -> None:
    office = with_contact_methods(office)
    incident = given_incident(office)
    clock.advance(60)
    tick(office)

    for method in ("sms", "push"):
        office.perform(give_contact_method_up, text(office, method), "gone")

    assert pending(office, incident) == [("dotcom EOC", "UEOC")]


def test_a_contact_method_that_left_the_configuration_is_told_of(office: Office, clock: FakeClock) -> None:
    incident = given_incident(with_contact_methods(office))
    clock.advance(60)

    assert tick(office) == []

    assert states(office) == {"sms": "dead", "push": "dead"}
    assert last(office, incident.id, Kind.PROBLEM).data["why"] == "it is configured no more"
    assert nothing_is_due(office)


def test_a_person_with_two_pages_of_an_incident_gets_one_message_a_contact_method(
    office: Office, clock: FakeClock
) -> None:
    office = with_contact_methods(office, im=("UEOC",))
    incident = given_incident(office, "S1")
    eoc, im, _ = office.read(pages.pending_of, incident.id)
    assert im.notification == eoc.notification
    clock.advance(60)

    assert tick(office) == [(eoc.id, "sms"), (eoc.id, "push")]


def test_what_left_for_two_pages_does_not_leave_again_when_one_is_answered(
    office: Office, clock: FakeClock
) -> None:
    office = with_contact_methods(office, im=("UEOC",))
    given_incident(office, "S1")
    clock.advance(60)
    tick(office)
    for method in ("sms", "push"):
        office.perform(notified, text(office, method))

    office.perform(acknowledge, 1, by="USOMEBODY", taking=True)
    clock.advance(minutes=3)

    assert tick(office) == []
    assert states(office, 2) == {"sms": "sent", "push": "sent"}
    assert office.read(reached, office.read(pages.get, 2))


def test_what_waits_for_two_pages_leaves_for_the_one_that_is_left(office: Office, clock: FakeClock) -> None:
    office = with_contact_methods(office, im=("UEOC",))
    given_incident(office, "S1")

    office.perform(acknowledge, 1, by="USOMEBODY", taking=True)
    clock.advance(60)

    assert tick(office) == [(2, "sms"), (2, "push")]


def test_one_text_that_stands_for_many_incidents_covers_their_pages(office: Office, clock: FakeClock) -> None:
    office = with_contact_methods(office)
    for number in range(5):
        given_incident(office, channel=f"C{number}")
    clock.advance(60)
    assert tick(office) == [(1, "sms"), (1, "push")]
    for method in ("sms", "push"):
        office.perform(notified, text(office, method))

    clock.advance(10)
    assert tick(office) == []

    assert {text(office, "sms", page) for page in range(1, 6)} == {text(office, "sms", 1)}
    assert states(office, 5) == {"sms": "sent", "push": "sent"}


def test_pages_of_two_incidents_each_leave(office: Office, clock: FakeClock) -> None:
    office = with_contact_methods(office)
    given_incident(office, channel="CA")
    given_incident(office, channel="CB")
    clock.advance(60)

    assert tick(office) == [(1, "sms"), (1, "push"), (2, "sms"), (2, "push")]


def test_nothing_leaves_for_whoever_is_on_the_way_until_they_wanted_to_be_there(
    office: Office, clock: FakeClock
) -> None:
    office = with_contact_methods(office, Notice("sms", timedelta(minutes=3)))
    given_incident(office)
    delivered(office, 1)
    clock.advance(minutes=1)
    office.perform(on_my_way, 1, timedelta(minutes=5), by="UEOC")

    clock.advance(minutes=4)
    before = tick(office)
    clock.advance(minutes=1)

    assert (before, tick(office)) == ([], [(1, "sms")])


def test_whom_a_raised_severity_pages_is_rung_as_for_that_severity(office: Office, clock: FakeClock) -> None:
    loud = Contact("", {"sms": "+442"}, loud=(Notice("sms", timedelta(minutes=3)),))
    office = Office(office.database, replace(process(), contacts={"UIM": loud}), office.clock)
    incident = given_incident(office, "S3")
    office.perform(change_severity, incident.id, Severity.S1, by="UREP")
    page = next(one for one in office.read(pages.pending_of, incident.id) if one.responder == "UIM")
    delivered(office, page.id)

    clock.advance(minutes=3)

    assert tick(office) == [(page.id, "sms")]
