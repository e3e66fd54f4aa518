"""The audit: looks for what must never be, and mends what can be mended without risk.

A repair decides anew in its own transaction, under the same guards as everybody: what changed since it was
seen is left alone, so nobody is paged after the end, and nobody twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.clock import Clock
from bot.domain.audit import (
    FEW_SECONDS,
    FURTHEST_DATE,
    FURTHEST_RETRY,
    FURTHEST_RUN,
    FURTHEST_TIMER,
    LEASE_SLACK,
    MOST_SKEW,
    UNSENT,
    Fault,
    Finding,
    deadline_finding,
)
from bot.domain.facts import LeadChanged
from bot.domain.incidents.timers import OF_ROTATIONS, TimerKind, Wanted
from bot.domain.oncall.handover import ASK_AGAIN
from bot.domain.paging.pages import next_reminder
from bot.operations.alerts import heartbeats
from bot.operations.incidents.changes import save, timers_of
from bot.operations.insights.monthly import wait_for_month
from bot.operations.maintenance.passing import pass_time
from bot.operations.oncall.rota import plan
from bot.operations.oncall.unanswered import await_cover
from bot.operations.paging.placing import send
from bot.operations.work.follow_up_reminders import begin_to_mind
from storage import audit, escalations, incidents, maintenances, pages, rotations, timers
from storage.transaction import Tx

Question = Callable[[Tx], list[Finding]]
Repair = Callable[[Tx, Finding], bool]


def deadlines(tx: Tx) -> list[Finding]:
    """Find escalations whose times are wrong, or that were not acted on in time.

    One that is due somewhat too late is found when its level's time is over.
    """
    shortest = min(level.timeout for team in tx.process.teams.values() for level in team.path)
    found = (
        deadline_finding(
            row["id"], row["called_at"], row["due_at"], escalations.timeout(row["path"], row["level"]), tx.now
        )
        for row in audit.odd_deadlines(tx, oldest=tx.now - shortest, latest=tx.now + shortest)
    )
    return [finding for finding in found if finding]


def messages(tx: Tx) -> list[Finding]:
    """Find unanswered pages that reach nobody: with no deadline, unsent for long, or not even to be sent."""
    return [
        *(Finding(Fault.PAGE_WITHOUT_ESCALATION, one) for one in audit.left_behind(tx)),
        *(Finding(Fault.PAGE_UNSENT, one) for one in audit.unsent(tx, UNSENT)),
        *(Finding(Fault.PAGE_NOT_QUEUED, one) for one in audit.not_queued(tx)),
    ]


def deliveries(tx: Tx) -> list[Finding]:
    """Find deliveries that nobody will finish, or begin."""
    stuck, leased = audit.stuck(tx, LEASE_SLACK), audit.leases_too_far(tx, LEASE_SLACK)
    far = audit.deliveries_too_far(tx, FURTHEST_RETRY)
    unsent = audit.contact_methods_overdue(tx, FEW_SECONDS)
    return [
        *(Finding(Fault.DELIVERY_STUCK, row["id"], row["attempt"]) for row in stuck),
        *(Finding(Fault.LEASE_TOO_FAR, row["id"], row["lease_until"]) for row in leased),
        *(Finding(Fault.DELIVERY_TOO_FAR, row["id"], row["due_at"]) for row in far),
        *(Finding(Fault.CONTACT_METHOD_OVERDUE, one) for one in unsent),
    ]


def clocks(tx: Tx) -> list[Finding]:
    """Find timers whose time cannot be right, or that nobody acted on when they were due."""
    far = audit.timers_too_far(tx, FURTHEST_TIMER, FURTHEST_DATE, FURTHEST_RUN)
    return [
        *(Finding(Fault.TIMER_OVERDUE, one) for one in audit.timers_overdue(tx, FEW_SECONDS)),
        *(Finding(Fault.TIMER_TOO_FAR, one) for one in far),
    ]


def people(tx: Tx) -> list[Finding]:
    """Find open incidents that nobody leads."""
    return [Finding(Fault.NO_LEAD, one) for one in audit.without_lead(tx)]


def skew(tx: Tx, here: Clock) -> list[Finding]:
    """Find that the database's clock is far from ours."""
    apart = tx.now - here.now()
    return [Finding(Fault.CLOCK_SKEW, 0, f"{apart.total_seconds():.1f} s")] if abs(apart) > MOST_SKEW else []


