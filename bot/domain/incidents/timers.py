"""Which timers an incident should have, by the state that it is in. `paging/pages.py` says it of a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from bot.domain.incidents import communication, silence
from bot.domain.incidents.incident import UPDATE_EVERY, Incident, Severity, Status, unverified
from bot.domain.incidents.merging import ARCHIVED_AFTER
from bot.domain.process import Process

SNOOZE = timedelta(minutes=15)
NO_IM_YET = timedelta(minutes=5)
ASK_AGAIN = timedelta(minutes=15)
ASK_FOR_FIELDS = timedelta(minutes=15)
ASK_FOR_FIELDS_AGAIN = timedelta(days=1)
_WITHOUT_A_RHYTHM = timedelta(minutes=60)


class TimerKind(StrEnum):
    """What is to be done when a timer is due."""

    UPDATE = "update"
    INVESTIGATING = "investigating"
    TRIAGE = "triage"
    VERIFY = "verify"
    WEEKEND = "weekend"
    ANOTHER_IM = "another_im"
    """Of an incident, from when somebody asks: its basis is who. Its state asks for none."""
    SHIFT = "shift"
    """Of a rotation, not of an incident: somebody is reminded that their shift begins."""
    ON_CALL = "on_call"
    """Of a rotation: other people are on call."""
    HANDOVER = "handover"
    """Of a duty: incidents wait for whoever began it."""
    MAINTENANCE = "maintenance"
    """Of a scheduled maintenance: time does something with it."""
    FINDINGS = "findings"
    """Of a rotation: it is looked at ahead."""
    COVER = "cover"
    """Of a request for cover that nobody has accepted yet."""
    SILENT = "silent"
    """It is looked whether those who acknowledged are still on it."""
    FIELDS = "fields"
    """Of an incident that lacks required fields."""
    ARCHIVE = "archive"
    """Of an incident that was merged into another one: its channel is archived."""
    CMOC = "cmoc"
    """Customers are affected: the CMOC is paged."""
    COMMUNICATED = "communicated"
    """Customers should have heard of it by now."""
    PUBLIC_NOTICE = "public_notice"
    """What the status page says is as old as the severity allows."""
    PAGE_REMINDER = "page.reminder"
    """Of a page."""
    HEARTBEAT = "heartbeat"
    """Of something that is to be heard of until then."""
    ALERTS = "alerts"
    """Of a source of alerts: something of it waits."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A timer as the state asks for it.

    `basis` is what it counts from: while that stays the same, a timer that runs goes on. Without `again` it
    is acted on once for each basis.
    """

    basis: str
    due_at: datetime
    again: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer as it is stored. `subject` is the number of the incident, or of what else it is of."""

    id: int
    kind: TimerKind
    subject: int
    basis: str
    due_at: datetime
    snoozed_until: datetime | None
    stopped: bool

    @property
    def at(self) -> datetime:
        """Return when it is acted on."""
        return self.snoozed_until or self.due_at


@dataclass(frozen=True, slots=True)
class State:
    """All that the rules look at. `im` is who holds that role, asked for at S1 alone; `lacks` says that a
    required field is missing.
    """

    incident: Incident
    process: Process
    now: datetime
    im: str | None = None
    lacks: bool = False


Rule: TypeAlias = Callable[[State], Wanted | None]


def wanted(state: State) -> dict[TimerKind, Wanted]:
    """Return the timers that an incident should have."""
    found = {kind: rule(state) for kind, rule in _RULES.items()}
    return {kind: timer for kind, timer in found.items() if timer}


def _update(state: State) -> Wanted | None:
    """The next update is due after the last one, or after the severity was set."""
    incident = state.incident
    if not incident.watched or incident.update_in is None or incident.waits_until:
        return None
    since = incident.updated_at.isoformat(timespec="microseconds") if incident.updated_at else ""
    again = UPDATE_EVERY[incident.severity] or _WITHOUT_A_RHYTHM
    return Wanted(f"{incident.severity} {since}", state.now + incident.update_in, again)


