"""Who is on call, in a browser: now and next for each team, and a schedule as a calendar of four weeks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup

from bot.domain.oncall.days import Day, Stretch
from bot.domain.oncall.schedules import Turn
from bot.domain.oncall.shifts import Shift
from bot.domain.paging.escalations import OnCall
from bot.domain.process import ALWAYS, Process, Team
from bot.views.browser.rendering import ENVIRONMENT
from bot.views.browser.rich import Reader
from bot.views.mrkdwn import lasting
from bot.views.naming import plain_role

DAYS = 28
A_DAY = 8
"""How many changes of one day are listed: a page stays small."""
GAPS = 10
"""How many gaps are named above a calendar."""
PLACES = (
    ("/on-call", "Now and next"),
    ("/on-call/mine", "My shifts"),
    ("/on-call/reach", "How I am called"),
    ("/on-call/load", "Load"),
    ("/on-call/rehearsal", "Rehearsal"),
)
"""What every page of this room leads to."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the first page shows, read in one transaction. `stale` has calendars that could not be read."""

    process: Process
    now: OnCall
    following: Mapping[str, Shift]
    phones: Mapping[str, str]
    shadows: Mapping[str, Sequence[str]]
    stale: Mapping[str, datetime | None]

    @property
    def people(self) -> set[str]:
        found = {who for each in (self.now, self.shadows) for them in each.values() for who in them}
        return found | {who for one in self.following.values() for who in one.people}


@dataclass(frozen=True, slots=True)
class Tile:
    """One team: who is called now, until when, who comes next, and who is called if nobody answers."""

    name: str
    role: str
    calendar: str
    now: Sequence[tuple[Markup, str]]
    until: Markup | None
    next: Markup | None
    then: Sequence[Markup]
    shadows: Markup | None
    stale: Markup | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A schedule from a day on, and its gaps in that time."""

    name: str
    teams: Sequence[str]
    days: Sequence[Day]
    gaps: Sequence[Stretch]
    today: date
    calendar: bool
    managers: Sequence[str]

    @property
    def people(self) -> set[str]:
        found = {who for day in self.days for one in day.stretches for who in (*one.people, *one.instead)}
        return found | set(self.managers)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a calendar."""

    at: date
    title: str
    today: bool
    past: bool
    lines: Sequence[tuple[Markup, Markup, Markup]]
    """Of each stretch: when, who, and what is said beside."""
    more: int


def tiles(found: Standing, reader: Reader) -> list[Tile]:
    return [_tile(team, found, reader) for team in found.process.teams.values()]


def address(schedule: str, **query: str) -> str:
    """Return the path of a schedule's calendar."""
    asked = urlencode({name: text for name, text in query.items() if text})
    return f"/on-call/schedules/{quote(schedule, safe='')}{f'?{asked}' if asked else ''}"


def _tile(team: Team, found: Standing, reader: Reader) -> Tile:
    shift = found.following.get(team.name)
    schedule = team.schedule.name if team.schedule else ""
    shadows = found.shadows.get(team.name, ())
    return Tile(
        team.name,
        plain_role(team.role, team.name),
        address(schedule) if schedule else "",
        [(reader.name(who), found.phones.get(who, "")) for who in found.now.get(team.name, ())],
        reader.time(shift.start) if shift else None,
        named(shift.people, reader) if shift else None,
        list(_then(team, found, reader)),
        named(tuple(shadows), reader) if shadows else None,
        _stale(found.stale[schedule], reader) if schedule in found.stale else None,
    )


def _then(team: Team, found: Standing, reader: Reader) -> Iterator[Markup]:
    """Yield who is called when nobody has answered, and after how long, as `/inc oncall` says it."""
    waited = timedelta()
    for number, level in enumerate(team.path):
        called = found.now.get(level.key)
        if number and called:
            after = f"after {lasting(waited)}" if waited else "at once"
            only = f" (only {level.only})" if level.only != ALWAYS else ""
            said = Markup("{} <bdi>{}</bdi>: {}{}")
            yield said.format(after, found.process.teams[level.team].role, named(called, reader), only)
        if called:
            waited += level.timeout


