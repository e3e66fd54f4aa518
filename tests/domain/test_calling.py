"""One person is called for one incident by one message."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.paging.calling import Calls, Way, calls, replaced, taken_over, way
from bot.domain.paging.pages import Page, PageState
from tests.fakes import NOON
from tests.values import a_page


@pytest.mark.parametrize(
    ("standing", "again", "rung", "expected"),
    [
        (False, False, False, Way.NEW),
        (False, False, True, Way.NEW),
        (False, True, False, Way.NEW),
        (False, True, True, Way.NEW),  # nothing to edit: it never arrived
        (True, False, False, Way.REPLACE),
        (True, False, True, Way.REPLACE),  # another path calls: loudly, whatever else rings
        (True, True, False, Way.REPLACE),
        (True, True, True, Way.EDIT),
    ],
)
def test_only_a_repeated_call_that_rings_elsewhere_is_a_silent_edit(standing, again, rung, expected):
    assert way(standing=standing, again=again, rung=rung) is expected


def at(number: int, of: int = 1, **other) -> Page:
    return a_page(of, id=number, responder="ULEAD", level=2, **other)


def test_calls_count_rounds_and_reminders_of_one_person():
    first = at(1, state=PageState.ESCALATED, reminded=2, raised_at=NOON)
    second = at(2, round=2, reminded=1, raised_at=NOON + timedelta(minutes=15))
    other = replace(at(3), responder="UEOC")
    elsewhere = at(4, of=4)

    assert calls(second, [first, second, other, elsewhere]) == Calls(5, NOON)
    assert calls(first, [first, second]) == Calls(3, NOON)


@pytest.mark.parametrize(
    ("old", "goes"),
    [
        (at(1, state=PageState.ESCALATED, dm_ts="1"), True),
        (at(1, state=PageState.CANCELLED, dm_ts="1"), True),
        (at(1, state=PageState.PENDING, dm_ts="1"), False),
        (at(1, state=PageState.ACKNOWLEDGED, dm_ts="1"), False),
        (at(1, state=PageState.ESCALATED, dm_ts=None), False),
        (at(1, state=PageState.ESCALATED, dm_ts="2"), False),
        (replace(at(1, state=PageState.ESCALATED, dm_ts="1"), responder="UEOC"), False),
        (at(3, state=PageState.ESCALATED, dm_ts="1"), False),
    ],
)
def test_a_newer_message_stands_for_those_that_wait_no_more(old, goes):
    assert (replaced(at(2, dm_ts="2"), [old]) == [old]) is goes


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        (at(2, round=2), True),
        (at(2, round=2, dm_ts="1"), True),
        (at(2, round=2, dm_ts="2"), False),
        (at(2, round=2, undelivered="account_inactive"), False),
        (at(2, round=2, state=PageState.CANCELLED), False),
        (at(2), True),
        (at(2, beside=3), False),
        (at(2, of=2, dm_ts="1"), True),
        (replace(at(2, round=2), responder="UEOC"), False),
    ],
)
def test_a_message_is_left_to_the_newer_page_that_is_shown_in_it(newer, expected):
    assert taken_over(at(1, state=PageState.ESCALATED, dm_ts="1"), [newer]) is expected
