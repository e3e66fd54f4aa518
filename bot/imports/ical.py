"""iCalendar files, as PagerDuty, Opsgenie, Grafana OnCall, GoAlert and Google Calendar write them.

Most hold every shift by itself. Turns are looked for in the shifts, and what is found is compared with them.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.config.problems import ConfigInvalid
from bot.domain.oncall.calendars import Event, laid_out
from bot.domain.oncall.overrides import NONE
from bot.domain.oncall.schedules import Turn
from bot.domain.oncall.shifts import Shift, shifts
from bot.imports.draft import Draft
from bot.imports.events import Unreadable, known_zone_of, parsed, read, zone_of
from bot.imports.exports import text_of
from bot.imports.rotations import (
    DAY,
    MINUTES_OF_DAY,
    WEEK,
    Rotation,
    Unwritable,
    layers_of,
    local,
    one_shift,
    schedule_of,
)

NAME = "iCalendar"
AHEAD = timedelta(weeks=26)
"""How far shifts are read: a recurrence may have no end."""
MOST_SHIFTS = 200
"""More shifts than this make no file that people can read."""
MOST_TURNS = 26


def take(draft: Draft, path: Path, zone: str) -> None:
    """Carry over a calendar as one schedule."""
    calendar = _calendar(path)
    where = str(calendar.get("X-WR-CALNAME") or path.stem)
    where = re.sub(r"^on[- ]call schedule for ", "", where, flags=re.IGNORECASE)
    found = known_zone_of(calendar) or draft.zone(zone or zone_of(calendar) or "UTC", where)
    if not found:
        return
    segments = [one for one in laid_out(_events(draft, calendar, found, where)) if one.end > draft.now]
    item = {"name": where, "id": where}
    if segments and (rotation := _turns(segments, found, draft.now)):
        turns, until = len(rotation.turns), segments[-1].end
        what = f"{turns} turns were found in the shifts that the calendar has until {until:%Y-%m-%d}"
        draft.leave(where, what, "Compare the schedule with the calendar")
        draft.schedule(item, where, found, [[rotation]], at_once=False)
        return
    if len(segments) > MOST_SHIFTS:
        cure = "Write the rotation by hand (docs/schedules.md)"
        draft.leave(where, f"there are {len(segments)} shifts, and no turns were found in them", cure)
        segments = segments[:MOST_SHIFTS]
    elif segments:
        what = f"no turns were found; its {len(segments)} shifts end on {segments[-1].end:%Y-%m-%d}"
        draft.leave(where, what, "Write the rotation by hand before that day (docs/schedules.md)")
    each = [
        one_shift(f"{one.start:%Y-%m-%d}", found, local(one.start, found), local(one.end, found), one.people)
        for one in segments
    ]
    draft.schedule(item, where, found, [[one] for one in each], at_once=False)


def _calendar(path: Path) -> Any:
    try:
        return parsed(text_of(path))
    except Unreadable as error:
        raise ConfigInvalid([f"{path}: {error}."]) from None


def _events(draft: Draft, calendar: Any, zone: ZoneInfo, where: str) -> Iterator[Event]:
    """Yield who has which shift, as `muster.yml` names people."""
    try:
        found, odd = read(calendar, zone, draft.now, draft.now + AHEAD)
    except Unreadable as error:
        raise ConfigInvalid([f"{where}: {error}."]) from None
    for what in odd:
        draft.leave(where, what, "Mend it in the calendar")
    for one in found:
        for who in one.who:
            if "@" in who:
                draft.know(who, who, who)
        yield one._replace(who=tuple(draft.person(who, who, where) for who in one.who))


def _turns(segments: Sequence[Shift], zone: ZoneInfo, now: datetime) -> Rotation | None:
    """Return the rotation that comes to the same shifts, if there is one."""
    starts = [local(one.start, zone) for one in segments]
    lengths = [local(one.end, zone) - start for one, start in zip(segments, starts, strict=True)]
    windows = {
        (
            start.weekday() * MINUTES_OF_DAY + start.hour * 60 + start.minute,
            round(length / timedelta(minutes=1)),
        )
        for start, length in zip(starts, lengths, strict=True)
    }
    gaps = any(one.end < other.start for one, other in pairwise(segments))
    for every in sorted({min(lengths), DAY, WEEK, 2 * WEEK}):
        for anchor in starts[:2]:
            for count in range(1, MOST_TURNS + 1):
                turns = _repeating(segments, starts, anchor, every, count)
                rotation = Rotation(
                    "rotation", zone, anchor, every, turns, None, None, tuple(windows) if gaps else ()
                )
                if turns and _same(rotation, segments, now):
                    return rotation
    return None


def _repeating(
    segments: Sequence[Shift], starts: Sequence[datetime], anchor: datetime, every: timedelta, count: int
) -> tuple[Turn, ...]:
    """Return `count` turns that repeat in the shifts, or nothing."""
    found: dict[int, Turn] = {}
    for segment, start in zip(segments, starts, strict=True):
        number = (start - anchor) // every
        if start >= anchor and found.setdefault(number % count, segment.people) != segment.people:
            return ()
    seen = (starts[-1] - anchor) // every + 1
    return tuple(found[n] for n in range(count)) if len(found) == count < seen else ()


def _same(rotation: Rotation, segments: Sequence[Shift], now: datetime) -> bool:
    try:
        layers = layers_of(rotation, rotation.zone, now)
    except Unwritable:
        return False
    end = segments[-1].start
    schedule = schedule_of("any", {"zone": rotation.zone.key, "layers": layers})
    found = [(one.start, one.people) for one in shifts(schedule, NONE, now, end) if one.people]
    wanted = [(max(one.start, now), one.people) for one in segments if one.start < end]
    return [(at, tuple(sorted(people))) for at, people in found] == wanted
