"""One person is called for one incident by one message."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.paging.calling import Way, companions, message_of, shown, speaks, uncalled, way
from bot.domain.paging.notifications import SLACK, Notification, NotificationState
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


def by(number: int = 1, **other) -> Notification:
    """A direct message to the leader, as it was sent."""
    return Notification(number, "ULEAD", SLACK, NotificationState.SENT, NOON, ts="1.0", channel="D1", **other)


MESSAGE = by()


def at(number: int, of: int = 1, **other) -> Page:
    """A page that calls the leader."""
    return a_page(of, **{"id": number, "responder": "ULEAD", "level": 2, "notification": MESSAGE, **other})


@pytest.mark.parametrize(
    ("old", "again", "covers"),
    [
        (at(1), False, True),
        (at(1, state=PageState.ESCALATED), False, True),
        (at(1, state=PageState.CANCELLED), False, True),
        (at(1, state=PageState.ACKNOWLEDGED), False, False),
        (at(1, responder="UEOC"), False, False),
        (at(1, notification=None), False, False),
        (at(1, notification=replace(MESSAGE, state=NotificationState.DEAD)), False, False),
        (at(1, notification=by(digest=True)), False, True),
        (at(1, state=PageState.ESCALATED, notification=by(digest=True)), False, False),
        (at(1, state=PageState.ESCALATED, notification=by(digest=True)), True, True),
    ],
)
def test_a_message_covers_what_comes_until_its_pages_are_answered(old, again, covers):
    assert (message_of(at(2, of=2, notification=None), [old], again=again) is not None) is covers


def test_what_waits_decides_which_message_covers_a_new_page():
    waiting, newer = at(1, notification=by(7)), at(5, notification=by(8), state=PageState.ESCALATED)

    assert message_of(at(6, notification=None), [waiting, newer], again=False) == by(7)


def test_of_several_paths_the_first_one_calls_again():
    first, second = at(5, of=1), at(4, of=2)

    assert companions(first, [first, second, at(3, state=PageState.ESCALATED)]) == [second]
    assert (speaks(first, [second]), speaks(second, [first]), speaks(second, [])) == (True, False, True)


def test_a_message_shows_the_page_whose_time_is_over_first_else_the_answer():
    late = at(1, due_at=NOON + timedelta(minutes=9))
    soon = at(2, due_at=NOON + timedelta(minutes=5))
    answered = at(3, state=PageState.ACKNOWLEDGED, answered_by="ULEAD")

    assert shown([late, soon, answered]) == soon
    assert shown([at(1, state=PageState.ESCALATED), answered, at(4, state=PageState.CANCELLED)]) == answered
    assert shown([at(1, state=PageState.ESCALATED), at(4, state=PageState.CANCELLED)]).id == 4


@pytest.mark.parametrize(
    ("left", "anew"),
    [
        ([1, 2], True),
        ([0, 2], False),  # it called for one of them
        ([-1], False),
        ([], False),
    ],
)
def test_whom_a_message_called_for_nothing_that_is_left_is_called(left, anew):
    called = by(sent_at=NOON)
    waiting = [
        at(number, raised_at=NOON + timedelta(minutes=minutes), notification=called, shown=True)
        for number, minutes in enumerate(left)
    ]

    assert uncalled(waiting) is anew
    assert not uncalled([replace(one, shown=False) for one in waiting])  # a call is on its way
