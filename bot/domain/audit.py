"""What must hold at every moment, and what is wrong when it does not.

The audit trusts no other part: it reads what is stored as it is, so that it also finds what no rule could
have written, such as a time that is none or one from a clock that was set back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FEW_SECONDS = timedelta(seconds=10)
"""By how much a deadline may be missed while much is due at once."""
SLACK = timedelta(seconds=60)
"""By how much a deadline may be later than promised: one that could not be acted on is set aside for 30 s."""
UNSENT = timedelta(seconds=60)
LEASE_SLACK = timedelta(seconds=5)
FURTHEST_RETRY = timedelta(minutes=5)
"""A page is tried again within a minute, whatever Slack says."""
FURTHEST_TIMER = timedelta(days=7)
"""No timer is set for longer ahead, but for one that waits for a date."""
FURTHEST_DATE = timedelta(days=92)
"""A pause ends, and a channel is archived, within 90 days; a nudge of an incident that is still open comes
within 30 weekdays.
"""
FURTHEST_RUN = timedelta(days=9 * 366)
"""What runs on a 29th of February is waited for from one to the next."""
MOST_SKEW = timedelta(seconds=5)


class Fault(StrEnum):
    """Kinds of faults. Each is a label in the metrics."""

    ESCALATION_WITHOUT_TIME = "escalation_without_time"
    ESCALATION_TOO_FAR = "escalation_due_too_far"
    ESCALATION_OVERDUE = "escalation_overdue"
    PAGE_WITHOUT_ESCALATION = "page_without_escalation"
    PAGE_UNSENT = "page_unsent"
    PAGE_NOT_QUEUED = "page_not_queued"
    DELIVERY_STUCK = "delivery_stuck"
    DELIVERY_TOO_FAR = "delivery_due_too_far"
    LEASE_TOO_FAR = "lease_too_far"
    CONTACT_METHOD_OVERDUE = "contact_method_overdue"
    TIMER_OVERDUE = "timer_overdue"
    TIMER_TOO_FAR = "timer_due_too_far"
    NO_LEAD = "incident_without_lead"
    CLOCK_SKEW = "clock_skew"


HARMLESS = frozenset({Fault.CLOCK_SKEW})
"""Reported, but no reason to call for help: deadlines go by the database's clock alone."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of one row. `seen` is what was found there: a repair writes only while it is still so.

    `to` is the time that belongs there, where that is the repair.
    """

    fault: Fault
    id: int
    seen: str | int | None = None
    to: datetime | None = None


def deadline_finding(
    escalation_id: int, called_at: str, due_at: str, timeout: timedelta, now: datetime
) -> Finding | None:
    """Return what is wrong with the times of an escalation.

    It is due `timeout` after the level was called: never much later, and not much longer unanswered.
    """
    called, due = instant_or_none(called_at), instant_or_none(due_at)
    promised = min(called or now, now) + timeout
    sound = max(promised, now)
    if due is None:
        return Finding(Fault.ESCALATION_WITHOUT_TIME, escalation_id, due_at, sound)
    if called is None:
        return Finding(Fault.ESCALATION_WITHOUT_TIME, escalation_id)
    if due > sound + SLACK:
        return Finding(Fault.ESCALATION_TOO_FAR, escalation_id, due_at, sound)
    if now > promised + FEW_SECONDS:
        return Finding(Fault.ESCALATION_OVERDUE, escalation_id)
    return None


def instant_or_none(text: str) -> datetime | None:
    """Return the time that a text stands for, if it does."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
