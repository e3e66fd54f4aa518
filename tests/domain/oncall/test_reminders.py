"""Who is reminded of a shift, and when."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.oncall.overrides import NONE, Override, Overrides
from bot.domain.oncall.reminders import LOOK_AGAIN, between, next_look
from tests.domain.oncall.values import DAY, layer, schedule, utc

HOUR = timedelta(hours=1)
EOC = replace(schedule(layer("ana", "ben", "ana+ben")), reminders=(DAY, HOUR))


def test_a_shift_is_reminded_of_a_day_and_an_hour_before() -> None:
    found = between(EOC, NONE, utc("2026-01-06 00:00"), utc("2026-01-13 00:00"))

    assert [(one.at, one.person, one.start, one.end) for one in found] == [
        (utc("2026-01-11 09:00"), "ben", utc("2026-01-12 09:00"), utc("2026-01-19 09:00")),
        (utc("2026-01-12 08:00"), "ben", utc("2026-01-12 09:00"), utc("2026-01-19 09:00")),
    ]


def test_whoever_stays_on_call_is_not_reminded() -> None:
    found = between(EOC, NONE, utc("2026-01-18 00:00"), utc("2026-01-19 09:00"))

    assert [one.person for one in found] == ["ana", "ana"]


def test_each_time_is_reminded_of_once_however_often_one_looks() -> None:
    eight = utc("2026-01-12 08:00")

    assert len(between(EOC, NONE, eight - HOUR, eight)) == 1
    assert between(EOC, NONE, eight, eight + HOUR) == []


def test_an_override_is_a_shift_too() -> None:
    dan = Overrides([Override(utc("2026-01-07 12:00"), utc("2026-01-07 18:00"), "dan")])

    found = between(EOC, dan, utc("2026-01-07 00:00"), utc("2026-01-07 18:00"))

    assert [(one.person, one.start) for one in found] == [
        ("dan", utc("2026-01-07 12:00")),
        ("ana", utc("2026-01-07 18:00")),
    ]


def test_it_is_looked_again_within_a_day() -> None:
    assert next_look(EOC, NONE, utc("2026-01-06 00:00")) == utc("2026-01-06 00:00") + LOOK_AGAIN
    assert next_look(EOC, NONE, utc("2026-01-11 08:00")) == utc("2026-01-11 09:00")
    assert between(replace(EOC, reminders=()), NONE, utc("2026-01-06 00:00"), utc("2026-01-13 00:00")) == []
