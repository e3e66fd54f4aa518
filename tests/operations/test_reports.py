"""What comes back from phones: reports hurry and repeat, replies acknowledge, each once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.paging.replies import Reply, code_of
from bot.domain.paging.reports import AGAIN_AFTER, Outcome
from bot.domain.process import Contact, Notice
from bot.domain.timeline.entries import Kind
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.contact_methods import notify_due
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.paging.notify import notified
from bot.operations.paging.reports import Answered, replied, reported
from storage import notifications, pages, reports
from tests.conftest import Office
from tests.fakes import NOON, FakeClock, process
from tests.operations.given import delivered, given_incident
from tests.operations.look import kinds, last

MINUTE = timedelta(minutes=1)
RULE = (Notice("sms", MINUTE), Notice("call", 9 * MINUTE), Notice("push", 12 * MINUTE))
EOC = Contact("", {"sms": "+44 20 1", "call": "+44202", "push": "eoc"}, loud=RULE)
NUMBER = "+44201"


@pytest.fixture
def office(office: Office) -> Office:
    """The office with three methods for the EOC, of whom a text is out; Slack has delivered the page."""
    rules = replace(process(), contacts={"UEOC": EOC})
    return Office(office.database, rules, office.clock)


def texted(office: Office, clock: FakeClock) -> int:
    """Declare an S1, and have the text leave; return its notification."""
    given_incident(office, "S1")
    delivered(office, 1)
    clock.advance(60)
    for one in office.read(notifications.due, 10):
        office.perform(notify_due, one)
    (sms,) = (one for one in office.read(notifications.of_page, 1) if one.contact_method == "sms")
    office.perform(notified, sms.id)
    return sms.id


def times(office: Office) -> dict[str, tuple[str, timedelta]]:
    found = office.read(notifications.of_page, 1)
    return {one.contact_method: (one.state.value, one.due_at - NOON) for one in found}


def test_a_text_that_reached_nobody_hurries_the_next_method_alone_and_leaves_again(
    office: Office, clock: FakeClock
) -> None:
    sms = texted(office, clock)

    office.perform(reported, sms, "SM1", Outcome.UNDELIVERED)

    assert times(office) == {
        "sms": ("waiting", MINUTE + AGAIN_AFTER),
        "call": ("waiting", MINUTE),
        "push": ("waiting", 12 * MINUTE),
    }
    assert last(office, 1, Kind.UNANSWERED).data["outcome"] == "undelivered"
    office.perform(reported, sms, "SM1", Outcome.UNDELIVERED)
    assert kinds(office, 1).count(Kind.UNANSWERED) == 1
    assert office.read(reports.of_notification, sms) == ["undelivered"]


def test_one_that_arrived_and_one_that_was_listened_to_hurry_nothing(
    office: Office, clock: FakeClock
) -> None:
    sms = texted(office, clock)
    before = times(office)

    office.perform(reported, sms, "SM1", Outcome.DELIVERED)
    assert times(office) == before
    office.perform(reported, sms, "CA1", Outcome.COMPLETED)

    assert times(office) == before | {"sms": ("waiting", MINUTE + AGAIN_AFTER)}


def test_a_report_about_a_page_that_is_over_is_only_recorded(office: Office, clock: FakeClock) -> None:
    sms = texted(office, clock)
    office.perform(acknowledge, 1, by="UEOC")
    before = times(office)

    office.perform(reported, sms, "CA1", Outcome.BUSY)

    assert times(office) == before
    assert office.read(reports.of_notification, sms) == ["busy"]
    assert Kind.UNANSWERED not in kinds(office, 1)


def reply(office: Office, sid: str = "SM9", number: str = NUMBER, said: Reply | None = Reply()):  # noqa: B008
    return office.perform(replied, sid, number, said, ("sms", "call"))


def test_a_reply_answers_as_whoever_has_the_number_and_once(office: Office, clock: FakeClock) -> None:
    texted(office, clock)

    assert reply(office, number="+44209") is None
    answered = reply(office)
    assert isinstance(answered, Answered)
    assert answered.page
    assert (answered.page.answered_by, answered.page.state.value) == ("UEOC", "acknowledged")

    given_incident(office, "S1", channel="CTWO")
    assert reply(office) is None
    assert [one.responder for one in office.read(pages.pending)].count("UEOC") == 1


def test_a_reply_that_could_mean_several_answers_none(office: Office, clock: FakeClock) -> None:
    texted(office, clock)
    given_incident(office, "S3", channel="CTWO")

    several = reply(office)
    unread = reply(office, "SM10", said=None)

    assert several
    assert unread
    assert [one.incident for one in several.choices] == [one.incident for one in unread.choices] == [1, 2]
    assert len(office.read(pages.pending_for, "UEOC")) == 2


def test_a_late_reply_is_refused_and_takes_nothing_from_whoever_is_called_now(
    office: Office, clock: FakeClock
) -> None:
    texted(office, clock)
    clock.advance(minutes=15)
    office.perform(escalate_overdue, 1)
    before = office.read(pages.pending)

    for said in (Reply(1), Reply(code=code_of(1))):
        with pytest.raises(Refused, match="This page has moved on: now it is with <@UIM>"):
            reply(office, said=said)

    assert office.read(pages.pending) == before