def _investigating(state: State) -> Wanted | None:
    """From the handbook, "States and Statuses": the IM is called 30 minutes after the EOC engaged.

    Once in each stretch of Investigating: with another status the timer goes.
    """
    incident = state.incident
    asked = incident.watched and incident.status is Status.INVESTIGATING and not incident.waits_until
    if not asked or not incident.engaged_at:
        return None
    return Wanted("", state.now + state.process.investigating_limit)


def triage_limit(severity: Severity) -> timedelta:
    """Return how long a triage may wait for a decision before the type's own team is paged."""
    return timedelta(minutes=5 if severity.high else 15)


def _triage(state: State) -> Wanted | None:
    incident = state.incident
    if incident.status is not Status.TRIAGE:
        return None
    limit = triage_limit(incident.severity)
    return Wanted(str(limit), state.now + limit, limit)


def _verify(state: State) -> Wanted | None:
    """Ask whether an S1 is verified: the IM at once, the lead when no IM has come within 5 minutes."""
    if not unverified(state.incident) or not state.process.type_of(state.incident.type).verified:
        return None
    return Wanted(state.im or "", state.now + (timedelta() if state.im else NO_IM_YET), ASK_AGAIN)


def _weekend(state: State) -> Wanted | None:
    until = state.incident.waits_until
    return Wanted(str(until), until) if until and state.incident.status.active else None


def _silent(state: State) -> Wanted | None:
    """Look every minute, while it matters, whether somebody is silent: a late look tells of an absence."""
    again = silence.EVERY
    minded = silence.minded(state.incident, state.process.silence)
    return Wanted("", state.now + again, again) if minded else None


def _fields(state: State) -> Wanted | None:
    """Ask whoever leads for required fields once the first minutes are over, then once a day."""
    if not state.lacks or state.incident.waits_until:
        return None
    return Wanted(state.incident.lead, state.now + ASK_FOR_FIELDS, ASK_FOR_FIELDS_AGAIN)


def _archive(state: State) -> Wanted | None:
    merged = state.incident.status is Status.MERGED
    return Wanted("", state.now + ARCHIVED_AFTER) if merged else None


def _cmoc(state: State) -> Wanted | None:
    if not (due := communication.cmoc_due(state.incident, state.process)):
        return None
    basis, at = due
    return Wanted(basis, at or state.now)


def _communicated(state: State) -> Wanted | None:
    """Ask at the end of the hour; again each hour while people are at work on it."""
    due = communication.publish_by(state.incident, state.process)
    if not due or state.now >= due + communication.ASKED_FOR:
        return None
    return Wanted(due.isoformat(), due, communication.ASK_AGAIN if state.incident.watched else None)


def _public_notice(state: State) -> Wanted | None:
    if not (found := communication.reminded_since(state.incident, state.process)):
        return None
    since, every = found
    return Wanted(f"{state.incident.severity} {since.isoformat()}", state.now + every, every)


_RULES: Mapping[TimerKind, Rule] = {
    TimerKind.UPDATE: _update,
    TimerKind.INVESTIGATING: _investigating,
    TimerKind.TRIAGE: _triage,
    TimerKind.VERIFY: _verify,
    TimerKind.WEEKEND: _weekend,
    TimerKind.SILENT: _silent,
    TimerKind.FIELDS: _fields,
    TimerKind.ARCHIVE: _archive,
    TimerKind.CMOC: _cmoc,
    TimerKind.COMMUNICATED: _communicated,
    TimerKind.PUBLIC_NOTICE: _public_notice,
}
OF_ROTATIONS = frozenset({TimerKind.SHIFT, TimerKind.ON_CALL, TimerKind.FINDINGS})
"""Kinds whose subject is a rotation."""
OF_INCIDENTS = frozenset(_RULES)
"""Kinds whose subject is an incident."""
