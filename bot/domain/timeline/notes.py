"""Notes: what a person writes on the timeline, and when that happened."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain import durations
from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import GONE, Incident, went_on
from bot.domain.oncall.spans import moment

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?:last )?(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
DAYS = rf"yesterday|today|{_WEEKDAY}|\d{{4}}-\d\d-\d\d"
_CLOCK = r"\d{1,2}(?::\d\d(?: ?[ap]m\b)?| ?[ap]m\b)"
_AGO = rf"(?P<ago>{durations.LENGTH}) ago\b"
WHEN = rf"(?:at |on )?(?:(?:(?P<day>{DAYS}) (?:at )?)?(?P<time>{_CLOCK})|{_AGO})"
_NOON = 12
_TIMED = re.compile(rf"{WHEN}[:,]?\s+(?P<text>\S.*)", re.IGNORECASE | re.DOTALL)


EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Slack shows no time before it, and the first years have no name on every clock."""
TOO_EARLY = "That time is before 1970. Look at its year: `2026-12-25 14:05`."


def taking_notes(incident: Incident) -> Incident:
    """Return the incident if it takes notes; refuse, also before somebody writes one in vain."""
    if incident.status in GONE:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: it takes no more notes. {went_on(incident)}".strip(),
            Step("Timeline", "timeline", incident.id),
        )
    return incident


def timed(text: str, zone: ZoneInfo, now: datetime) -> tuple[str, datetime | None]:
    """Return the words of a note and when that was which it tells of: "at 14:05 the disk was full".

    A time of day alone is the last one on the clocks of `zone`.
    """
    if not (found := _TIMED.fullmatch(text)):
        return text, None
    return found["text"], happened(meant(found, zone, now), now)


def lacks_words(text: str) -> bool:
    """Say whether a note is a time and nothing else: nobody learns what happened then."""
    return bool(re.fullmatch(WHEN, text.strip().rstrip(":,"), re.IGNORECASE))


def meant(found: re.Match[str], zone: ZoneInfo, now: datetime) -> datetime:
    """Return the moment that a match of `WHEN` stands for."""
    ago = durations.read(found["ago"]) if found["ago"] else None
    return past(found["day"], found["time"], zone, now) if ago is None else now - ago


def past(day: str | None, clock: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return when a time of day was, on a day or the last time, on the clocks of `zone`.

    A day of the week is the last one on which that time has passed.
    """
    clock, today = _of_24_hours(clock), now.astimezone(zone).date()
    before = today - timedelta(days=1)
    said = (day or "today").lower()
    weekday = said.removeprefix("last ")[:3]
    if weekday in _WEEK:
        ago = (today.weekday() - _WEEK.index(weekday)) % 7
        at = moment(f"{today - timedelta(days=ago)} {clock}", zone, now)
        return at if at <= now else moment(f"{today - timedelta(days=ago + 7)} {clock}", zone, now)
    named = {"today": today.isoformat(), "yesterday": before.isoformat()}.get(said, said)
    at = moment(f"{named} {clock}", zone, now)
    return moment(f"{before} {clock}", zone, now) if at > now and not day else at


def _of_24_hours(clock: str) -> str:
    """Return a time of day such as "2:05 pm" as 14:05; any other as it is."""
    if not (found := re.fullmatch(r"(\d{1,2})(?::(\d\d))? ?([ap])m", clock.lower())):
        return clock
    hour = int(found[1])
    if 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if found[3] == "p" else 0)
    return f"{hour}:{found[2] or '00'}"


def happened(at: datetime, now: datetime) -> datetime:
    """Return when something happened; refuse what is still to come, and a year that must be a slip."""
    if at > now:
        raise Refused("A note tells of what happened, and that time is still to come.")
    if at < EARLIEST:
        raise Refused(TOO_EARLY)
    return at
