"""How one incident went, in the terms that figures are made of.

The times have the names and definitions of the times of an incident (`incidents/times.py`): impact start,
detected, engaged, mitigated, resolved. "MTTR" is not among them: it means recover, repair, respond or
resolve.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from bot.domain.actors import Machine
from bot.domain.incidents.communication import hear_by
from bot.domain.incidents.fields import NO
from bot.domain.incidents.incident import FINISHED, Severity, Status
from bot.domain.incidents.publicity import Publicity
from bot.domain.incidents.times import Moment, Move, Times, known_times, mitigates
from bot.domain.process import Process


class Measure(StrEnum):
    """What is measured; `DEFINED` says from when until when."""

    DETECT = "Time to detect"
    ACKNOWLEDGE = "Time to acknowledge"
    ENGAGE = "Time to engage"
    MOBILISE = "Time to mobilise"
    MITIGATE = "Time to mitigate"
    RESOLVE = "Time to resolve"
    RECOVER = "Failed deployment recovery time"


DEFINED: Mapping[Measure, str] = {
    Measure.DETECT: "from the start of the impact, as people set it, until the incident was detected",
    Measure.ACKNOWLEDGE: "from the first page until the first person answered it, or a page that followed it",
    Measure.ENGAGE: "from when it was detected until somebody of its own team answered",
    Measure.MOBILISE: "from when it was detected until everybody who was asked had answered, or somebody "
    "further along their path: of all pages of the incident but those that were called off",
    Measure.MITIGATE: "from when it was detected until users were no longer affected: Monitoring or later",
    Measure.RESOLVE: "from when it was detected until it was resolved",
    Measure.RECOVER: "DORA: of incidents that a change caused, from the start of the impact, or when it was "
    "detected if nobody set that, until users were no longer affected",
}


ELSEWHERE: Mapping[Measure, str] = {
    Measure.DETECT: "TTD",
    Measure.ACKNOWLEDGE: "TTA; PagerDuty: seconds_to_first_ack",
    Measure.ENGAGE: "PagerDuty: seconds_to_engage",
    Measure.MOBILISE: "PagerDuty: seconds_to_mobilize",
    Measure.MITIGATE: "TTM",
    Measure.RESOLVE: "TTR; PagerDuty: seconds_to_resolve",
    Measure.RECOVER: "DORA; before: time to restore service",
}
"""What others call it."""


class Excluded(StrEnum):
    """Why an incident is in no figure; the first that holds."""

    DRILL = "drills"
    NEAR_MISS = "near misses"
    MERGED = "merged into others"
    DECLINED = "declined in triage"
    CANCELLED = "cancelled"
    TRIAGE = "still in triage"


_ONE = {
    Excluded.DRILL: "drill",
    Excluded.NEAR_MISS: "near miss",
    Excluded.MERGED: "merged into another",
}


def left_out(why: Excluded, count: int) -> str:
    """Say how many are left out, and why."""
    return f"{count} {_ONE.get(why, why.value) if count == 1 else why.value}"


class Missing(StrEnum):
    """Why an incident has no value of a measure."""

    AFTERWARDS = "declared afterwards"
    REOPENED = "reopened"
    BY_MACHINE = "resolved by a machine"
    NO_IMPACT = "start of the impact not set"
    NOT_PAGED = "nobody paged"
    NOT_YET = "not yet"
    NEVER = "not known"


class Heard(StrEnum):
    """Whether customers heard of an incident within the hour. From the handbook, CMOC responsibilities."""

    IN_TIME = "within the hour"
    LATE = "later, or not at all"
    REASONED = "not told, for a reason that is written down"
    WAITING = "still in time"


class Verdict(StrEnum):
    """What alerts opened turned out to be."""

    REAL = "real"
    WRONG = "false alarms"
    NOTHING = "declined or cancelled"
    WAITING = "undecided"


_GONE: Mapping[Status, Excluded] = {
    Status.MERGED: Excluded.MERGED,
    Status.DECLINED: Excluded.DECLINED,
    Status.CANCELLED: Excluded.CANCELLED,
    Status.TRIAGE: Excluded.TRIAGE,
}
_BACK = FINISHED | {Status.CANCELLED}
_OF_PEOPLE = frozenset({Measure.MITIGATE, Measure.RESOLVE, Measure.RECOVER})
"""What says how long people took, unless a machine resolved it, or it was over and came back."""


class Course(NamedTuple):
    """What the records say of an incident. `by_hand` are the times that people set, the last of each name.

    `called_at` is when the first page was raised, `answered_at` when somebody first answered it, or what it
    led to; `mobilised_at` when the last of all who were asked answered. `told_at` is when customers first
    read of it. `rule` is the rule of the first alert that it has.
    Of a year there are thousands: a tuple is made in a third of the time.
    """

    id: int
    type: str
    highest: Severity
    status: Status
    drill: bool
    near_miss: bool
    retrospective: bool
    correcting: bool
    lead: str
    declared_at: datetime
    engaged_at: datetime | None
    resolved_at: datetime | None
    publicity: Publicity
    internal: bool = False
    customer_impact: bool = False
    moves: tuple[Move, ...] = ()
    by_hand: Mapping[Moment, str] = MappingProxyType({})
    called_at: datetime | None = None
    answered_at: datetime | None = None
    mobilised_at: datetime | None = None
    told_at: datetime | None = None
    updates_in_time: int = 0
    updates_late: int = 0
    services: str = ""
    cause: str = ""
    change: str = ""
    rule: str | None = None
    false_alarm: bool = False


class Measured(NamedTuple):
    """One incident as the figures count it. What is `excluded` counts for nothing but its alerts.

    `took` has what is known of each measure, `missing` why the others are not known; `apart` has the times
    that were known, but are not counted with the others.
    """

    id: int
    declared_at: datetime
    type: str
    severity: Severity
    excluded: Excluded | None
    took: Mapping[Measure, timedelta]
    missing: Mapping[Measure, Missing]
    apart: Mapping[Measure, timedelta]
    services: tuple[str, ...]
    cause: str
    by_change: bool
    heard: Heard | None
    updates_in_time: int
    updates_late: int
    rule: str | None
    verdict: Verdict | None


def excluded(one: Course) -> Excluded | None:
    """Say why an incident is left out: a drill happened to nobody, a near miss did no harm, what was merged
    is counted with what it was merged into, and what was declined or cancelled was none.
    """
    if one.drill:
        return Excluded.DRILL
    return Excluded.NEAR_MISS if one.near_miss else _GONE.get(one.status)


def measured(one: Course, process: Process, now: datetime) -> Measured:
    """Return what the figures count of an incident. Its severity is the highest that it reached."""
    known = known_times(one, one.moves, one.by_hand)
    took, missing, apart = _spans(one, known)
    return Measured(
        id=one.id,
        declared_at=one.declared_at,
        type=one.type,
        severity=one.highest,
        excluded=excluded(one),
        took=took,
        missing=missing,
        apart=apart,
        services=_services(one.services),
        cause=one.cause,
        by_change=_by_change(one),
        heard=_heard(one, process, now),
        updates_in_time=one.updates_in_time,
        updates_late=one.updates_late,
        rule=one.rule,
        verdict=_verdict(one),
    )


@lru_cache(maxsize=1024)
def _services(said: str) -> tuple[str, ...]:
    """Return the services that a field names: most incidents are of the same few."""
    return tuple(dict.fromkeys(name for part in said.split(",") if (name := part.strip())))


def is_counted(before: str, after: str) -> bool:
    """Say whether a change of status bears on any figure: most do not, and are read no further."""
    return mitigates(before, after) or _came_back(before, after) or after == Status.RESOLVED


def _came_back(before: str, after: str) -> bool:
    return before in _BACK and after not in _BACK


Spans = tuple[dict[Measure, timedelta], dict[Measure, Missing], dict[Measure, timedelta]]


def _spans(one: Course, known: Times) -> Spans:
    """Return each measure, or why it is not known. What was reopened or resolved by a machine stands apart:
    it says nothing of how long people take.
    """
    took: dict[Measure, timedelta] = {}
    missing: dict[Measure, Missing] = {}
    apart: dict[Measure, timedelta] = {}
    apart_why = _apart(one)
    for measure, (start, end) in _ends(one, known).items():
        found = end - start if start and end and end >= start else None
        if found is None:
            missing[measure] = _why(one, measure, start, end)
        elif apart_why and measure in _OF_PEOPLE:
            apart[measure] = found
            missing[measure] = apart_why
        else:
            took[measure] = found
    return took, missing, apart


def _ends(one: Course, known: Times) -> dict[Measure, tuple[datetime | None, datetime | None]]:
    detected, mitigated = known[Moment.DETECTED], known[Moment.MITIGATED]
    found = {
        Measure.DETECT: (known[Moment.IMPACT_START], detected),
        Measure.ACKNOWLEDGE: (one.called_at, one.answered_at),
        Measure.ENGAGE: (detected, known[Moment.ENGAGED]),
        Measure.MOBILISE: (detected, one.mobilised_at),
        Measure.MITIGATE: (detected, mitigated),
        Measure.RESOLVE: (detected, known[Moment.RESOLVED]),
    }
    if _by_change(one):
        found[Measure.RECOVER] = (known[Moment.IMPACT_START] or detected, mitigated)
    return found


def _why(one: Course, measure: Measure, start: datetime | None, end: datetime | None) -> Missing:
    if measure is Measure.ACKNOWLEDGE:
        never = one.status in FINISHED
        return Missing.NOT_PAGED if not start else Missing.NEVER if never or end else Missing.NOT_YET
    if measure is Measure.MOBILISE and not one.called_at:
        return Missing.NOT_PAGED
    if measure is Measure.DETECT and not start:
        return Missing.NO_IMPACT
    if not start or not end:
        afterwards = Missing.AFTERWARDS if one.retrospective else Missing.NEVER
        return Missing.NOT_YET if one.status not in FINISHED else afterwards
    return Missing.NEVER


def _apart(one: Course) -> Missing | None:
    """Say why its times stand apart: it was over and came back, but not only to be corrected; or a machine
    resolved it.
    """
    resolved = None
    for move in one.moves:
        if _came_back(move.before, move.after) and move.back is not False:
            return Missing.REOPENED
        if move.after == Status.RESOLVED:
            resolved = move
    return Missing.BY_MACHINE if resolved and isinstance(resolved.by, Machine) else None


def _by_change(one: Course) -> bool:
    """Say whether the field names a change, or says yes."""
    return bool(one.change) and one.change.casefold() != NO


def _heard(one: Course, process: Process, now: datetime) -> Heard | None:
    """Say whether customers heard in time, of an incident of which they had to hear."""
    if not (by := hear_by(one, process)):
        return None
    if one.told_at:
        return Heard.IN_TIME if one.told_at <= by else Heard.LATE
    if one.publicity.unpublished:
        return Heard.REASONED
    return Heard.LATE if by <= now else Heard.WAITING


def _verdict(one: Course) -> Verdict | None:
    """Say what became of what alerts opened; None for what no alert has to do with."""
    if one.rule is None or one.drill:
        return None
    if one.status in {Status.DECLINED, Status.CANCELLED}:
        return Verdict.WRONG if one.false_alarm else Verdict.NOTHING
    undecided = one.status is Status.TRIAGE or (one.status.active and not one.lead)
    return Verdict.WAITING if undecided else Verdict.REAL
