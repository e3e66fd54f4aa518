"""Pausing an S3 or S4 until a date: what may be paused, and the date as somebody types it."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain import durations
from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Incident
from bot.domain.oncall.spans import DAY, moment

LONGEST = timedelta(days=90)
BEGINS = time(9)
"""A day that is named without a time begins then."""
HOW = "Write `until monday`, `until 2026-12-01 14:00` or `for 3 days`, then perhaps the reason."
_TIME = r"\d{1,2}(?::\d\d)?\s?[ap]m\b|\d{1,2}:\d\d\b"
_UNTIL = re.compile(
    rf"(?:(?:until+|till?|['’]till?|to) )?(?:(?P<week>next week\b)|(?:next )?"
    rf"(?P<when>(?:(?:{DAY})\b)(?: (?:at )?(?:{_TIME})| at \d{{1,2}}\b)?|(?:{_TIME})))",
    re.IGNORECASE,
)
_ONLY_DAY = re.compile(rf"(?:{DAY})", re.IGNORECASE)
_WEEK = timedelta(days=7)


def pausable(incident: Incident) -> Incident:
    """Return the incident if its work can be paused; refuse, also before somebody chooses a date in vain."""
    if incident.severity.high and incident.status.active:
        raise Refused(
            f"INC-{incident.id} is {incident.severity}: only an S3 or S4 can be paused. "
            "If it is less bad, set the severity first.",
            Step("Set the severity", "severity", incident.id),
        )
    if not incident.status.active:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: only what people work on can be paused.",
            Step("How it stands", "", incident.id),
        )
    return incident


def typed(text: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, str]:
    """Return until when a pause is meant, on the clocks of `zone`, and its reason. Refuses no clear date."""
    said = " ".join(text.split())
    if found_length := durations.leading(said):
        length, rest = found_length
        return until(now + length, now), _reason(rest)
    if not (found := date_first(said, zone, now)):
        unclear = said.replace("`", "")[:60]
        raise Refused(f"I do not understand until when: `{unclear}`. {HOW}")
    at, rest = found
    return until(at, now), _reason(rest)


def date_first(said: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, str] | None:
    """Return the date that begins a text, on the clocks of `zone`, and what follows it; None: none does."""
    if not (found := _UNTIL.match(said)):
        return None
    today = now.astimezone(zone).date()
    when = (found["when"] or f"{today + _WEEK - timedelta(days=today.weekday())}").lower()
    alone = _ONLY_DAY.fullmatch(when)
    at = moment(f"{when} {BEGINS:%H:%M}" if alone else when, zone, now)
    if at <= now and when.isalpha() and when not in {"today", "tomorrow"}:  # on a Friday, the next one
        at = moment(f"{today + _WEEK} {BEGINS:%H:%M}", zone, now)
    return at, said[found.end() :]


def until(at: datetime, now: datetime) -> datetime:
    """Return the end of a pause that is to come, within 90 days; refuse another one."""
    if at <= now:
        raise Refused(f"That time is over already. {HOW}")
    if at - now > LONGEST:
        raise Refused(f"A pause ends within {LONGEST.days} days. Choose an earlier date; it can be moved on.")
    return at


def _reason(text: str) -> str:
    return text.strip(" ,:;-–—")
