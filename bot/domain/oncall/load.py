"""The load of a schedule: how often its people were paged in a month, when, and how soon they answered."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from bot.domain.errors import Refused
from bot.domain.oncall.schedules import instant
from bot.domain.oncall.shifts import Shift
from bot.domain.oncall.spans import Span

_EVENING, _MORNING = 22, 7
_SATURDAY = 5
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_NUMBERED = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_NAMED = re.compile(r"([a-z]{3,9})(?: (20\d\d))?")


@dataclass(frozen=True, slots=True)
class Called:
    """One page of one person, and how long it took them to acknowledge it; None if they did not."""

    person: str
    at: datetime
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What pages come to. One at night on a weekend counts as both."""

    pages: int
    acknowledged: int
    median: timedelta | None
    longest: timedelta | None
    night: int
    weekend: int


@dataclass(frozen=True, slots=True)
class Load:
    """A month of a schedule: in all, by person, and by shift.

    `others` called somebody who is not on call in that shift as the schedule is now. `calm` shifts had no
    page: a gap with nobody on call is none of them.
    """

    schedule: str
    month: Span
    whole: Figures
    people: Sequence[tuple[str, Figures]]
    shifts: Sequence[tuple[Shift, Figures]]
    others: int
    calm: int


def month_of(text: str, zone: ZoneInfo, now: datetime) -> Span:
    """Return the month that is meant: `2026-11`, `november`, `nov 2025`, or without words the present one.

    A name alone is the last such month that has begun.
    """
    today = now.astimezone(zone).date()
    first = _first_day(" ".join(text.lower().split()), today)
    if first > today:
        raise Refused(f"{first:%B %Y} has not begun. Name a month that has: `{today:%Y-%m}`.")
    after = (first + timedelta(days=31)).replace(day=1)
    start, end = (instant(datetime.combine(day, time()), zone) for day in (first, after))
    return Span(start, end)


def _first_day(said: str, today: date) -> date:
    if not said:
        return today.replace(day=1)
    if found := _NUMBERED.fullmatch(said):
        return date(int(found[1]), int(found[2]), 1)
    found = _NAMED.fullmatch(said)
    near = [number for number, name in enumerate(_MONTHS, 1) if found and name.startswith(found[1])]
    if not found or len(near) != 1:
        raise Refused(
            f"`{said.replace('`', '')[:60]}` is no month. "
            f"Write `{today:%Y-%m}`, `november` or `nov {today:%Y}`."
        )
    year = int(found[2]) if found[2] else today.year - (near[0] > today.month)
    return date(year, near[0], 1)


def load_of(
    schedule: str,
    month: Span,
    called: Sequence[Called],
    shifts: Sequence[Shift],
    zone_of: Callable[[str], ZoneInfo],
) -> Load:
    """Return what the pages of a month come to; each counts on the clocks of whom it called."""
    by_person = {one.person: [each for each in called if each.person == one.person] for one in called}
    people = [(who, figures(theirs, zone_of)) for who, theirs in by_person.items()]
    by_shift = [(shift, [one for one in called if shift.start <= one.at < shift.end]) for shift in shifts]
    return Load(
        schedule,
        month,
        figures(called, zone_of),
        sorted(people, key=lambda one: (-one[1].pages, one[0])),
        [(shift, figures(theirs, zone_of)) for shift, theirs in by_shift if theirs],
        sum(one.person not in shift.people for shift, theirs in by_shift for one in theirs),
        sum(not theirs for shift, theirs in by_shift if shift.people),
    )


def figures(called: Sequence[Called], zone_of: Callable[[str], ZoneInfo]) -> Figures:
    """Return what pages come to. Night is from 22:00 to 07:00, where the person is."""
    took = [one.took for one in called if one.took is not None]
    there = [one.at.astimezone(zone_of(one.person)) for one in called]
    return Figures(
        pages=len(called),
        acknowledged=len(took),
        median=_median(took),
        longest=max(took, default=None),
        night=sum(map(at_night, there)),
        weekend=sum(map(at_weekend, there)),
    )


def together(each: Collection[Figures], called: Iterable[Called]) -> Figures:
    """Return what the pages of several people, whose figures these are, come to."""
    took = [one.took for one in called if one.took is not None]
    return Figures(
        pages=sum(one.pages for one in each),
        acknowledged=sum(one.acknowledged for one in each),
        median=_median(took),
        longest=max(took, default=None),
        night=sum(one.night for one in each),
        weekend=sum(one.weekend for one in each),
    )


def at_night(at: datetime) -> bool:
    """Say whether it is night on this clock."""
    return at.hour >= _EVENING or at.hour < _MORNING


def at_weekend(at: datetime) -> bool:
    return at.weekday() >= _SATURDAY


def _median(took: Iterable[timedelta]) -> timedelta | None:
    seconds = [one.total_seconds() for one in took]
    return timedelta(seconds=median(seconds)) if seconds else None
