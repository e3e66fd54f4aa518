"""Calendars of other products: turns are found in their shifts, and otherwise the shifts are written out."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import ConfigInvalid
from bot.domain.oncall.overrides import NONE
from bot.domain.oncall.schedules import Turn
from bot.domain.oncall.shifts import on_call
from bot.imports import events
from bot.imports.conversion import converted
from tests.domain.oncall.values import BERLIN, NEW_YORK, utc
from tests.imports.rules import AUTUMN, SPRING, differences, imported, moment_of

Shifts = list[tuple[datetime, datetime, str]]

BERLIN_TIMES = """\
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


def calendar(*events: str, head: str = "") -> str:
    body = "".join(
        f"BEGIN:VEVENT\nUID:{n}\nDTSTAMP:20260101T000000Z\n{one}\nEND:VEVENT\n"
        for n, one in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\n{head}{body}END:VCALENDAR\n".replace("\n", "\r\n")


def flat(people: str, zone: str, start: str, every: timedelta, count: int) -> Shifts:
    """Return shifts one after another, in UTC, as products write them out."""
    anchor, place = datetime.fromisoformat(start), ZoneInfo(zone)
    return [
        (
            moment_of(anchor + n * every, place),
            moment_of(anchor + (n + 1) * every, place),
            people[n % len(people)],
        )
        for n in range(count)
    ]


def stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def pagerduty(shifts: Shifts) -> str:
    events = [
        f"DTSTART;VALUE=DATE-TIME:{stamp(start)}\nDTEND;VALUE=DATE-TIME:{stamp(end)}\n"
        f"SUMMARY:On Call - {who.upper()} - Pri\n mary\nATTENDEE:{who}@example.com\n"
        "URL:https://acme.pagerduty.com/schedules#P1"
        for start, end, who in shifts
    ]
    return calendar(*events, head="X-WR-CALNAME:On Call Schedule for Primary\n")


class Expected:
    """Whose shift it is in a list of shifts."""

    def __init__(self, shifts: Shifts) -> None:
        self._shifts = shifts

    def __call__(self, at: datetime) -> Turn:
        return tuple(f"{who}@example.com" for start, end, who in self._shifts if start <= at < end)


@pytest.mark.parametrize("now", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_turns_are_found_in_the_shifts_of_a_feed(tmp_path: Path, now: datetime) -> None:
    first = f"{now - timedelta(days=now.weekday()):%Y-%m-%d} 09:00"
    shifts = flat("abc", BERLIN, first, timedelta(weeks=1), 12)

    schedules, left = imported(tmp_path, "ical", pagerduty(shifts), now, BERLIN)

    assert differences(schedules["Primary"], Expected(shifts), now) == []
    [layer] = schedules["Primary"].layers
    assert (len(layer.turns), layer.every, layer.end) == (3, timedelta(weeks=1), None)
    assert left == [
        f"Primary: 3 turns were found in the shifts that the calendar has until {shifts[-1][1]:%Y-%m-%d}. "
        "Compare the schedule with the calendar."
    ]


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["a", "ab", "abc", "abac"]),
    st.integers(0, 47),
    st.sampled_from([timedelta(hours=12), timedelta(days=1), timedelta(weeks=1)]),
)
def test_any_turns_are_found(tmp_path: Path, people: str, half_hours: int, every: timedelta) -> None:
    start = datetime(2026, 10, 5) + half_hours * timedelta(minutes=30)  # noqa: DTZ001
    shifts = flat(people, BERLIN, start.isoformat(), every, timedelta(weeks=9) // every)

    schedules, left = imported(tmp_path, "ical", pagerduty(shifts), AUTUMN, BERLIN)

    assert differences(schedules["Primary"], Expected(shifts), AUTUMN, timedelta(hours=1)) == []
    assert len(left) == 1


@pytest.mark.parametrize(("own", "counts"), [(BERLIN, BERLIN), ("Mars/Base", NEW_YORK), ("", NEW_YORK)])
def test_the_zone_of_the_calendar_goes_before_the_one_that_is_given(
    tmp_path: Path, own: str, counts: str
) -> None:
    head = f"X-WR-CALNAME:Team\n{f'X-WR-TIMEZONE:{own}' if own else ''}\n"
    text = calendar(
        "DTSTART;VALUE=DATE:20261019\nDTEND;VALUE=DATE:20261020\nSUMMARY:a@example.com", head=head
    )

    schedules, _ = imported(tmp_path, "ical", text, AUTUMN, NEW_YORK)

    assert schedules["Team"].layers[0].zone.key == counts


def test_a_calendar_of_google_with_endless_recurrences_is_a_rotation(tmp_path: Path) -> None:
    """All-day events, in the calendar's zone; a colleague's turn comes every second week."""
    weekly = "RRULE:FREQ=WEEKLY;INTERVAL=2\nSUMMARY:On call"
    guests = "ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;CN=A:mailto:A@example.com"
    room = "ATTENDEE;CUTYPE=RESOURCE:mailto:room@resource.example.com"
    text = calendar(
        f"DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260112\n{weekly}\n{guests}\n{room}",
        f"DTSTART;VALUE=DATE:20260112\nDTEND;VALUE=DATE:20260119\n{weekly}\nATTENDEE:mailto:b@example.com",
        head="X-WR-TIMEZONE:Europe/Berlin\nX-WR-CALNAME:Team\n",
    )

    schedules, _ = imported(tmp_path, "ical", text, AUTUMN)

    shifts = flat("ab", BERLIN, "2026-01-05 00:00", timedelta(weeks=1), 52)
    assert differences(schedules["Team"], Expected(shifts), AUTUMN) == []
    assert schedules["Team"].layers[0].turns == (("a@example.com",), ("b@example.com",))


def test_hours_of_a_recurrence_stay_when_clocks_change(tmp_path: Path) -> None:
    text = calendar(
        "DTSTART;TZID=Europe/Berlin:20261005T220000\nDTEND;TZID=Europe/Berlin:20261006T060000\n"
        "RRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Berlin:20261020T220000\nSUMMARY:on-call: a@example.com",
        head=BERLIN_TIMES + "X-WR-TIMEZONE:Europe/Berlin\nX-WR-CALNAME:Night\n",
    )

    schedules, left = imported(tmp_path, "ical", text, AUTUMN)

    at = {
        moment: on_call(schedules["Night"], NONE, utc(moment))
        for moment in (
            "2026-10-19 20:30",
            "2026-10-20 20:30",
            "2026-10-24 20:30",
            "2026-10-26 21:30",
            "2026-10-27 05:30",
        )
    }
    assert [bool(people) for people in at.values()] == [True, False, True, True, False]
    assert "no turns were found" in left[0]


def test_the_highest_priority_counts_and_cancelled_ones_do_not(tmp_path: Path) -> None:
    day = "DTSTART:20261013T000000Z\nDTEND:20261014T000000Z"
    text = calendar(
        f"{day}\nSUMMARY:[L1] a@example.com",
        f"{day}\nSUMMARY:[L2] b@example.com",
        f"{day}\nSUMMARY:[L2] c@example.com",
        f"{day}\nSUMMARY:[L9] d@example.com\nSTATUS:CANCELLED",
        head="X-WR-CALNAME:Team\n",
    )

    schedules, _ = imported(tmp_path, "ical", text, AUTUMN)

    assert on_call(schedules["Team"], NONE, utc("2026-10-13 12:00")) == ("b@example.com", "c@example.com")
    assert on_call(schedules["Team"], NONE, utc("2026-10-14 12:00")) == ()


def test_a_name_alone_is_a_placeholder(tmp_path: Path) -> None:
    day = "DTSTART:20261013T000000Z\nDTEND:20261014T000000Z"
    text = calendar(f"{day}\nSUMMARY:Jane Doe On-Call (GoAlert: Primary)")

    schedules, left = imported(tmp_path, "ical", text, AUTUMN)

    [schedule] = schedules.values()
    assert on_call(schedule, NONE, utc("2026-10-13 12:00")) == ("unknown-janedoe@example.invalid",)
    assert left[0] == (
        "export: no e-mail address of `Jane Doe` is in the export. "
        "Write theirs in the place of `unknown-janedoe@example.invalid`."
    )


def test_an_event_each_second_for_ever_is_read_no_further_than_is_sensible(tmp_path: Path) -> None:
    text = calendar(
        "DTSTART:20260101T000000Z\nDTEND:20260101T000001Z\nRRULE:FREQ=SECONDLY\nSUMMARY:a@example.com",
        "DTSTART:20261013T000000Z\nDTEND:20261014T000000Z\nSUMMARY:b@example.com",
    )

    _, left = imported(tmp_path, "ical", text, AUTUMN)

    assert left[0] == (
        "export: event `a@example.com` repeats more than once an hour, and is left out. "
        "Mend it in the calendar."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("<!DOCTYPE html><html>Sign in</html>", "is a web page"),
        ('{"schedule": {}}', "BEGIN:VCALENDAR is missing"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "is a broken calendar"),
        (calendar(), "nothing in it"),
    ],
)
def test_what_is_no_calendar_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "calendar.ics").write_text(text)

    with pytest.raises(ConfigInvalid, match=said):
        converted("ical", tmp_path / "calendar.ics", "", AUTUMN)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "icalendar", None)
    (tmp_path / "calendar.ics").write_text(calendar())

    with pytest.raises(ConfigInvalid, match=r"pip install 'muster-bot\[calendars\]'"):
        converted("ical", tmp_path / "calendar.ics", "", AUTUMN)