def _stale(read_at: datetime | None, reader: Reader) -> Markup:
    since = Markup("since {}").format(reader.time(read_at)) if read_at else "yet"
    return Markup("Its calendar could not be read {}: who is on call may have changed.").format(since)


def named(people: Sequence[str], reader: Reader) -> Markup:
    """Return names, with `and` before the last one."""
    if not people:
        return Markup('<strong class="bad">nobody</strong>')
    *first, last = (reader.name(who) for who in people)
    return Markup(" and ").join([Markup(", ").join(first), last]) if first else last


def calendar(found: Sheet, reader: Reader, *, utc: bool) -> Mapping[str, Any]:
    """Return what the template of a calendar is rendered with."""
    first, last = found.days[0].date, found.days[-1].date
    asked = {"zone": "utc"} if utc else {}
    return {
        "sheet": found,
        "cells": [_cell(day, found, reader) for day in found.days],
        "title": f"On call: {found.name}",
        "gaps": [spell(one.start, one.end, reader) for one in found.gaps[:GAPS]],
        "more_gaps": max(0, len(found.gaps) - GAPS),
        "managers": [reader.name(who) for who in found.managers],
        "span": f"{first:%-d %B %Y} to {last:%-d %B %Y}",
        "clock": clock(reader, found.days[0].start),
        "earlier": address(found.name, since=(first - timedelta(days=DAYS)).isoformat(), **asked),
        "later": address(found.name, since=(first + timedelta(days=DAYS)).isoformat(), **asked),
        "present": address(found.name, **asked),
        "other_clock": address(found.name, since=first.isoformat(), **({} if utc else {"zone": "utc"})),
        "utc": utc,
    }


def clock(reader: Reader, at: datetime) -> str:
    """Say on which clock times are, and how far that is from UTC."""
    there = at.astimezone(reader.zone)
    return "UTC" if reader.zone is UTC else f"{reader.zone} (UTC{there.isoformat()[-6:]})"


def spell(start: datetime, end: datetime, reader: Reader) -> Markup:
    return Markup("{} to {}").format(reader.time(start), reader.time(end))


def _cell(day: Day, found: Sheet, reader: Reader) -> Cell:
    return Cell(
        day.date,
        f"{day.date:%a %-d %b}",
        day.date == found.today,
        day.date < found.today,
        [(_when(one, day, reader), _who(one.people, reader), _beside(one, reader)) for one in _shown(day)],
        max(0, len(day.stretches) - A_DAY),
    )


def _shown(day: Day) -> Sequence[Stretch]:
    return day.stretches[:A_DAY]


def _when(one: Stretch, day: Day, reader: Reader) -> Markup:
    """Return from when until when within a day; nothing of one that is all of it."""
    begins, ends = one.start > day.start, one.end < day.end
    start, end = _hour(one.start, reader), _hour(one.end, reader)
    if begins and ends:
        return Markup("{} to {} ").format(start, end)
    if begins:
        return Markup("from {} ").format(start)
    return Markup("until {} ").format(end) if ends else Markup("")


def _hour(at: datetime, reader: Reader) -> Markup:
    said = Markup('<time datetime="{}" title="{}">{}</time>')
    utc = at.astimezone(UTC)
    return said.format(f"{utc:%Y-%m-%dT%H:%MZ}", f"{utc:%H:%M} UTC", f"{at.astimezone(reader.zone):%H:%M}")


def _who(people: Turn, reader: Reader) -> Markup:
    return named(people, reader) if people else Markup('<strong class="bad">Nobody on call</strong>')


def _beside(one: Stretch, reader: Reader) -> Markup:
    if not one.overridden:
        return Markup("")
    instead = Markup(", instead of {}").format(named(one.instead, reader)) if one.instead else ""
    return Markup(' <span class="soft">(override{})</span>').format(instead)


ENVIRONMENT.globals.update(oncall_places=PLACES)
