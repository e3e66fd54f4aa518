"""When a page leaves by a contact method: pure rules."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.incident import Severity
from bot.domain.paging.notifications import (
    UNDELIVERED_AFTER,
    Notification,
    NotificationState,
    decided,
    is_loud,
    planned,
)
from bot.domain.paging.pages import Page, PageState
from bot.domain.process import UNKNOWN, Contact, Level, Notice
from tests.fakes import FIFTEEN_MINUTES, NOON
from tests.values import a_page

MINUTE = timedelta(minutes=1)
PAGE = a_page()
BOTH = Contact("+44", {"sms": "+441", "push": "ana"})
FIRST_LOOK = NOON + UNDELIVERED_AFTER


def times(page: Page, *notify: Notice, contact: Contact = BOTH, now=NOON, loud=True):
    level = Level("dotcom EOC", FIFTEEN_MINUTES, notify)
    page = replace(page, escalation=replace(page.escalation, path=(level,)))
    return {
        one.contact_method: (one.due_at, one.planned_at) for one in planned(page, contact, now, loud=loud)
    }


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


@pytest.mark.parametrize("page", [replace(PAGE, round=2), replace(PAGE, undelivered="user_not_found")])
def test_the_last_call_and_a_page_that_slack_refused_leave_by_every_contact_method_at_once(
    page: Page,
) -> None:
    assert times(page) == {"sms": (NOON, NOON), "push": (NOON, NOON)}


def test_a_page_left_alone_late_leaves_at_once_where_its_time_has_passed() -> None:
    now = NOON + 10 * MINUTE

    found = times(PAGE, Notice("sms", 5 * MINUTE), Notice("push", 12 * MINUTE), now=now)

    assert found == {"sms": (now, now), "push": (now + UNDELIVERED_AFTER, NOON + 12 * MINUTE)}


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
    one = Notification(1, 7, "sms", WAITING, FIRST_LOOK, planned_at)

    now = decided(one, PAGE, FIRST_LOOK, delivered=delivered)

    assert (now.state, now.due_at) == wanted


@pytest.mark.parametrize("state", [state for state in PageState if state is not PageState.PENDING])
def test_a_page_that_is_over_leaves_by_no_contact_method(state: PageState) -> None:
    one = Notification(1, 7, "sms", WAITING, FIRST_LOOK, FIRST_LOOK)

    assert decided(one, replace(PAGE, state=state), FIRST_LOOK, delivered=False).state is CANCELLED
