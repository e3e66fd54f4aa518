"""A schedule day by day, on the clock of whoever reads it."""

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from bot.domain.oncall.days import Stretch, days, stretches
from bot.domain.oncall.overrides import NONE, Overrides
from bot.domain.oncall.shifts import shifts
from tests.domain.oncall.values import BERLIN, KOLKATA, hours, layer, override, schedule, utc

OFFICE = schedule(layer("ana", "ben", start="2026-03-02 09:00", only=(hours("09:00-17:00", "01234"),)))
WHOLE = schedule(layer("ana", "ben", start="2026-03-02 09:00"))


def test_an_override_is_told_from_the_turn_that_it_changes():
    covered = Overrides([override("2026-03-03 00:00", "2026-03-04 00:00", "cem")])

    found = list(stretches(WHOLE, covered, utc("2026-03-02 12:00"), utc("2026-03-05 00:00")))

    assert found == [
        Stretch(utc("2026-03-02 12:00"), utc("2026-03-03 00:00"), ("ana",)),
        Stretch(utc("2026-03-03 00:00"), utc("2026-03-04 00:00"), ("cem",), True, ("ana",)),
        Stretch(utc("2026-03-04 00:00"), utc("2026-03-05 00:00"), ("ana",)),
    ]


def test_an_override_over_a_handover_says_for_each_turn_whom_it_replaces():
    covered = Overrides([override("2026-03-08 09:00", "2026-03-10 09:00", "cem")])

    found = list(stretches(WHOLE, covered, utc("2026-03-08 09:00"), utc("2026-03-10 09:00")))

    assert [(one.start, one.instead) for one in found] == [
        (utc("2026-03-08 09:00"), ("ana",)),
        (utc("2026-03-09 09:00"), ("ben",)),
    ]


def test_an_override_of_a_gap_is_instead_of_nobody_and_one_of_the_same_person_is_none():
    nights = Overrides(
        [
            override("2026-03-02 17:00", "2026-03-02 20:00", "cem"),
            override("2026-03-03 09:00", "2026-03-03 12:00", "ana"),
        ]
    )

    found = list(stretches(OFFICE, nights, utc("2026-03-02 09:00"), utc("2026-03-03 17:00")))

    assert [(one.people, one.overridden, one.instead) for one in found] == [
        (("ana",), False, ()),
        (("cem",), True, ()),
        ((), False, ()),
        (("ana",), False, ()),
    ]


def test_a_shift_of_an_override_beside_the_persons_own_turn_stays_apart():
    before = Overrides([override("2026-03-08 00:00", "2026-03-09 09:00", "ben")])
    start, end = utc("2026-03-07 00:00"), utc("2026-03-11 00:00")

    found = list(stretches(WHOLE, before, start, end))

    assert [(one.people, one.overridden) for one in found] == [
        (("ana",), False),
        (("ben",), True),
        (("ben",), False),
    ]
    assert len(list(shifts(WHOLE, before, start, end))) == 2


def test_each_day_begins_and_ends_on_the_readers_clock():
    start = utc("2026-03-27 00:00")
    found = stretches(WHOLE, NONE, start, start + timedelta(days=6))

    berlin = days(found, date(2026, 3, 28), 3, ZoneInfo(BERLIN))

    assert [(one.start, one.end) for one in berlin] == [
        (utc("2026-03-27 23:00"), utc("2026-03-28 23:00")),
        (utc("2026-03-28 23:00"), utc("2026-03-29 22:00")),  # 23 hours: the clocks go forward
        (utc("2026-03-29 22:00"), utc("2026-03-30 22:00")),
    ]
    handed_over = berlin[2].stretches
    assert [(one.end, one.people) for one in handed_over] == [
        (utc("2026-03-30 09:00"), ("ben",)),
        (utc("2026-03-30 22:00"), ("ana",)),
    ]


def test_nothing_of_a_day_is_lost_and_nothing_stands_twice():
    start, end = utc("2026-03-01 18:30"), utc("2026-03-15 18:30")
    found = list(stretches(OFFICE, NONE, start, end))

    each = days(found, date(2026, 3, 2), 14, ZoneInfo(KOLKATA))

    assert sum((part.end - part.start for day in each for part in day.stretches), timedelta()) == end - start
    assert all(day.start == day.stretches[0].start and day.end == day.stretches[-1].end for day in each)
    assert [len(days(found, date(2026, 3, 7), 2, UTC)[n].stretches) for n in (0, 1)] == [1, 1]
