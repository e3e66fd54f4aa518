"""A notification: a page that leaves by a contact method, at a time of its own.

From the design: a page whose direct message is not delivered within 60 seconds leaves by every contact
method of its person; at each level the configuration may name some, and for each person, for loud and for
quiet pages; the last level, called again, is called by every one at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.incidents.incident import Incident, Severity
from bot.domain.paging.pages import Page
from bot.domain.process import Contact

MANY = 3
"""When more incidents than this call one person, one text by a contact method stands for all of them."""
TOGETHER = timedelta(seconds=60)
"""For so long such a text also stands for a page that waited when it left."""
UNDELIVERED_AFTER = timedelta(seconds=60)
"""A page whose direct message has not arrived by then leaves by every contact method that there is."""


class NotificationState(StrEnum):
    """What became of a notification. Only a waiting one has a deadline; a due one is being sent."""

    WAITING = "waiting"
    DUE = "due"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Notification:
    """One page by one method. `due_at` is when to look at it; `planned_at` when it leaves in any case.

    Without `planned_at` it leaves only if Slack did not deliver the page.
    """

    id: int
    page: int
    contact_method: str
    state: NotificationState
    due_at: datetime
    planned_at: datetime | None


@dataclass(frozen=True, slots=True)
class Storm:
    """How many pages call somebody at once, and for what the worst of them is."""

    number: int
    worst: Incident | None


def is_loud(page: Page, severity: Severity | None) -> bool:
    """Say whether a page may wake its person: for an S1 or S2, without an incident, or if nobody answers."""
    return page.loud or severity is None or severity.high


def planned(page: Page, contact: Contact, now: datetime, *, loud: bool) -> Iterator[Notification]:
    """Yield a notification for each contact method of the page's person, with its deadline."""
    notices = (*page.escalation.path[page.level].notify, *(contact.loud if loud else contact.quiet))
    wanted = {one.contact_method: one.after for one in sorted(notices, key=lambda one: -one.after)}
    for contact_method in contact.addresses:
        at: datetime | None = None
        if page.last_resort or page.undelivered:
            at = now
        elif contact_method in wanted:
            at = max(now, page.raised_at + wanted[contact_method])
        unless_delivered = now + UNDELIVERED_AFTER
        due_at = min(at, unless_delivered) if at else unless_delivered
        yield Notification(0, page.id, contact_method, NotificationState.WAITING, due_at, at)


def decided(notification: Notification, page: Page, now: datetime, *, delivered: bool) -> Notification:
    """Return what becomes of a notification whose time to look at it has come.

    `delivered` says whether Slack took the direct message that calls the page's person.
    """
    if not page.pending:
        return replace(notification, state=NotificationState.CANCELLED)
    planned_at = notification.planned_at
    if (planned_at and planned_at <= now) or not delivered:
        return replace(notification, state=NotificationState.DUE)
    if planned_at:
        return replace(notification, due_at=planned_at)
    return replace(notification, state=NotificationState.CANCELLED)
