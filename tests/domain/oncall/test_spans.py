"""Times as people type them: what is understood, on whose clocks, and what is refused."""

from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refused
from bot.domain.oncall.spans import Span, moment, span, spoken
from tests.domain.oncall.values import BERLIN, KOLKATA, NEW_YORK, utc

NOW = utc("2026-11-25 14:30")
"""A Wednesday; 15:30 in Berlin."""


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("until 18:00", "2026-11-25 14:30", "2026-11-25 17:00"),
        ("until 6pm", "2026-11-25 14:30", "2026-11-25 17:00"),
        ("until 02:00", "2026-11-25 14:30", "2026-11-26 01:00"),
        ("till tomorrow 9:00", "2026-11-25 14:30", "2026-11-26 08:00"),
        ("until Fri 18:00", "2026-11-25 14:30", "2026-11-27 17:00"),
        ("for 2 hours", "2026-11-25 14:30", "2026-11-25 16:30"),
        ("now for 2 hours", "2026-11-25 14:30", "2026-11-25 16:30"),
        ("from now until 18:00", "2026-11-25 14:30", "2026-11-25 17:00"),
        ("now - 18:00", "2026-11-25 14:30", "2026-11-25 17:00"),
        ("for 45m", "2026-11-25 14:30", "2026-11-25 15:15"),
        ("for 3 days", "2026-11-25 14:30", "2026-11-28 14:30"),
        ("for 2 weeks", "2026-11-25 14:30", "2026-12-09 14:30"),
        ("for half an hour", "2026-11-25 14:30", "2026-11-25 15:00"),
        ("sat 22:00 for 2h", "2026-11-28 21:00", "2026-11-28 23:00"),
        ("tomorrow at 9 for 90 min", "2026-11-26 08:00", "2026-11-26 09:30"),
        ("tomorrow 9-11", "2026-11-26 08:00", "2026-11-26 10:00"),
        ("9-11am", "2026-11-26 08:00", "2026-11-26 10:00"),
        ("11-1pm", "2026-11-26 10:00", "2026-11-26 12:00"),
        ("9am to 11:30", "2026-11-26 08:00", "2026-11-26 10:30"),
        ("9:30-11", "2026-11-26 08:30", "2026-11-26 10:00"),
        ("tomorrow 09:00-17:00", "2026-11-26 08:00", "2026-11-26 16:00"),
        ("tomorrow 9am – 5:30pm", "2026-11-26 08:00", "2026-11-26 16:30"),
        ("tomorrow", "2026-11-25 23:00", "2026-11-26 23:00"),
        ("2026-12-01 08:00 to 16:00", "2026-12-01 07:00", "2026-12-01 15:00"),
        ("from 2026-12-01 08:00 to 2026-12-03 at 16:00", "2026-12-01 07:00", "2026-12-03 15:00"),
        ("fri 18:00 to mon 09:00", "2026-11-27 17:00", "2026-11-30 08:00"),
        ("today 22:00 to tomorrow 06:00", "2026-11-25 21:00", "2026-11-26 05:00"),
        ("22:00-06:00", "2026-11-25 21:00", "2026-11-26 05:00"),
        ("09:00-17:00", "2026-11-25 08:00", "2026-11-25 16:00"),
        ("09:00-12:00", "2026-11-26 08:00", "2026-11-26 11:00"),
        ("wednesday 09:00-17:00", "2026-11-25 08:00", "2026-11-25 16:00"),
        ("12am-12pm", "2026-11-25 23:00", "2026-11-26 11:00"),
        ("2027-03-28", "2027-03-27 23:00", "2027-03-28 22:00"),
        ("2026-10-25 02:30 to 03:30", "2026-10-25 00:30", "2026-10-25 02:30"),
    ],
)
def test_a_time_is_read_on_the_clocks_of_whoever_types_it(typed: str, start: str, end: str) -> None:
    assert span(typed, ZoneInfo(BERLIN), NOW) == Span(utc(start), utc(end))


@pytest.mark.parametrize(("zone", "start"), [(NEW_YORK, "2026-12-01 13:00"), (KOLKATA, "2026-12-01 02:30")])
def test_each_zone_has_its_own_clocks(zone: str, start: str) -> None:
    assert span("2026-12-01 08:00 to 16:00", ZoneInfo(zone), NOW).start == utc(start)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "^When\\? Write"),
        ("until", "do not understand the time `until`. Write"),
        ("until friday", "do not understand the time `until friday`. Each day needs a time"),
        ("mon to fri", "do not understand the time `mon to fri`. Each day needs a time"),
        ("18:00", "do not understand the time `18:00`. When does it end"),
        ("fri 18:00", "do not understand the time `fri 18:00`. When does it end"),
        ("9-17", "do not understand `9-17`. Write"),
        ("next week", "do not understand `next week`. Write"),
        ("until tomorow 18:00", "do not understand `tomorow`. Did you mean tomorrow"),
        ("tomorrow 09:00-17:00 please", "do not understand `please`. Write"),
        ("until 25:00", "no time 25:00"),
        ("until 13pm", "no time 13pm"),
        ("2026-02-30 09:00 to 10:00", "no day 2026-02-30"),
        ("2027-03-28 02:30 to 03:30", "clocks of Europe/Berlin skip 02:30 on that day. Write 03:30"),
        ("2027-03-28 01:00 to 02:30", "clocks of Europe/Berlin skip 02:30 on that day. Write 03:30"),
        ("9999-12-31", "no day 9999-12-31"),
        ("0001-01-01 00:00 to 10:00", "no day 0001-01-01"),
    ],
)
def test_what_is_not_understood_whole_is_refused(typed: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        span(typed, ZoneInfo(BERLIN), NOW)


def test_two_hours_alone_are_a_time_only_where_they_cannot_be_days() -> None:
    meant = Span(utc("2026-11-26 08:00"), utc("2026-11-26 10:00"))

    assert span("9-11", ZoneInfo(BERLIN), NOW, hours=True) == meant
    with pytest.raises(Refused, match="do not understand `9-11`"):
        span("9-11", ZoneInfo(BERLIN), NOW)


def test_a_moment_that_clocks_skip_is_refused_and_the_next_one_is_not() -> None:
    berlin, noon = ZoneInfo(BERLIN), utc("2027-03-28 10:00")
    with pytest.raises(Refused, match="skip 02:30 on that day"):
        moment("today 02:30", berlin, noon)

    assert moment("02:30", berlin, noon) == utc("2027-03-29 00:30")


def test_what_was_understood_is_said_with_its_zone() -> None:
    day, night = (
        span("tomorrow 09:00-17:00", ZoneInfo(BERLIN), NOW),
        span("22:00-06:00", ZoneInfo(BERLIN), NOW),
    )

    assert spoken(day, ZoneInfo(BERLIN)) == "Thu 26 Nov 2026, 09:00 to 17:00 (Europe/Berlin)"
    assert spoken(night, ZoneInfo(BERLIN)) == (
        "Wed 25 Nov 2026, 22:00 to Thu 26 Nov 2026, 06:00 (Europe/Berlin)"
    )
