"""From when until when, as somebody types it: `until 18:00`, `tomorrow 09:00-17:00`.

The grammar is small and strict: a guess would put somebody on call at a time that nobody meant.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from bot.domain import durations
from bot.domain.errors import Refused
from bot.domain.oncall.schedules import instant

HOW = (
    "Write `until 18:00`, `for 2 hours`, `tomorrow 09:00-17:00`, `fri 18:00 to mon 09:00` or "
    "`2026-12-01 08:00 to 16:00`."
)
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {spelled: number for number, name in enumerate(_NAMES) for spelled in (name, name[:3])}
_NEAR = ("today", "tomorrow", "tmrw")
_YEARS = range(2000, 2100)

DAY = rf"{'|'.join(_NEAR)}|{'|'.join(_DAYS)}|\d{{4}}-\d\d-\d\d"
_TIME = r"\d{1,2}(?::\d\d)?\s?[ap]m\b|\d{1,2}:\d\d\b"
_SPAN = re.compile(
    rf"(?:from )?(?:(?P<day>{DAY})\b)?(?: ?(?:at )?(?P<time>{_TIME}))?"
    rf"(?:(?P<to> ?[-–—] ?| ?(?:to|until|till) )(?:(?P<last>{DAY})\b)?(?: ?(?:at )?(?P<end>{_TIME}))?)?"
)
MOMENT = rf"(?:(?P<day>{DAY})\b)? ?(?:at )?(?P<time>{_TIME})"
_BEGUN = re.compile(rf"(?P<start>.*\d(?: ?[ap]m)?)(?:,? for|,) (?P<length>{durations.LENGTH})")
"""A moment and how long it takes from then on: `sat 22:00 for 2h`."""
_NOW = re.compile(r"^(?:from |beginning |starting )?now\b,? ?(?=for|to|until|till|[-–—])")
"""What begins now begins now without saying so: `now for 1 hour`."""
_HOURS = re.compile(
    rf"(?P<before>(?:from )?(?:(?:{DAY})\b ?)?(?:from |at )?)"
    r"(?P<first>\d{1,2})(?P<minutes>:\d\d)? ?(?P<half>[ap]m)?(?: ?[-–—] ?| ?(?:to|until|till) )"
    r"(?P<last>\d{1,2})(?P<more>:\d\d)? ?(?P<later>[ap]m)?"
)
"""Two times of one day, of which one or both are an hour alone: `tomorrow 9-11`, `9-11am`."""
_OTHER = {"am": "pm", "pm": "am"}
_ALONE = re.compile(rf"(?P<before>(?:{DAY})\b (?:at )?)(?P<hour>\d{{1,2}})$")
_KNOWN = re.compile(rf"(?:{DAY})\b|{_TIME}|\b(?:from|at|until|till|to|for|now)\b|[-–—]")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d))?\s?([ap]m)?")


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` until `end`, in UTC."""

    start: datetime
    end: datetime


def span(text: str, zone: ZoneInfo, now: datetime, *, hours: bool = False) -> Span:
    """Return the time that is meant, on the clocks of `zone`. Refuses what it does not understand whole.

    A time of day alone is the next one, also after midnight: `22:00-06:00` ends on the following day. With
    `hours`, `9-11` alone is a time of day too: elsewhere it may be two days.
    """
    said = _NOW.sub("", " ".join(text.lower().split()))
    if said.startswith("for ") and (length := durations.read(said)):
        return Span(now, now + length)
    if (begun := _BEGUN.fullmatch(said)) and (length := durations.read(begun["length"])):
        start = moment(begun["start"].removeprefix("from "), zone, now)
        return Span(start, start + length)
    found = _SPAN.fullmatch(_in_full(said, alone=hours))
    if not said:
        raise Refused(f"When? {HOW}")
    if not found:
        raise _unclear(text)
    today = now.astimezone(zone).date()
    if not found["to"]:
        if not found["day"] or found["time"]:
            raise _unclear(text, "When does it end? ")
        day = _date(found["day"], today)
        return Span(_at(day, time(), zone), _at(day + timedelta(days=1), time(), zone))
    if not found["end"] or (found["day"] and not found["time"]):
        raise _unclear(text, "Each day needs a time: `until fri 18:00`. ")  # Friday's begin or its end?
    return _between(found, zone, now, today)


def moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the moment that a time and its day name, such as `fri 03:10`; without a day, the next one."""
    said = _ALONE.sub(r"\g<before>\g<hour>:00", " ".join(text.lower().split()), count=1)
    found = re.fullmatch(MOMENT, said)
    if not found:
        raise Refused(
            f"I do not understand the time `{text.replace('`', '')[:60]}`. "
            "Write `03:10`, `tomorrow 03:10`, `fri 18:00` or `2026-12-25 03:10`."
        )
    today, clock = now.astimezone(zone).date(), _clock(found["time"])
    at = _at(_date(found["day"], today) if found["day"] else today, clock, zone)
    if not found["day"] and at < now:
        at = _at(today + timedelta(days=1), clock, zone)
    return _shown(at, clock, zone)


def spoken(meant: Span, zone: ZoneInfo) -> str:
    """Return from when until when that is on the clocks of `zone`, which are named."""
    start, end = (one.astimezone(zone) for one in (meant.start, meant.end))
    first, last = f"{start:%a} {start.day} {start:%b %Y}", f"{end:%a} {end.day} {end:%b %Y}"
    return f"{first}, {start:%H:%M} to {'' if first == last else f'{last}, '}{end:%H:%M} ({zone})"


def _in_full(said: str, *, alone: bool) -> str:
    """Return two times of a day with their minutes, or with am and pm at both where one has it."""
    found = _HOURS.fullmatch(said)
    if not found:
        return said
    first, last = int(found["first"]), int(found["last"])
    half, later = found["half"] or "", found["later"] or ""
    if not (half or later or alone or found["before"].strip() or found["minutes"] or found["more"]):
        return said
    if half or later:
        same = first % 12 < last % 12
        half = half or (later if same else _OTHER[later])
        later = later or (half if same else _OTHER[half])
    times = (
        f"{first}{found['minutes'] or ('' if half else ':00')}{half}",
        f"{last}{found['more'] or ('' if later else ':00')}{later}",
    )
    return f"{found['before']}{'-'.join(times)}"


def _between(found: re.Match[str], zone: ZoneInfo, now: datetime, today: date) -> Span:
    day = _date(found["day"], today) if found["day"] else today
    start = _at(day, _clock(found["time"]), zone) if found["time"] else now
    later = today if found["last"] in _NEAR else day
    last = _date(found["last"], later) if found["last"] else day
    end = _at(last, _clock(found["end"]), zone)
    if not found["last"] and end <= start:
        end = _at(last + timedelta(days=1), _clock(found["end"]), zone)
    if found["time"] and not found["day"] and not found["last"] and end <= now:
        start, end = (_at(today + timedelta(days=1), _clock(found[one]), zone) for one in ("time", "end"))
    if found["time"]:
        _shown(start, _clock(found["time"]), zone)
    return Span(start, _shown(end, _clock(found["end"]), zone))


def _date(text: str, today: date) -> date:
    """Return the day that is meant; a day of the week is the next one, which may be today."""
    if text in _NEAR:
        return today + timedelta(days=text != "today")
    if text in _DAYS:
        return today + timedelta(days=(_DAYS[text] - today.weekday()) % 7)
    try:
        if (found := date.fromisoformat(text)).year in _YEARS:
            return found
    except ValueError:
        pass
    raise Refused(f"There is no day {text} that I know.")


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if found and found[3]:
        hour = hour % 12 + 12 * (found[3] == "pm") if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59:
        raise Refused(f"There is no time {text}. The end of a day is 00:00.")
    return time(hour, minute)


def _shown(at: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """Refuse a time that the clocks of a zone skip: it may have been meant before the change or after it."""
    there = at.astimezone(zone)
    if there.time() != clock:
        raise Refused(f"The clocks of {zone} skip {clock:%H:%M} on that day. Write {there:%H:%M}.")
    return at


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return instant(datetime.combine(day, clock), zone).astimezone(UTC)


def unknown_words(text: str) -> list[str]:
    """Return the words that are no part of a time."""
    return [word for word in text.lower().split() if _KNOWN.sub("", word)]


def misspelt_day(word: str) -> str | None:
    """Return the day that a word nearly names."""
    said = word.lower()
    known = [*_NEAR, *_NAMES]
    return (
        None if said in known or said in _DAYS else next(iter(get_close_matches(said, known, 1, 0.8)), None)
    )


def _unclear(text: str, why: str = "") -> Refused:
    unknown = unknown_words(text)
    meant = next((f"Did you mean {day}? " for day in map(misspelt_day, unknown) if day), why)
    what = (" ".join(unknown) or text).replace("`", "")[:60]
    return Refused(f"I do not understand {'' if unknown else 'the time '}`{what}`. {meant}{HOW}")
