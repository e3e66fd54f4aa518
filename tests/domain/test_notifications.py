"""When a page leaves by a contact method: pure rules."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.incident import Severity
from bot.domain.paging.calling import decided, is_loud, joined, left_with, planned
from bot.domain.paging.notifications import UNDELIVERED_AFTER, Notification, NotificationState
from bot.domain.paging.pages import Page
from bot.domain.process import UNKNOWN, Contact, Level, Notice
from tests.fakes import FIFTEEN_MINUTES, NOON
from tests.values import a_page

MINUTE = timedelta(minutes=1)
PAGE = a_page()
BOTH = Contact("+44", {"sms": "+441", "push": "ana"})
FIRST_LOOK = NOON + UNDELIVERED_AFTER


def times(page: Page, *notify: Notice, contact: Contact = BOTH, loud=True):
    level = Level("dotcom EOC", FIFTEEN_MINUTES, notify)
    page = replace(page, escalation=replace(page.escalation, path=(level,)))
    return {one.contact_method: (one.due_at, one.planned_at) for one in planned(page, contact, loud=loud)}


def test_every_contact_method_waits_for_slack_to_deliver_for_a_minute() -> None:
    assert times(PAGE) == {"sms": (FIRST_LOOK, None), "push": (FIRST_LOOK, None)}


def test_a_contact_method_of_the_level_leaves_in_any_case_and_is_looked_at_after_a_minute_too() -> None:
    found = times(PAGE, Notice("sms", 5 * MINUTE), Notice("push", MINUTE / 2))

    assert found == {
        "sms": (FIRST_LOOK, NOON + 5 * MINUTE),
        "push": (NOON + MINUTE / 2, NOON + MINUTE / 2),
    }


def test_a_contact_method_that_the_person_does_not_have_is_left_out() -> None:
    assert times(PAGE, Notice("sms"), contact=UNKNOWN) == {}
    assert list(times(PAGE, Notice("voice"), contact=BOTH)) == ["sms", "push"]


def test_the_last_call_leaves_by_every_contact_method_at_once() -> None:
    assert times(replace(PAGE, round=2)) == {"sms": (NOON, NOON), "push": (NOON, NOON)}


PUSH = Notice("push", MINUTE)
RULES = replace(BOTH, loud=(PUSH, Notice("sms", 3 * MINUTE)), quiet=(PUSH,))


def test_a_loud_and_a_quiet_page_leave_by_the_rules_of_their_person() -> None:
    assert times(PAGE, contact=RULES) == {
        "sms": (FIRST_LOOK, NOON + 3 * MINUTE),
        "push": (NOON + MINUTE, NOON + MINUTE),
    }
    assert times(PAGE, contact=RULES, loud=False) == {
        "sms": (FIRST_LOOK, None),
        "push": (NOON + MINUTE, NOON + MINUTE),
    }


def test_of_a_rule_and_the_level_the_earlier_time_counts() -> None:
    found = times(PAGE, Notice("sms", 2 * MINUTE), Notice("push", 4 * MINUTE), contact=RULES)

    assert {method: planned for method, (_, planned) in found.items()} == {
        "sms": NOON + 2 * MINUTE,
        "push": NOON + MINUTE,
    }


@pytest.mark.parametrize(
    ("severity", "round_", "quiet", "loud"),
    [
        (Severity.S1, 1, False, True),
        (Severity.S2, 1, False, True),
        (Severity.S3, 1, False, False),
        (Severity.S4, 1, True, False),
        (Severity.S3, 2, False, True),
        (Severity.S3, 2, True, False),
        (None, 1, False, True),
    ],
)
def test_a_page_is_loud_by_its_severity_and_when_nobody_answers(severity, round_, quiet, loud) -> None:
    assert is_loud(replace(PAGE, round=round_, quiet=quiet), severity) is loud


WAITING = NotificationState.WAITING
DUE = NotificationState.DUE
CANCELLED = NotificationState.CANCELLED


@pytest.mark.parametrize(
    ("planned_at", "delivered", "wanted"),
    [
        (None, False, (DUE, FIRST_LOOK)),
        (None, True, (CANCELLED, FIRST_LOOK)),
        (NOON + 5 * MINUTE, False, (DUE, FIRST_LOOK)),
        (NOON + 5 * MINUTE, True, (WAITING, NOON + 5 * MINUTE)),
        (FIRST_LOOK, True, (DUE, FIRST_LOOK)),
    ],
)
def test_what_becomes_of_one_whose_time_has_come(planned_at, delivered: bool, wanted) -> None:
    one = Notification(1, "UEOC", "sms", WAITING, FIRST_LOOK, planned_at)

    now = decided(one, [replace(PAGE, shown=delivered)], FIRST_LOOK)

    assert (now.state, now.due_at) == wanted


def test_what_one_of_its_pages_waits_for_leaves_for_all() -> None:
    one = Notification(1, "UEOC", "sms", WAITING, FIRST_LOOK)

    now = decided(one, [replace(PAGE, shown=True), replace(PAGE, id=4)], FIRST_LOOK)

    assert now.state is DUE


def test_one_that_slack_has_had_no_minute_for_yet_is_waited_for() -> None:
    one = Notification(1, "UEOC", "sms", WAITING, FIRST_LOOK)
    later = replace(PAGE, id=4, raised_at=NOON + MINUTE / 2)

    now = decided(one, [replace(PAGE, shown=True), later], FIRST_LOOK)

    assert (now.state, now.due_at) == (WAITING, NOON + MINUTE * 1.5)


def test_slack_has_its_minute_anew_for_a_message_that_calls_anew() -> None:
    one = Notification(1, "UEOC", "sms", WAITING, FIRST_LOOK)
    anew = Notification(2, "UEOC", "slack", DUE, NOON + 5 * MINUTE)
    page = replace(PAGE, notification=anew)

    now = decided(one, [page], NOON + 5 * MINUTE)

    assert (now.state, now.due_at) == (WAITING, NOON + 6 * MINUTE)


SENT = NotificationState.SENT
AT_TEN = NOON + 10 * MINUTE


@pytest.mark.parametrize(
    ("state", "raised", "planned_at", "wanted"),
    [
        (WAITING, 5, 12, (WAITING, 12, 12)),  # the time of the page that ended counts no more
        (WAITING, 5, None, (CANCELLED, 11, None)),
        (WAITING, 5, 9, (WAITING, 10, 9)),
        (DUE, 5, 12, (WAITING, 12, 12)),
        (DUE, 5, 9, (DUE, 11, 11)),
        (SENT, 1, 12, (SENT, 11, 11)),  # it told of this one, too
        (SENT, 5, 12, (WAITING, 12, 12)),  # which is lost by nothing
        (SENT, 5, 9, (WAITING, 10, 9)),  # nor by its time being over
        (SENT, 5, None, (SENT, 11, 11)),
        (CANCELLED, 5, 12, (CANCELLED, 11, 11)),
    ],
)
def test_when_a_page_ends_the_others_leave_at_their_own_times(state, raised, planned_at, wanted) -> None:
    def at(minutes: int | None):
        return None if minutes is None else NOON + minutes * MINUTE

    there = Notification(1, "UEOC", "sms", state, at(11), at(11), sent_at=at(2))
    left = replace(PAGE, raised_at=at(raised), shown=True)

    now = left_with(there, [left], [replace(there, planned_at=at(planned_at))], AT_TEN)

    assert (now.state, now.due_at, now.planned_at) == (wanted[0], at(wanted[1]), at(wanted[2]))


def test_without_a_page_that_waits_it_leaves_by_no_contact_method() -> None:
    one = Notification(1, "UEOC", "sms", WAITING, FIRST_LOOK, FIRST_LOOK)

    assert decided(one, [], FIRST_LOOK).state is CANCELLED


SOON, LATER = NOON + MINUTE, NOON + 5 * MINUTE
SENT = NotificationState.SENT


@pytest.mark.parametrize(
    ("state", "again", "wanted"),
    [
        (WAITING, False, (WAITING, SOON, SOON)),
        (DUE, True, (DUE, LATER, LATER)),
        (SENT, False, (SENT, LATER, LATER)),
        (SENT, True, (WAITING, SOON, SOON)),
        (CANCELLED, False, (WAITING, SOON, SOON)),
    ],
)
def test_one_that_covers_a_page_more_leaves_no_later_and_rings_only_again(state, again, wanted) -> None:
    there = Notification(1, "UEOC", "sms", state, LATER, LATER)
    plan = Notification(0, "UEOC", "sms", WAITING, SOON, SOON)

    now = joined(there, plan, again=again)

    assert (now.state, now.due_at, now.planned_at) == wanted
