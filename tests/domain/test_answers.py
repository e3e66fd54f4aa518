"""Answers to a page that are no acknowledgement."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity
from bot.domain.paging.answers import lengths, on_my_way
from bot.domain.paging.pages import next_reminder, reminded
from tests.fakes import NOON
from tests.values import a_page

S1, S3 = Severity.S1, Severity.S3
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("severity", "minute", "allowed"),
    [
        (S1, 0, [5, 10, 15]),
        (S1, 5, [5, 10]),
        (S1, 11, []),
        (S3, 0, [5, 10, 15]),
        (S3, 10, [5, 10, 15]),
        (S3, 14, [5, 10]),
        (None, 14, [5, 10]),
        (S3, 20, [5]),
    ],
)
def test_somebody_is_on_the_way_until_the_level_ends_or_ten_minutes_past_it(severity, minute, allowed):
    now = NOON + minute * MINUTE

    assert list(lengths(a_page(), severity, now)) == [one * MINUTE for one in allowed]


@pytest.mark.parametrize(
    ("minute", "length", "due", "reminders"),
    [
        (0, 5, 15, [5]),
        (2, 10, 15, [12]),
        (6, 15, 21, []),
        (14, 10, 24, []),
    ],
)
def test_the_deadline_only_moves_later_and_reminders_rest_meanwhile(minute, length, due, reminders):
    page = on_my_way(a_page(reminded=minute // 5), length * MINUTE, S3, NOON + minute * MINUTE)

    assert page.escalation.due_at == NOON + due * MINUTE
    found: list[int] = []
    while (at := next_reminder(page)) and len(found) < 9:
        found.append((at - NOON) // MINUTE)
        page = reminded(page)
    assert found == reminders


def test_a_second_time_and_a_time_that_is_too_long_are_refused_with_what_is_possible():
    page = on_my_way(a_page(), 5 * MINUTE, S3, NOON)

    with pytest.raises(Refused, match="once a page"):
        on_my_way(page, 5 * MINUTE, S3, NOON + MINUTE)
    with pytest.raises(Refused, match=r"Possible now: 5 min\."):
        on_my_way(a_page(), 15 * MINUTE, S1, NOON + 6 * MINUTE)
