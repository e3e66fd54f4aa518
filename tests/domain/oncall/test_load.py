"""The load of a schedule: which month is meant, and what pages come to by person and by shift."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refused
from bot.domain.oncall.load import Called, Figures, load_of, month_of
from bot.domain.oncall.shifts import Shift
from bot.domain.oncall.spans import Span
from tests.domain.oncall.values import utc

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
NOW = utc("2026-11-30 23:30")
"""In Berlin it is December already."""


@pytest.mark.parametrize(
    ("text", "zone", "start", "end"),
    [
        ("", UTC_ZONE, "2026-11-01 00:00", "2026-12-01 00:00"),
        ("", BERLIN, "2026-11-30 23:00", "2026-12-31 23:00"),
        ("2026-10", BERLIN, "2026-09-30 22:00", "2026-10-31 23:00"),  # an hour longer: the clocks change
        ("November", UTC_ZONE, "2026-11-01 00:00", "2026-12-01 00:00"),
        ("nov 2025", UTC_ZONE, "2025-11-01 00:00", "2025-12-01 00:00"),
        ("december", UTC_ZONE, "2025-12-01 00:00", "2026-01-01 00:00"),
    ],
)
def test_a_month_is_the_last_of_its_name_on_the_readers_clocks(
    text: str, zone: ZoneInfo, start: str, end: str
) -> None:
    assert month_of(text, zone, NOW) == Span(utc(start), utc(end))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2027-01", "January 2027 has not begun"),
        ("december 2026", "December 2026 has not begun"),
        ("2026-13", "`2026-13` is no month"),
        ("ju", "`ju` is no month"),
        ("jun jul", "`jun jul` is no month"),
        ("week", "`week` is no month"),
    ],
)
def test_what_is_no_month_that_has_begun_is_refused(text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        month_of(text, UTC_ZONE, NOW)


def at(day: str) -> datetime:
    return utc(f"2026-11-{day}")


def test_pages_count_by_person_and_by_shift_on_the_clocks_of_whom_they_called() -> None:
    minutes = [timedelta(minutes=n) for n in range(10)]
    called = [
        Called("ana", at("02 06:30"), minutes[2]),  # 07:30 in Berlin
        Called("ben", at("02 06:30"), minutes[9]),  # at night in UTC
        Called("ana", at("03 21:00"), minutes[4]),  # 22:00 in Berlin
        Called("ana", at("06 23:30"), None),  # a Saturday, in Berlin alone
        Called("ben", at("10 12:00"), None),
    ]
    shifts = [
        Shift(at("01 00:00"), at("05 00:00"), ("ana", "ben")),
        Shift(at("05 00:00"), at("09 00:00"), ("ana",)),
        Shift(at("09 00:00"), at("12 00:00"), ("ana",)),
        Shift(at("12 00:00"), at("13 00:00"), ("ben",)),
        Shift(at("13 00:00"), at("14 00:00"), ()),  # a gap is no calm shift
    ]
    month = Span(at("01 00:00"), utc("2026-12-01 00:00"))

    found = load_of("EOC", month, called, shifts, {"ana": BERLIN, "ben": UTC_ZONE}.__getitem__)

    assert found.whole == Figures(5, 3, minutes[4], minutes[9], night=3, weekend=1)
    assert found.people == [
        ("ana", Figures(3, 2, minutes[3], minutes[4], night=2, weekend=1)),
        ("ben", Figures(2, 1, minutes[9], minutes[9], night=1, weekend=0)),
    ]
    assert [(shift.start.day, figures.pages) for shift, figures in found.shifts] == [(1, 3), (5, 1), (9, 1)]
    assert (found.others, found.calm) == (1, 1)
