"""How long something takes, as people type it."""

from datetime import timedelta

import pytest

from bot.domain.durations import leading, read


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30m", 30),
        ("for 30 minutes", 30),
        ("90 min", 90),
        ("2h", 120),
        ("2 hrs", 120),
        ("1.5h", 90),
        ("1,5 hours", 90),
        ("1h30", 90),
        ("1h 30m", 90),
        ("1 hour and 30 minutes", 90),
        ("an hour and a half", 90),
        ("Half an hour", 30),
        ("half hour", 30),
        ("a quarter of an hour", 15),
        ("an hour", 60),
        ("by two hours", 120),
        ("1 day", 1440),
        ("2 weeks", 20160),
    ],
)
def test_a_length_is_read(text: str, minutes: int) -> None:
    assert read(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text", ["", "30", "2 months", "2hm", "h", "an", "soon", "2h later", "30m 20", "2h 2026-12-01", "1h30:00"]
)
def test_nothing_else_is_one(text: str) -> None:
    assert read(text) is None


def test_a_number_alone_counts_minutes_where_that_is_meant() -> None:
    assert read("30", minutes=True) == timedelta(minutes=30)
    assert read("for 30", minutes=True) == timedelta(minutes=30)
    assert read("²", minutes=True) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("for 3 days why", (timedelta(days=3), "why")),
        ("half an hour: lunch", (timedelta(minutes=30), ": lunch")),
        ("2 weeks", (timedelta(weeks=2), "")),
        ("1h 7 people are away", (timedelta(hours=1), "7 people are away")),
        ("a word", None),
        ("3 donkeys", None),
    ],
)
def test_a_length_may_begin_a_text(text: str, found: tuple[timedelta, str] | None) -> None:
    assert leading(text) == found
