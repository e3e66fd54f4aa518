"""How somebody is called: by which notifications, and again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.incidents.incident import Incident, Severity
from bot.domain.paging.escalations import EscalationState
from bot.domain.paging.notifications import UNDELIVERED_AFTER, Notification, NotificationState
from bot.domain.paging.pages import Page, PageState, newest
from bot.domain.process import Contact

_AT_ONCE = timedelta()


class Way(StrEnum):
    """How Slack takes part in a call."""

    NEW = "a message is posted"
    EDIT = "the standing message is edited: another method rings"
    REPLACE = "a message is posted, and the standing one goes"


def way(*, standing: bool, again: bool, rung: bool) -> Way:
    """Return how Slack calls somebody. An edit makes no sound: it is enough only for a call that is repeated
    (`again`) and rings by another method (`rung`).
    """
    if not standing:
        return Way.NEW
    return Way.EDIT if again and rung else Way.REPLACE


@dataclass(frozen=True, slots=True)
class Calls:
    """How often a message called somebody, and since when."""

    number: int
    since: datetime


def companions(page: Page, known: Iterable[Page]) -> list[Page]:
    """Return the other pages that call a page's person for the same incident."""
    return [one for one in known if one.pending and one.responder == page.responder and one.id != page.id]


def speaks(page: Page, others: Sequence[Page]) -> bool:
    """Say whether a page's path is the one that calls again, of all those that call its person."""
    return all(page.escalation.id < one.escalation.id for one in others)


def uncalled(left: Sequence[Page]) -> bool:
    """Say whether a person's message shows these pages, all of which came after its last call."""
    message = left[0].notification if left else None
    if not message or not message.place or not all(one.shown for one in left):
        return False
    return all(message.sent_at is not None and one.raised_at > message.sent_at for one in left)


def message_of(page: Page, known: Sequence[Page], *, again: bool) -> Notification | None:
    """Return the message that covers a new page, too, None where it needs a new one.

    That is the one that calls its person already; else the last one, where nobody answered what it called
    for: the newer call takes its place. A digest stays the one of whom the same path calls `again`.
    """
    theirs = [
        one
        for one in known
        if one.responder == page.responder and one.notification and not one.notification.dead
    ]
    for one in theirs:
        if one.pending:
            return one.notification
    last = max(theirs, key=lambda one: one.id).notification if theirs else None
    if not last or (last.digest and not again):
        return None
    covered = [one for one in theirs if one.notification and one.notification.id == last.id]
    answered = any(one.state is PageState.ACKNOWLEDGED for one in covered)
    return None if answered and not last.digest else last


def shown(covered: Sequence[Page]) -> Page:
    """Return the page that a message shows: of those that wait the one whose time is over first."""
    waiting = [one for one in covered if one.pending]
    if waiting:
        return min(waiting, key=lambda one: (one.escalation.due_at, one.id))
    return max(covered, key=lambda one: (one.state is PageState.ACKNOWLEDGED, one.id))


def end_of(page: Page, known: Iterable[Page]) -> Page | None:
    """Return the page with which the path of one ended that moved on, or was cancelled since somebody else
    answered, or with which its person answered late.
    """
    if page.state is PageState.CANCELLED:
        path = [one for one in known if one.escalation.id == page.escalation.id]
        return newest(path) if page.escalation.state is EscalationState.ACKNOWLEDGED else None
    later = [one for one in known if one.id > page.id]
    late = [
        one
        for one in later
        if one.escalation.team == page.escalation.team
        and page.responder
        and one.answered_by == page.responder
    ]
    path = [one for one in later if one.escalation.id == page.escalation.id]
    return next((one for one in (*late[-1:], *([newest(path)] if path else [])) if not one.pending), None)


@dataclass(frozen=True, slots=True)
class Storm:
    """How many pages call somebody at once, and for what the worst of them is."""

    number: int
    worst: Incident | None


def is_loud(page: Page, severity: Severity | None) -> bool:
    """Say whether a page may wake its person: for an S1 or S2, without an incident, or if nobody answers."""
    return page.loud or severity is None or severity.high


def planned(page: Page, contact: Contact, *, loud: bool, elsewhere: bool = False) -> Iterator[Notification]:
    """Yield a notification for each contact method of the page's person, with its deadline.

    While a pager calls them `elsewhere`, their own rules rest.
    """
    own = () if elsewhere else contact.loud if loud else contact.quiet
    notices = (*page.escalation.path[page.level].notify, *own)
    wanted = {one.contact_method: one.after for one in sorted(notices, key=lambda one: -one.after)}
    for contact_method in contact.addresses:
        at: datetime | None = None
        if page.last_resort:
            at = page.raised_at
        elif contact_method in wanted:
            at = page.raised_at + wanted[contact_method]
        unless_delivered = page.raised_at + UNDELIVERED_AFTER
        due_at = min(at, unless_delivered) if at else unless_delivered
        yield Notification(
            0, page.responder or "", contact_method, NotificationState.WAITING, due_at, planned_at=at
        )


def joined(there: Notification, plan: Notification, *, again: bool) -> Notification:
    """Return a notification that is to cover one more page, by its plan; `again` rings what was sent."""
    if there.state is NotificationState.WAITING:
        both = [one.planned_at for one in (there, plan) if one.planned_at]
        return replace(there, due_at=min(there.due_at, plan.due_at), planned_at=min(both, default=None))
    if there.state is NotificationState.CANCELLED or (again and there.state is NotificationState.SENT):
        return replace(there, state=plan.state, due_at=plan.due_at, planned_at=plan.planned_at)
    return there


def decided(notification: Notification, waiting: Sequence[Page], now: datetime) -> Notification:
    """Return what becomes of a notification whose time to look at it has come.

    `waiting` are the pages it covers that still wait for an answer.
    """
    times = [_undelivered_at(one) for one in waiting if not one.shown]
    if waiting and notification.planned_at:
        times.append(notification.planned_at)
    if not times:
        return replace(notification, state=NotificationState.CANCELLED)
    if min(times) <= now:
        return replace(notification, state=NotificationState.DUE)
    return replace(notification, due_at=min(times))


def _undelivered_at(page: Page) -> datetime:
    """Return when Slack has had its time to show a page. It has it anew when its message calls anew."""
    since = max(page.raised_at, page.notification.due_at) if page.notification else page.raised_at
    return since + (_AT_ONCE if page.undelivered else UNDELIVERED_AFTER)


def left_with(
    there: Notification, waiting: Sequence[Page], plans: Iterable[Notification], now: datetime
) -> Notification:
    """Return a notification one of whose pages has ended, by the plans of those that still wait.

    What was sent told of those that waited then; a page that came later counts on it no more.
    """
    sent = there.state is NotificationState.SENT
    if there.state not in {NotificationState.WAITING, NotificationState.DUE, NotificationState.SENT}:
        return there
    if sent and any(there.sent_at and one.raised_at <= there.sent_at for one in waiting):
        return there
    times = [one.planned_at for one in plans if one.planned_at]
    left = replace(there, state=NotificationState.WAITING, planned_at=min(times, default=None))
    then = decided(left, waiting, now)
    if then.state is NotificationState.DUE:
        return there if there.state is then.state else replace(left, due_at=now)
    return there if sent and then.state is NotificationState.CANCELLED else then
