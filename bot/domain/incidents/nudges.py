"""Nudges: which timers they are, how long one is snoozed, and when one waits for the morning.

A nudge asks for something that may wait: at S3 and S4 it lets whoever leads sleep.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timers import SNOOZE, TimerKind, weekdays_after
from bot.domain.incidents.weekend import monday_morning, zone_of

NIGHT, MORNING = time(22), time(8)

SNOOZES: Mapping[TimerKind, timedelta] = {
    TimerKind.UPDATE: SNOOZE,
    TimerKind.UNACKNOWLEDGED: SNOOZE,
    TimerKind.ONLY_REPORTER: SNOOZE,
    TimerKind.SUMMARY: SNOOZE,
    TimerKind.FIELDS: timedelta(hours=1),
    TimerKind.MONITORING: timedelta(hours=1),
    TimerKind.STILL_OPEN: timedelta(days=1),
}
"""Every nudge, with the time for which its button snoozes it."""

KEPT_AS: Mapping[TimerKind, str] = {
    **{kind: f"nudge:{kind}" for kind in SNOOZES},
    TimerKind.UPDATE: "nudge",
    TimerKind.FIELDS: "fields",
}
"""As what the messages of each are kept that stand."""

LONGEST_SNOOZE = timedelta(days=7)

_WORDS: Mapping[str, TimerKind] = {
    **{kind.value.replace("_", " "): kind for kind in SNOOZES},
    "updates": TimerKind.UPDATE,
    "acknowledge": TimerKind.UNACKNOWLEDGED,
    "acknowledgement": TimerKind.UNACKNOWLEDGED,
    "lead": TimerKind.ONLY_REPORTER,
    "reporter": TimerKind.ONLY_REPORTER,
    "field": TimerKind.FIELDS,
    "open": TimerKind.STILL_OPEN,
}


_JOINED = re.compile(r"(?<=[^\W\d])[-_](?=[^\W\d])")
"""What joins two words, and not the parts of a date."""
ALL = ("all", "everything", "every")


def of_all(text: str) -> tuple[bool, str]:
    """Say whether a text begins with all of them, and return what follows it."""
    word, _, rest = text.strip().partition(" ")
    return (True, rest.strip()) if word.lower() in ALL else (False, text)


def meant(text: str) -> tuple[TimerKind | None, str]:
    """Return the nudge that a text begins or ends with, if it does, and the rest."""
    said = " ".join(_JOINED.sub(" ", text).split())
    for word in sorted(_WORDS, key=len, reverse=True):
        if f"{said.lower()} ".startswith(f"{word} "):
            return _WORDS[word], said[len(word) :].strip()
        if said.lower().endswith(f" {word}"):
            return _WORDS[word], said[: -len(word)].strip()
    return None, text


RARER = frozenset({TimerKind.SUMMARY, TimerKind.MONITORING})
"""What comes after growing times: nobody is harmed while it waits, and whoever leads was asked before."""
_SECOND = timedelta(hours=2)


def again_at(kind: TimerKind, came: int, usual: timedelta, now: datetime, *, high: bool = False) -> datetime:
    """Return when a nudge comes again that came so often: some after the usual time, then rarely.

    From the third time on that is once a day; at S3 and S4 on weekdays.
    """
    if kind not in RARER or came < 2:
        return now + usual
    if came == 2:
        return now + max(usual, _SECOND)
    return now + max(usual, timedelta(days=1)) if high else weekdays_after(now, 1)


def held_until(kind: TimerKind, incident: Incident, now: datetime, tz: str | None) -> datetime | None:
    """Return until when a nudge waits that is due now, on the clocks of whoever leads; None: it is sent.

    That an incident is still open is said by day and on weekdays at any severity. S3 and S4 are quiet at
    night.
    """
    if kind not in SNOOZES:
        return None
    if kind is TimerKind.STILL_OPEN:
        return monday_morning(now, tz) or _morning(now, tz)
    return None if incident.severity.high else _morning(now, tz)


def _morning(now: datetime, tz: str | None) -> datetime | None:
    """Return the morning that ends the night which somebody in this time zone has now, if they do."""
    there = now.astimezone(zone_of(tz))
    if MORNING <= there.time() < NIGHT:
        return None
    day = there.date() + timedelta(days=there.time() >= NIGHT)
    return datetime.combine(day, MORNING, there.tzinfo).astimezone(UTC)