QUESTIONS: tuple[Question, ...] = (deadlines, messages, deliveries, clocks, people)


def repair(tx: Tx, finding: Finding) -> bool:
    """Mend what was found, if it is still so. Say whether it is well now."""
    return _REPAIRS[finding.fault](tx, finding)


def _bring_back(tx: Tx, finding: Finding) -> bool:
    if finding.to is None or not isinstance(finding.seen, str):
        return False
    return audit.bring_back(tx, finding.id, finding.seen, finding.to)


def _queue(tx: Tx, finding: Finding) -> bool:
    if audit.not_queued(tx, finding.id):
        send(tx, pages.get(tx, finding.id))
    return True


def _restart(tx: Tx, finding: Finding) -> bool:
    """Let a timer begin anew."""
    kind, subject = timers.forget(tx, finding.id) or (None, 0)
    if kind in _ANEW:
        _ANEW[kind](tx, subject)
    elif kind:
        timers.keep(tx, subject, timers_of(tx, incidents.get(tx, subject)))
    return True


def _remind(tx: Tx, page: int) -> None:
    timers.keep_reminders(tx, [(page, next_reminder(pages.get(tx, page)))])


def _plan(tx: Tx, rotation_id: int) -> None:
    if rotation := rotations.get(tx, rotation_id):
        plan(tx, rotation.schedule)


def _pass(tx: Tx, maintenance: int) -> None:
    pass_time(tx, maintenances.get(tx, maintenance))


def _ask_again(tx: Tx, duty: int) -> None:
    timers.put(tx, duty, TimerKind.HANDOVER, Wanted("", tx.now + ASK_AGAIN))


def _now(kind: TimerKind) -> Callable[[Tx, int], None]:
    """Return what has alerts that wait decided about at once."""
    return lambda tx, subject: timers.put(tx, subject, kind, Wanted("", tx.now))


_ANEW: dict[TimerKind, Callable[[Tx, int], None]] = {
    TimerKind.PAGE_REMINDER: _remind,
    **dict.fromkeys(OF_ROTATIONS, _plan),
    TimerKind.MAINTENANCE: _pass,
    TimerKind.COVER: await_cover,
    TimerKind.HANDOVER: _ask_again,
    TimerKind.HEARTBEAT: heartbeats.expect_again,
    TimerKind.FOLLOW_UPS: lambda tx, _: begin_to_mind(tx),
    TimerKind.INSIGHTS: lambda tx, _: wait_for_month(tx),
    **{one: _now(one) for one in (TimerKind.ALERTS, TimerKind.OFFICE_HOURS, TimerKind.SHELF)},
}
"""How a timer begins anew whose subject is no incident."""


def _give_lead(tx: Tx, finding: Finding) -> bool:
    """Give the lead to the reporter, as at declaration."""
    incident = incidents.get(tx, finding.id)
    if incident.lead:
        return True
    to = incident.reporter
    if not to or not isinstance(to, str):
        return False
    tx.record(LeadChanged(incident=incident.id, before="", after=to, taken=False))
    save(tx, replace(incident, lead=to))
    return True


_REPAIRS: Mapping[Fault, Repair] = {
    Fault.ESCALATION_WITHOUT_TIME: _bring_back,
    Fault.ESCALATION_TOO_FAR: _bring_back,
    Fault.PAGE_NOT_QUEUED: _queue,
    Fault.DELIVERY_STUCK: lambda tx, it: audit.free(tx, it.id, int(it.seen or 0)),
    Fault.LEASE_TOO_FAR: lambda tx, it: audit.shorten_lease(tx, it.id, str(it.seen)),
    Fault.DELIVERY_TOO_FAR: lambda tx, it: audit.send_now(tx, it.id, str(it.seen)),
    Fault.TIMER_TOO_FAR: _restart,
    Fault.NO_LEAD: _give_lead,
}
MENDABLE = frozenset(_REPAIRS)
"""Faults for which there is a safe way. The others want a person."""
