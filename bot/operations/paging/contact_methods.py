"""Contact methods, when the time has come: a page leaves by one, or the contact method is given up."""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.facts import NotificationDue, call_of
from bot.domain.paging.calling import decided
from bot.domain.paging.notifications import MANY, TOGETHER, Notification, NotificationState
from bot.domain.paging.pages import Page
from bot.operations.paging.escalate import unreached
from bot.operations.paging.notify import contact_of, notified, tell_notified
from bot.operations.workspace.channel import problem
from storage import notifications, pages
from storage.transaction import Tx

ASIDE = timedelta(seconds=5)
"""How long a notification that could not be handled stays out of the way of the others."""


def notify_due(tx: Tx, notification_id: int) -> None:
    """Send a page by a contact method, if it still waits and nothing told its responder there already."""
    seen = notifications.get(tx, notification_id)
    if seen.state is not NotificationState.WAITING or seen.due_at > tx.now:
        return
    waiting = _waiting(tx, seen)
    now = decided(seen, waiting, tx.now)
    leaves = now.state is NotificationState.DUE
    if carrier := _carrier(tx, seen, waiting) if leaves else None:
        _carry(tx, seen, carrier, waiting)
    elif notifications.advance(tx, seen, now) and leaves:
        if seen.contact_method in contact_of(tx, seen.person).addresses:
            tx.record(NotificationDue(**call_of(waiting[0], seen)))
        else:
            give_contact_method_up(tx, seen.id, "it is configured no more")


def _carry(tx: Tx, seen: Notification, carrier: Notification, waiting: Sequence[Page]) -> None:
    """Have another text stand for this one, once it has left."""
    if carrier.state is NotificationState.DUE:
        notifications.set_aside(tx, seen.id, ASIDE)
    elif notifications.advance(tx, seen, replace(seen, state=NotificationState.CANCELLED)):
        notifications.carry(tx, seen, carrier)
        for page in waiting:
            tell_notified(tx, page, carrier)


def _waiting(tx: Tx, seen: Notification) -> list[Page]:
    """Return the pages that a notification covers and that still wait for an answer."""
    return [one for one in pages.covered_by(tx, seen.id) if one.pending]


def _carrier(tx: Tx, seen: Notification, waiting: Sequence[Page]) -> Notification | None:
    """Return the one text that stands for all, when more call this person than they can read."""
    if not pages.call_more_than(tx, seen.person, MANY):
        return None
    since = max(tx.now - TOGETHER, *(one.raised_at for one in waiting))
    return notifications.carrier(tx, seen, since)


def due_unwritten(tx: Tx, limit: int, sent: Container[int]) -> list[int]:
    """Return which notifications would leave now, for when that cannot be written.

    Of those in `sent` Slack took the message, which could not be written either.
    """
    found = []
    for number in notifications.due(tx, limit):
        seen = notifications.get(tx, number)
        waiting = [
            replace(one, shown=one.shown or (one.notification is not None and one.notification.id in sent))
            for one in _waiting(tx, seen)
        ]
        known = seen.contact_method in contact_of(tx, seen.person).addresses
        if known and decided(seen, waiting, tx.now).state is NotificationState.DUE:
            found.append(number)
    return found


def left_unwritten(tx: Tx, notification_id: int) -> None:
    """Note that a page left by a contact method while nothing could be written."""
    seen = notifications.get(tx, notification_id)
    if seen.state is NotificationState.WAITING:
        notifications.advance(tx, seen, replace(seen, state=NotificationState.DUE))
    notified(tx, notification_id)


def attempt_failed(tx: Tx, notification_id: int, why: str) -> None:
    """Note that a method failed. The first time the one after it leaves at once."""
    if notifications.fail(tx, notification_id, why):  # each later time would hurry one more, tried or not
        notifications.hurry_next(tx, notifications.get(tx, notification_id))


def give_contact_method_up(tx: Tx, notification_id: int, why: str) -> None:
    """Note that a method will never take a call; when no other way is left, call the next level at once."""
    seen = notifications.get(tx, notification_id)
    attempt_failed(tx, notification_id, why)
    if not notifications.finish(tx, notification_id, NotificationState.DEAD, why):
        return
    for page in _waiting(tx, seen):
        if page.incident:
            what = f"A page for <@{page.responder}> could not leave by {seen.contact_method}"
            problem(tx, page.incident, what, why, "See `contact_methods` and `people` in the configuration.")
        if page.undelivered and not notifications.left(tx, page.id):
            unreached(tx, page)


def set_notification_aside(tx: Tx, notification_id: int) -> None:
    """Push a notification that fails to be handled out of the way for a while."""
    notifications.set_aside(tx, notification_id, ASIDE)
