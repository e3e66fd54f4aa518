"""Reads the events of an iCalendar text, as PagerDuty, Opsgenie, GoAlert and Google Calendar write them.

Run as a program it does so in a process of its own, which may be ended: a few lines can hold a recurrence
that takes for ever, or more than there is room for.
"""

import json
import re
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.oncall.calendars import Event
from bot.domain.text import one_line

try:
    import icalendar
    import recurring_ical_events
except ImportError:  # the extra `calendars` is not installed
    icalendar = recurring_ical_events = None  # type: ignore[assignment]

CALENDAR_BEGINS = "BEGIN:VCALENDAR"
MOST = 5_000
"""More events than this in the time that is read are no shifts."""
LONGEST_TITLE = 200
MEMORY = 1_000_000_000
CPU_SECONDS = 30

_ZONE = "X-WR-TIMEZONE"
_TIMES = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
_PRIORITY = re.compile(r"\s*\[L(\d{1,9})\]")
_ADDRESS = re.compile(r"[^\s<>:,;()\[\]@]+@[^\s<>:,;()\[\]@]+\.[^\s<>:,;()\[\]@]+")
_AROUND = re.compile(r"^on[- ]call\b[\s:-]*|\bon[- ]call\b.*$", re.IGNORECASE)
_BROKEN = (ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError)


class Unreadable(Exception):
    """A text holds no calendar that can be read; it says why, as the rest of a sentence."""


def parsed(text: str) -> Any:
    """Return the calendar in a text. Raises Unreadable."""
    if icalendar is None:
        raise Unreadable("needs the extra `calendars`. Run: pip install 'muster-bot[calendars]'")
    start = text.lstrip("\ufeff \r\n\t")[:1_000].upper()
    if start.startswith("<"):
        raise Unreadable(
            "is a web page, not a calendar: a login or an error. Look whether its address is right"
        )
    if CALENDAR_BEGINS not in start:
        raise Unreadable(f"is no calendar: {CALENDAR_BEGINS} is missing")
    if "END:VCALENDAR" not in text[-1_000:].upper():
        raise Unreadable("is cut off: END:VCALENDAR is missing")
    try:
        return icalendar.Calendar.from_ical(text)
    except _BROKEN as error:
        raise Unreadable(f"is a broken calendar: {one_line(str(error))[:LONGEST_TITLE]}") from None


def zone_of(calendar: Any) -> str:
    """Return the name of the zone in which a calendar's days are meant, or nothing."""
    return str(calendar.get(_ZONE) or "")


def known_zone_of(calendar: Any) -> ZoneInfo | None:
    """Return that zone, unless it is unknown."""
    with suppress(ValueError, OSError, LookupError):
        return ZoneInfo(zone_of(calendar))
    return None


def read(calendar: Any, zone: ZoneInfo, start: datetime, end: datetime) -> tuple[list[Event], list[str]]:
    """Return the events of a time, and what is odd about some. Raises Unreadable."""
    if not known_zone_of(calendar):
        calendar.pop(_ZONE, None)  # the library would refuse the whole calendar
    try:
        odd = [*_without_unusable(calendar), *_unknown_zones(calendar, zone)]
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(start, end)
    except _BROKEN as error:
        raise Unreadable(f"has events that cannot be read: {one_line(str(error))[:LONGEST_TITLE]}") from None
    if len(found) > MOST:
        raise Unreadable(f"has more than {MOST:,} events in the time that is read")
    events = []
    for each in found:
        begins, ends = _moment(each["DTSTART"].dt, zone), _moment(each.end, zone)
        if str(each.get("STATUS", "")).upper() == "CANCELLED" or ends <= begins:
            continue
        title = one_line(str(each.get("SUMMARY") or ""))[:LONGEST_TITLE]
        priority = _PRIORITY.match(title)
        who = tuple(dict.fromkeys(_people(each, title)))
        events.append(Event(begins, ends, int(priority[1]) if priority else 0, who, title))
    return events, list(dict.fromkeys(odd))


def _without_unusable(calendar: Any) -> Iterator[str]:
    """Take out what is no shift of anybody."""
    for event in list(calendar.events):
        if (why := _unusable(event)) and event in calendar.subcomponents:
            title = one_line(str(event.get("SUMMARY") or "without a title"))[:LONGEST_TITLE]
            calendar.subcomponents.remove(event)
            yield f"event `{title}` {why}, and is left out"


def _unusable(event: Any) -> str:
    """Return why an event cannot be read, or would take for ever to."""
    if broken := [name for name, _ in event.errors if name in _TIMES]:
        return f"has a time that cannot be read ({broken[0]})"
    if not hasattr(event.get("DTSTART"), "dt"):
        return "has no one start"
    rule = event.get("RRULE") or {}
    for one in rule if isinstance(rule, list) else [rule]:
        often = {"SECONDLY", "MINUTELY"} & {str(each).upper() for each in one.get("FREQ", ())}
        times = prod(len(one.get(key, ())) or 1 for key in ("BYHOUR", "BYMINUTE", "BYSECOND"))
        if often or times > 24:
            return "repeats more than once an hour"
    return ""


def _unknown_zones(calendar: Any, zone: ZoneInfo) -> Iterator[str]:
    names = [] if known_zone_of(calendar) else [zone_of(calendar)]
    for event in calendar.events:
        start = event.get("DTSTART")
        at, name = getattr(start, "dt", None), getattr(start, "params", {}).get("TZID")
        names += [str(name or "")] if isinstance(at, datetime) and not at.tzinfo else []
    for name in filter(None, names):
        yield f"the time zone `{one_line(name)[:50]}` is unknown: read as {zone}"


def _moment(at: date | datetime, zone: ZoneInfo) -> datetime:
    """Return a moment. Days and times without a zone are of the calendar's zone."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _people(event: Any, title: str) -> Iterator[str]:
    """Yield who has a shift: its attendees, else an address or a name in its title."""
    raw = event.get("ATTENDEE") or []
    written = [
        re.sub(r"^mailto:", "", str(one), flags=re.IGNORECASE)
        for one in (raw if isinstance(raw, list) else [raw])
        if _attends(getattr(one, "params", {}))
    ]
    written = written or _ADDRESS.findall(title) or _ADDRESS.findall(str(event.get("DESCRIPTION") or ""))
    if not written:
        bare = re.sub(r"\[[^\]]*\]", "", title).strip()
        written = [_AROUND.sub("", _AROUND.sub("", bare)).split(" - ")[0].strip(" -") or title or "nobody"]
    yield from (one_line(one)[:LONGEST_TITLE] for one in written)


def _attends(params: Any) -> bool:
    kind, answer = str(params.get("CUTYPE", "")).upper(), str(params.get("PARTSTAT", "")).upper()
    return kind not in {"RESOURCE", "ROOM"} and answer != "DECLINED"


def main(arguments: list[str]) -> None:
    """Print the events of the text on the standard input as JSON, or why it cannot be read."""
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS)):
        with suppress(ValueError, OSError):  # not every system knows both
            resource.setrlimit(limit, (most, most))
    zone, start, end = ZoneInfo(arguments[0]), *map(datetime.fromisoformat, arguments[1:])
    try:
        calendar = parsed(sys.stdin.buffer.read().decode("utf-8-sig", "replace"))
        events, odd = read(calendar, known_zone_of(calendar) or zone, start, end)
    except Unreadable as error:
        json.dump({"trouble": str(error)}, sys.stdout)
        return
    rows = [(str(one.start), str(one.end), *one[2:]) for one in events]
    json.dump({"events": rows, "odd": odd}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
