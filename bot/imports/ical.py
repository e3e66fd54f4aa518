"""iCalendar files, as PagerDuty, Opsgenie, Grafana OnCall, GoAlert and Google Calendar write them.

Most hold every shift by itself. Turns are looked for in the shifts, and what is found is compared with them.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bot.config.problems import ConfigInvalid
from bot.domain.oncall.overrides import NONE
from bot.domain.oncall.schedules import Turn
from bot.domain.oncall.shifts import Shift, shifts
from bot.imports.draft import Draft
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

try:
    import icalendar
    import recurring_ical_events
except ImportError:  # the extra `calendars` is not installed
    icalendar = recurring_ical_events = None  # type: ignore[assignment]

NAME = "iCalendar"
AHEAD = timedelta(weeks=26)
"""How far shifts are read: a recurrence may have no end."""
MOST_SHIFTS = 200
"""More shifts than this make no file that people can read."""
MOST_TURNS = 26

_PRIORITY = re.compile(r"\s*\[L(\d+)\]")
_ADDRESS = re.compile(r"[^\s<>:,;()\[\]@]+@[^\s<>:,;()\[\]@]+\.[^\s<>:,;()\[\]@]+")
_AROUND = re.compile(r"\[[^\]]*\]|^on[- ]call\b[\s:-]*|\bon[- ]call\b.*$", re.IGNORECASE)


class Event(NamedTuple):
    """Somebody is on call from `start` until `end`; the highest priority counts."""

    start: datetime
    end: datetime
    priority: int
    people: Turn


def take(draft: Draft, path: Path, zone: str) -> None:
    """Carry over a calendar as one schedule."""
    calendar = _calendar(path)
    where = str(calendar.get("X-WR-CALNAME") or path.stem)
    where = re.sub(r"^on[- ]call schedule for ", "", where, flags=re.IGNORECASE)
    found = draft.zone(zone or str(calendar.get("X-WR-TIMEZONE") or "UTC"), where)
    if not found:
        return
    segments = list(_segments(_events(draft, calendar, found, where), draft.now))
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
    if icalendar is None:
        raise ConfigInvalid(
            ["Calendars need the extra `calendars`. Run: pip install 'muster-bot[calendars]'"]
        )
    text = text_of(path)
    if "BEGIN:VCALENDAR" not in text.upper():
        raise ConfigInvalid([f"{path}: is no iCalendar file: BEGIN:VCALENDAR is missing."])
    try:
        return icalendar.Calendar.from_ical(text)
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise ConfigInvalid([f"{path}: is a broken iCalendar file: {error}."]) from None


def _events(draft: Draft, calendar: Any, zone: ZoneInfo, where: str) -> list[Event]:
    for event in list(calendar.events):
        if _endless_seconds(event.get("RRULE") or {}):
            title = event.get("SUMMARY") or "without a title"
            draft.leave(
                where, f"event `{title}` repeats more than once an hour", "Remove it from the calendar"
            )
            calendar.subcomponents.remove(event)
    try:
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(draft.now, draft.now + AHEAD)
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError) as error:
        raise ConfigInvalid([f"{where}: its events cannot be read: {error}."]) from None
    events = []
    for event in found:
        start, end = _moment(event["DTSTART"].dt, zone), _moment(event.end, zone)
        if str(event.get("STATUS", "")).upper() == "CANCELLED" or end <= start:
            continue
        title = str(event.get("SUMMARY") or "")
        priority = _PRIORITY.match(title)
        people = tuple(_people(draft, event, title, where))
        events.append(Event(start, end, int(priority[1]) if priority else 0, people))
    return events


def _endless_seconds(rule: Any) -> bool:
    """Say whether a recurrence would take for ever to read, and is no shift of anybody."""
    often = {"SECONDLY", "MINUTELY"} & {str(one).upper() for one in rule.get("FREQ", ())}
    times = prod(len(rule.get(key, ())) or 1 for key in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    return bool(often) or times > 24


def _moment(at: date | datetime, zone: ZoneInfo) -> datetime:
    """Return a moment. Days and times without a zone are of the calendar's zone."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _people(draft: Draft, event: Any, title: str, where: str) -> Iterator[str]:
    """Yield who has a shift: its attendees, else an address or a name in its title."""
    raw = event.get("ATTENDEE") or []
    attendees = [
        re.sub(r"^mailto:", "", str(one), flags=re.IGNORECASE)
        for one in (raw if isinstance(raw, list) else [raw])
        if _attends(getattr(one, "params", {}))
    ]
    written = attendees or _ADDRESS.findall(title) or _ADDRESS.findall(str(event.get("DESCRIPTION") or ""))
    for one in dict.fromkeys(written):
        draft.know(one, one, one)
        yield draft.person(one, one, where)
    if not written:
        name = _AROUND.sub("", _AROUND.sub("", title)).split(" - ")[0].strip(" -") or title or "nobody"
        yield draft.person(name, name, where)


def _attends(params: Any) -> bool:
    kind, answer = str(params.get("CUTYPE", "")).upper(), str(params.get("PARTSTAT", "")).upper()
    return kind not in {"RESOURCE", "ROOM"} and answer != "DECLINED"


def _segments(events: Sequence[Event], now: datetime) -> Iterator[Shift]:
    """Yield who is on call when, one after another: of events at once the highest priority counts."""
    bounds = sorted({bound for one in events for bound in (one.start, one.end)})
    coming = sorted(events)[::-1]
    running: list[Event] = []
    last: Shift | None = None
    for start, end in pairwise(bounds):
        while coming and coming[-1].start <= start:
            running.append(coming.pop())
        running = [one for one in running if one.end > start]
        top = max((one.priority for one in running), default=0)
        people = tuple(sorted({who for one in running if one.priority == top for who in one.people}))
        if last and last.end == start and last.people == people:
            last = Shift(last.start, end, people)
            continue
        if last and last.people and last.end > now:
            yield last
        last = Shift(start, end, people)
    if last and last.people and last.end > now:
        yield last


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
