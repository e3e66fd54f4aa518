"""Contact methods, when the time has come: a page leaves by one, or the contact method is given up."""

from collections.abc import Container
from dataclasses import replace
from datetime import timedelta

from bot.domain.facts import NotificationDue
from bot.domain.paging.notifications import MANY, TOGETHER, NotificationState, decided
from bot.domain.paging.pages import Page
from bot.operations.paging.escalate import unreached
from bot.operations.paging.notify import contact_of, delivered, notified
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
    page = pages.get(tx, seen.page)
    now = decided(seen, page, tx.now, delivered=delivered(tx, page))
    if now.state is NotificationState.DUE and notifications.told(tx, page, seen.contact_method):
        now = replace(seen, state=NotificationState.CANCELLED)
    carried = _carried(tx, page, seen.contact_method) if now.state is NotificationState.DUE else None
    if carried is NotificationState.DUE:
        notifications.set_aside(tx, seen.id, ASIDE)
        return
    if not notifications.advance(tx, seen, now) or now.state is not NotificationState.DUE:
        return
    if carried:
        notified(tx, seen.id)
        return
    if seen.contact_method in contact_of(tx, page.responder).addresses:
        tx.record(
            NotificationDue(
                notification=seen.id, page=page.id, incident=page.incident, asked_by=page.escalation.asked_by
            )
        )
    else:
        give_contact_method_up(tx, seen.id, "it is configured no more")


def _carried(tx: Tx, page: Page, contact_method: str) -> NotificationState | None:
    """Return how far the one text is that stands for all, when more call this person than they can read."""
    if not page.responder or not pages.call_more_than(tx, page.responder, MANY):
        return None
    return notifications.carrier(tx, page, contact_method, tx.now - TOGETHER)


def due_unwritten(tx: Tx, limit: int, sent: Container[int]) -> list[int]:
    """Return which notifications would leave now, for when that cannot be written.

    Of the pages in `sent` Slack took the message, which could not be written either.
    """
    found = []
    for number in notifications.due(tx, limit):
        seen = notifications.get(tx, number)
        page = pages.get(tx, seen.page)
        now = decided(seen, page, tx.now, delivered=page.id in sent or delivered(tx, page))
        known = seen.contact_method in contact_of(tx, page.responder).addresses
        if (
            now.state is NotificationState.DUE
            and known
            and not notifications.told(tx, page, seen.contact_method)
        ):
            found.append(number)
    return found


def left_unwritten(tx: Tx, notification_id: int) -> None:
    """Note that a page left by a contact method while nothing could be written."""
    seen = notifications.get(tx, notification_id)
    if seen.state is NotificationState.WAITING:
        notifications.advance(tx, seen, replace(seen, state=NotificationState.DUE))
    notified(tx, notification_id)


def give_contact_method_up(tx: Tx, notification_id: int, why: str) -> Page | None:
    """Note that a method will never take a page; when no other way is left, call the next level at once."""
    seen = notifications.get(tx, notification_id)
    if not notifications.finish(tx, notification_id, NotificationState.DEAD, why):
        return None
    page = pages.get(tx, seen.page)
    notifications.hurry_next(tx, page.id)
    if page.incident:
        what = f"A page for <@{page.responder}> could not leave by {seen.contact_method}"
        problem(tx, page.incident, what, why, "See `contact_methods` and `people` in the configuration.")
    lost = page.pending and page.undelivered and not notifications.left(tx, page.id)
    return unreached(tx, page) if lost else None


def set_notification_aside(tx: Tx, notification_id: int) -> None:
    """Push a notification that fails to be handled out of the way for a while."""
    notifications.set_aside(tx, notification_id, ASIDE)
