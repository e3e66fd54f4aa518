"""Events of a calendar: whom they mean, and whose shifts they make."""

from zoneinfo import ZoneInfo

import pytest

from bot.domain.oncall.calendars import Event, laid_out, whom
from bot.domain.oncall.overrides import NONE, Overrides
from bot.domain.oncall.schedules import Calendar, Schedule
from bot.domain.oncall.shifts import on_call, shifts
from tests.domain.oncall.values import BERLIN, layer, override, schedule, utc

DAY = "2026-03-02 "
NAMED = {"jane doe": "UJANE", "jd@old.example": "UJANE", "primary": "UPRIMARY"}
KNOWN = {"ana@example.com": "UANA", "bo@example.com": "UBO", "bo berg": "UBO"}


def event(start: str, end: str, *who: str, priority: int = 0, title: str = "") -> Event:
    return Event(utc(DAY + start), utc(DAY + end), priority, who, title)


@pytest.mark.parametrize(
    ("who", "title", "called", "unmatched"),
    [
        (("ana@example.com",), "", ("UANA",), ()),
        (("Ana@Example.com", "bo@example.com"), "", ("UANA", "UBO"), ()),
        (("Bo Berg",), "On Call - Bo Berg - EOC", ("UBO",), ()),
        (("JD@old.example",), "", ("UJANE",), ()),
        (("x@example.com",), "On Call - JANE DOE - EOC", ("UJANE",), ()),
        (("x@example.com", "ana@example.com"), "", ("UANA",), ("x@example.com",)),
        (("Jane Doering",), "Jane Doering", (), ("Jane Doering",)),
        ((), "", (), ()),
    ],
    ids=[
        "an attendee",
        "several",
        "a name of the workspace",
        "an address that the configuration names",
        "a text in the title before an attendee",
        "one of two is unknown",
        "the beginning of a name is no name",
        "nobody",
    ],
)
def test_an_event_means(who: tuple[str, ...], title: str, called: object, unmatched: object) -> None:
    assert whom(event("09:00", "10:00", *who, title=title), NAMED, KNOWN) == (called, unmatched)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([event("09:00", "12:00", "a"), event("12:00", "15:00", "b")], ["09-12 a", "12-15 b"]),
        ([event("09:00", "12:00", "a"), event("12:00", "15:00", "a")], ["09-15 a"]),
        ([event("09:00", "15:00", "a"), event("10:00", "12:00", "b")], ["09-10 a", "10-12 a+b", "12-15 a"]),
        (
            [event("09:00", "15:00", "a"), event("10:00", "12:00", "b", priority=1)],
            ["09-10 a", "10-12 b", "12-15 a"],
        ),
        ([event("09:00", "15:00", "a"), event("10:00", "12:00", priority=1)], ["09-15 a"]),
        ([event("09:00", "10:00", "a"), event("12:00", "15:00", "b")], ["09-10 a", "12-15 b"]),
        ([event("09:00", "10:00", "a"), event("09:00", "10:00", "a")], ["09-10 a"]),
        ([], []),
    ],
    ids=["in turn", "one after another", "at once", "priority", "unknown", "a gap", "twice", "none"],
)
def test_events_make_shifts(events: list[Event], expected: list[str]) -> None:
    found = [f"{one.start:%H}-{one.end:%H} {'+'.join(one.people)}" for one in laid_out(events)]

    assert found == expected


def read(*events: Event, fallback: str = "") -> Schedule:
    source = Calendar(ZoneInfo(BERLIN), file="x.ics")
    layers = (layer(fallback),) if fallback else ()
    times = tuple((one.start, one.end, one.people) for one in laid_out(events))
    return Schedule("EOC", layers, calendar=source).read(times)


@pytest.mark.parametrize(
    ("at", "called"),
    [
        ("08:59", "f"),
        ("09:00", "a"),
        ("11:59", "a"),
        ("12:00", "f"),
        ("12:59", "f"),
        ("13:30", "o"),
        ("14:00", "b"),
    ],
)
def test_a_calendar_wins_over_layers_and_an_override_over_both(at: str, called: str) -> None:
    found = read(event("09:00", "12:00", "a"), event("13:00", "15:00", "b"), fallback="f")
    covered = Overrides([override(DAY + "13:00", DAY + "14:00", "o", "b")])

    assert on_call(found, covered, utc(DAY + at)) == (called,)


def test_shifts_of_a_calendar_begin_and_end_where_it_says() -> None:
    found = list(shifts(read(event("09:00", "12:00", "a")), NONE, utc(DAY + "08:00"), utc(DAY + "13:00")))

    assert [(f"{one.start:%H}", one.people, one.by) for one in found] == [
        ("08", (), ""),
        ("09", ("a",), "calendar"),
        ("12", (), ""),
    ]


def test_what_was_read_of_a_calendar_that_is_gone_counts_no_more() -> None:
    once = ((utc("2026-03-02"), utc("2026-03-03"), ("a",)),)

    assert on_call(schedule(layer("f")).read(once), NONE, utc("2026-03-02")) == ("f",)
