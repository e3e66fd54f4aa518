"""Which timers an incident should have, by the state that it is in. `paging/pages.py` says it of a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from bot.domain.incidents import communication, silence
from bot.domain.incidents.archiving import archived_after
from bot.domain.incidents.incident import UPDATE_EVERY, Incident, Severity, Status, unverified
from bot.domain.process import REPORTER, Process

SNOOZE = timedelta(minutes=15)
NO_IM_YET = timedelta(minutes=5)
ASK_AGAIN = timedelta(minutes=15)
_SATURDAY = 5
ASK_FOR_FIELDS_AGAIN = timedelta(days=1)
NUDGED_AGAIN = timedelta(minutes=30)
"""How often a nudge of the first hour comes at most."""
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
    UNACKNOWLEDGED = "unacknowledged"
    """Nobody has acknowledged yet."""
    ONLY_REPORTER = "only_reporter"
    """Nobody took the lead from whoever declared, nor did they confirm it."""
    SUMMARY = "summary"
    """The summary is empty."""
    MONITORING = "monitoring"
    """It has been in Monitoring for long."""
    STILL_OPEN = "still_open"
    """It is open after some weekdays."""
    ARCHIVE = "archive"
    """Of an incident that is over: its channel is archived."""
    CMOC = "cmoc"
    """Customers are affected: the CMOC is paged."""
    COMMUNICATED = "communicated"
    """Customers should have heard of it by now."""
    PUBLIC_NOTICE = "public_notice"
    """What the status page says is as old as the severity allows."""
    PAGE_REMINDER = "page.reminder"
    """Of a page."""
    FOLLOW_UPS = "follow_ups"
    """Of all follow-ups that are open: once an hour it is looked whether one is due."""
    INSIGHTS = "insights"
    """Of all incidents: a month's figures are posted."""
    REVIEW = "review"
    """Of an incident that is reviewed: its owner is reminded of the tasks. Its state asks for none."""
    HEARTBEAT = "heartbeat"
    """Of something that is to be heard of until then."""
    SHELF = "shelf"
    """Of an alert that somebody put aside: it comes back."""
    OFFICE_HOURS = "office_hours"
    """Of a source of alerts: some of it waited for working time."""
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
    required field is missing. `at_work` is who holds a role, asked for while a rule may mind it.
    """

    incident: Incident
    process: Process
    now: datetime
    im: str | None = None
    lacks: bool = False
    at_work: frozenset[str] = frozenset()


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
    after = state.process.nudges.fields
    return Wanted(state.incident.lead, state.now + after, ASK_FOR_FIELDS_AGAIN) if after else None


def minds_who_works(incident: Incident, process: Process) -> bool:
    """Say whether a rule asks who is at work: nobody of its own team has answered, or its reporter leads."""
    return incident.watched and (not incident.engaged_at or _unconfirmed(incident, process))


def _unconfirmed(incident: Incident, process: Process) -> bool:
    reports = incident.lead == incident.reporter and not incident.lead_by_hand
    return reports and process.type_of(incident.type).leads != REPORTER


def _rests(incident: Incident) -> bool:
    return not incident.watched or incident.waits_until is not None


def _unacknowledged(state: State) -> Wanted | None:
    after = state.process.nudges.unacknowledged
    if not after or _rests(state.incident) or state.incident.engaged_at or state.at_work:
        return None
    return Wanted("", state.now + after, max(after, NUDGED_AGAIN))


def _only_reporter(state: State) -> Wanted | None:
    """From the handbook, "Ownership": the EOC or the IM owns it. A reporter who holds a role does lead."""
    after, incident = state.process.nudges.only_reporter, state.incident
    if not after or _rests(incident) or not _unconfirmed(incident, state.process):
        return None
    return None if incident.lead in state.at_work else Wanted("", state.now + after, max(after, NUDGED_AGAIN))


def _summary(state: State) -> Wanted | None:
    after = state.process.nudges.summary
    if not after or _rests(state.incident) or state.incident.summary.summary:
        return None
    return Wanted("", state.now + after, max(after, NUDGED_AGAIN))


def _monitoring(state: State) -> Wanted | None:
    """Once in each stretch of Monitoring it is for long: with another status the timer goes."""
    after = state.process.nudges.monitoring
    if not after or _rests(state.incident) or state.incident.status is not Status.MONITORING:
        return None
    return Wanted("", state.now + after, after)


def _still_open(state: State) -> Wanted | None:
    days = state.process.nudges.open_days
    if not days or _rests(state.incident):
        return None
    return Wanted("", weekdays_after(state.now, days), timedelta(days=1))


def weekdays_after(start: datetime, days: int) -> datetime:
    """Return the time of day that it is, so many weekdays later."""
    at = start
    while days:
        at += timedelta(days=1)
        days -= at.weekday() < _SATURDAY
    return at


def _archive(state: State) -> Wanted | None:
    after = archived_after(state.incident, state.process)
    return Wanted(state.incident.status.value, state.now + after) if after else None


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
    at = max(due, state.now)  # who says late when the impact began is asked now, and no deadline was missed
    return Wanted(due.isoformat(), at, communication.ASK_AGAIN if state.incident.watched else None)


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
    TimerKind.UNACKNOWLEDGED: _unacknowledged,
    TimerKind.ONLY_REPORTER: _only_reporter,
    TimerKind.SUMMARY: _summary,
    TimerKind.MONITORING: _monitoring,
    TimerKind.STILL_OPEN: _still_open,
    TimerKind.ARCHIVE: _archive,
    TimerKind.CMOC: _cmoc,
    TimerKind.COMMUNICATED: _communicated,
    TimerKind.PUBLIC_NOTICE: _public_notice,
}
OF_ROTATIONS = frozenset({TimerKind.SHIFT, TimerKind.ON_CALL, TimerKind.FINDINGS})
"""Kinds whose subject is a rotation."""
OF_INCIDENTS = frozenset(_RULES)
"""Kinds whose subject is an incident."""
