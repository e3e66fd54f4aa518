"""The times of an incident: known by themselves or set by people, and the durations that follow."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from bot.domain.actors import Actor
from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import FINISHED, GONE, Incident, Status
from bot.domain.timeline.entries import Entry
from bot.domain.timeline.notes import EARLIEST, TOO_EARLY, WHEN, meant


class Moment(StrEnum):
    """What a time says when it was."""

    IMPACT_START = "Impact start"
    DETECTED = "Detected"
    ENGAGED = "Engaged"
    MITIGATED = "Mitigated"
    IMPACT_END = "Impact end"
    RESOLVED = "Resolved"


Times: TypeAlias = Mapping[Moment, datetime | None]


def in_order(known: Times) -> list[tuple[Moment, datetime]]:
    """Return the times that are known, the earliest first; at one time as the moments follow each other."""
    found = [(name, at) for name in Moment if (at := known[name])]
    return sorted(found, key=lambda one: one[1])


class Move(NamedTuple):
    """A change of status: when, from what to what, by whom; of a reopening whether the problem is back."""

    at: datetime
    before: str
    after: str
    by: Actor | None = None
    back: bool | None = None


class Lived(Protocol):
    """What of an incident its times follow from."""

    @property
    def status(self) -> Status: ...

    @property
    def correcting(self) -> bool: ...

    @property
    def retrospective(self) -> bool: ...

    @property
    def declared_at(self) -> datetime: ...

    @property
    def engaged_at(self) -> datetime | None: ...

    @property
    def resolved_at(self) -> datetime | None: ...


AUTOMATIC = "-"
"""What is typed to have a time set by itself again."""
_FORM = Step("Fill in the form", "time")
_AT_WORK = frozenset({Status.INVESTIGATING, Status.FIXING})
_ORDER = (
    (Moment.IMPACT_START, Moment.MITIGATED),
    (Moment.IMPACT_START, Moment.IMPACT_END),
    (Moment.IMPACT_START, Moment.RESOLVED),
    (Moment.DETECTED, Moment.ENGAGED),
    (Moment.DETECTED, Moment.RESOLVED),
)
"""What cannot be after what. A blip may be over before it is detected."""
_DURATIONS = (
    ("Impact lasted", Moment.IMPACT_START, Moment.IMPACT_END),
    ("Time to detect", Moment.IMPACT_START, Moment.DETECTED),
    ("Time to engage", Moment.DETECTED, Moment.ENGAGED),
    ("Time to mitigate", Moment.DETECTED, Moment.MITIGATED),
    ("Time to resolve", Moment.DETECTED, Moment.RESOLVED),
)


def times(incident: Incident, statuses: Iterable[Entry], given: Iterable[Entry]) -> Times:
    """Return the times of an incident from its changes of status and those that people set, oldest first."""
    moves = [Move(one.at, one.data["before"], one.data["after"]) for one in statuses]
    by_hand = {Moment(one.data["name"]): one.data["after"] for one in given}
    return known_times(incident, moves, by_hand)


def known_times(incident: Lived, moves: Iterable[Move], by_hand: Mapping[Moment, str]) -> Times:
    """Return the times that follow from changes of status, and from what people set, as it is kept.

    It is detected when it is declared, and mitigated when it last left Investigating and Fixing. The impact
    is over by itself only once it is resolved: while people watch, it may go on. Nobody knows when that was
    detected which was over when it was declared.
    """
    over = incident.status in FINISHED or incident.correcting
    left = [one.at for one in moves if mitigates(one.before, one.after)]
    mitigated = left[-1] if left and (over or incident.status is Status.MONITORING) else None
    known: dict[Moment, datetime | None] = {
        Moment.IMPACT_START: None,
        Moment.DETECTED: None if incident.retrospective else incident.declared_at,
        Moment.ENGAGED: incident.engaged_at,
        Moment.MITIGATED: mitigated,
        Moment.IMPACT_END: mitigated if over else None,
        Moment.RESOLVED: incident.resolved_at,
    }
    if not by_hand:
        return known
    return known | {name: datetime.fromisoformat(at) for name, at in by_hand.items() if at}


def mitigates(before: str, after: str) -> bool:
    """Say whether a change of status leaves Investigating and Fixing."""
    return before in _AT_WORK and after not in _AT_WORK


def durations(known: Times) -> list[tuple[str, timedelta]]:
    """Return how long what took, as far as both its ends are known."""
    found = ((name, known[start], known[end]) for name, start, end in _DURATIONS)
    return [(name, end - start) for name, start, end in found if start and end and end >= start]


def problems(known: Times, changed: Times, now: datetime) -> dict[Moment, str]:
    """Return what is wrong with times that are to be changed."""
    found = {name: "That time is still to come." for name, at in changed.items() if at and at > now}
    found |= {name: TOO_EARLY for name, at in changed.items() if at and at < EARLIEST}
    after = {**known, **changed}
    for first, last in _ORDER:
        start, end = after[first], after[last]
        if start and end and start > end and (wrong := {first, last} & set(changed)):
            found.setdefault(max(wrong, key=(first, last).index), f"{last} cannot be before {first}.")
    return found


def timeable(incident: Incident) -> Incident:
    """Return the incident if its times can change; refuse, also before somebody enters one in vain."""
    if incident.status in GONE:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: its times stay as they are.",
            Step("How it stands", "", incident.id),
        )
    return incident


def watch_now(incident: Incident, changed: Times) -> bool:
    """Say whether Monitoring is proposed: the impact is over, and nobody has said that it is mitigated."""
    at_work = incident.status in _AT_WORK and not incident.correcting
    return at_work and bool(changed.get(Moment.IMPACT_END))


def typed(text: str, zone: ZoneInfo, now: datetime) -> tuple[Moment, datetime | None]:
    """Return the time that "impact-start 14:05", "mitigated now" or "impact-end -" sets; None for `-`."""
    for name in Moment:
        if found := re.match(rf"{name.replace(' ', '[ _-]?')}\b[:\s]*", text, re.IGNORECASE):
            return name, _moment(name, text[found.end() :].strip(), zone, now)
    raise Refused(f"Which time? One of: {', '.join(Moment)}. Write `/inc time impact-start 14:05`.", _FORM)


def _moment(name: Moment, text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    if text == AUTOMATIC:
        return None
    if text.lower() == "now":
        return now
    if not (found := re.fullmatch(WHEN, text, re.IGNORECASE)):
        raise Refused(
            "When was that? Write `14:05`, `10m ago`, `yesterday 14:05`, `2026-12-25 14:05` or `now`; "
            f"`{AUTOMATIC}` has {name} set by itself again.",
            _FORM,
        )
    return meant(found, zone, now)
