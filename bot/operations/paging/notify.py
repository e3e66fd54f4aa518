"""By which contact methods beside Slack a page leaves, and which of them took it."""

from bot.domain.facts import PageNotified
from bot.domain.paging.notifications import NotificationState, planned
from bot.domain.paging.pages import Page
from bot.domain.process import UNKNOWN, Contact
from storage import notifications, pages, people
from storage.transaction import Tx


def plan_contact_methods(tx: Tx, page: Page) -> None:
    """Write when a page leaves by each contact method that its responder has."""
    for notification in planned(page, contact_of(tx, page.responder), tx.now):
        notifications.plan(tx, notification)


def notified(tx: Tx, notification_id: int) -> None:
    """Note that a contact method took the page."""
    seen = notifications.get(tx, notification_id)
    if notifications.finish(tx, notification_id, NotificationState.SENT):
        page = pages.get(tx, seen.page)
        if page.incident:
            tx.record(
                PageNotified(
                    incident=page.incident,
                    page=page.id,
                    person=page.responder,
                    contact_method=seen.contact_method,
                )
            )


def overtaken(tx: Tx, notification_id: int) -> None:
    """Note that the page was answered or moved on before it left by the contact method."""
    notifications.finish(tx, notification_id, NotificationState.CANCELLED)


def contact_of(tx: Tx, person: str | None) -> Contact:
    """Return how to reach a person without Slack."""
    if not person or not tx.process.contacts:
        return UNKNOWN
    known = people.get(tx, person)
    return tx.process.contact(person, known.email if known else None)


def reached(tx: Tx, page: Page) -> bool:
    """Say whether any contact method, Slack's or another, took a message that called the page's responder."""
    return delivered(tx, page) or notifications.taken(tx, page)


def delivered(tx: Tx, page: Page) -> bool:
    """Say whether Slack took the direct message: the page's own, or the one that it counts on."""
    message = pages.get(tx, page.beside) if page.beside else page
    return message.dm_ts is not None
