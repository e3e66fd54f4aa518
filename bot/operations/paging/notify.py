"""By which contact methods beside Slack a page leaves, and which of them took it."""

from dataclasses import replace

from bot.domain.facts import PageNotified
from bot.domain.incidents.incident import Incident
from bot.domain.paging.notification_rules import Loudness
from bot.domain.paging.notifications import MANY, NotificationState, Storm, is_loud, planned
from bot.domain.paging.pages import Page
from bot.domain.process import UNKNOWN, Contact
from storage import contact_methods, incidents, notification_rules, notifications, pages, people
from storage.transaction import Tx


def plan_contact_methods(tx: Tx, page: Page) -> None:
    """Write when a page leaves by each contact method that its responder has."""
    contact = contact_of(tx, page.responder)
    if not contact.addresses:
        return
    severity = incidents.get(tx, page.incident).severity if page.incident else None
    for notification in planned(page, contact, tx.now, loud=is_loud(page, severity)):
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


def called(tx: Tx, notification_id: int) -> tuple[Page, Incident | None, Storm | None]:
    """Return for what a notification calls, and how much else does when it has to stand for all of it."""
    page = pages.get(tx, notifications.get(tx, notification_id).page)
    incident = incidents.get(tx, page.incident) if page.incident else None
    if not page.responder or not pages.call_more_than(tx, page.responder, MANY):
        return page, incident, None
    number, worst = pages.calling(tx, page.responder)
    return page, incident, Storm(number, incidents.get(tx, worst) if worst else None)


def overtaken(tx: Tx, notification_id: int) -> None:
    """Note that the page was answered or moved on before it left by the contact method."""
    notifications.finish(tx, notification_id, NotificationState.CANCELLED)


def contact_of(tx: Tx, person: str | None) -> Contact:
    """Return how to reach a person without Slack: what they verified and chose themselves comes first."""
    process = tx.process
    if not person or not (process.contacts or process.contact_methods):
        return UNKNOWN
    known = people.get(tx, person)
    contact = process.contact(person, known.email if known else None)
    if not process.contact_methods:
        return contact
    every = {**contact.addresses, **contact_methods.verified(tx, person)}
    rules = notification_rules.of(tx, person)
    return replace(
        contact,
        addresses={name: every[name] for name in process.contact_methods if name in every},
        loud=rules.get(Loudness.LOUD, contact.loud),
        quiet=rules.get(Loudness.QUIET, contact.quiet),
    )


def reached(tx: Tx, page: Page) -> bool:
    """Say whether any contact method, Slack's or another, took a message that called the page's responder."""
    return delivered(tx, page) or notifications.taken(tx, page)


def delivered(tx: Tx, page: Page) -> bool:
    """Say whether Slack took the direct message: the page's own, or the one that it counts on."""
    message = pages.get(tx, page.beside) if page.beside else page
    return message.dm_ts is not None
