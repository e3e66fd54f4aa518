"""Notes: what a person writes on the timeline, and when that happened."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import GONE, Incident
from bot.domain.oncall.spans import moment

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?:last )?(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
DAYS = rf"yesterday|today|{_WEEKDAY}|\d{{4}}-\d\d-\d\d"
WHEN = rf"(?:at |on )?(?:(?P<day>{DAYS}) (?:at )?)?(?P<time>\d{{1,2}}:\d\d)"
_TIMED = re.compile(rf"{WHEN}[:,]?\s+(?P<text>\S.*)", re.IGNORECASE | re.DOTALL)


def taking_notes(incident: Incident) -> Incident:
    """Return the incident if it takes notes; refuse, also before somebody writes one in vain."""
    if incident.status in GONE:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: it takes no more notes.",
            Step("Timeline", "timeline", incident.id),
        )
    return incident


def timed(text: str, zone: ZoneInfo, now: datetime) -> tuple[str, datetime | None]:
    """Return the words of a note and when that was which it tells of: "at 14:05 the disk was full".

    A time of day alone is the last one on the clocks of `zone`.
    """
    if not (found := _TIMED.fullmatch(text)):
        return text, None
    return found["text"], happened(past(found["day"], found["time"], zone, now), now)


def past(day: str | None, clock: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return when a time of day was, on a day or the last time, on the clocks of `zone`.

    A day of the week is the last one on which that time has passed.
    """
    today = now.astimezone(zone).date()
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


def happened(at: datetime, now: datetime) -> datetime:
    """Return when something happened; refuse what is still to come."""
    if at > now:
        raise Refused("A note tells of what happened, and that time is still to come.")
    return at
