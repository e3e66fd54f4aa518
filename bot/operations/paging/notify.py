"""By which notifications a page reaches its person, and which of them took it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.domain.errors import NotFound
from bot.domain.facts import PageNotified
from bot.domain.incidents.incident import Incident
from bot.domain.paging.calling import Storm, companions, is_loud, joined, left_with, planned
from bot.domain.paging.notification_rules import Loudness
from bot.domain.paging.notifications import MANY, Notification, NotificationState
from bot.domain.paging.pages import Page
from bot.domain.process import UNKNOWN, Contact
from bot.operations.paging.pagers import in_pager
from storage import contact_methods, incidents, notification_rules, notifications, pages, people
from storage.transaction import Tx


def companions_of(tx: Tx, page: Page) -> list[Page]:
    """Return the other pages that call a page's person for the same incident."""
    return companions(page, pages.pending_of(tx, page.incident)) if page.incident else []


def plan_contact_methods(tx: Tx, page: Page, *, again: bool) -> None:
    """Write when a page leaves by each contact method that its responder has.

    What is on its way to them for the incident already covers it too; `again` rings it anew.
    """
    contact = contact_of(tx, page.responder)
    if not contact.addresses:
        return
    others = companions_of(tx, page)
    found = notifications.of_page(tx, *(one.id for one in others)) if others else ()
    there = {one.contact_method: one for one in found if not one.dead}
    for plan in _plans(tx, page, contact):
        by = there.get(plan.contact_method)
        if by:
            notifications.advance(tx, by, joined(by, plan, again=again))
        notifications.cover(tx, [(page.id, by or notifications.plan(tx, plan), True)])


def leave_out(tx: Tx, page: Page) -> None:
    """Have what shared a notification with a page that has ended leave by it at its own times."""
    if not companions_of(tx, page):
        return
    contact = contact_of(tx, page.responder)
    for seen in notifications.of_page(tx, page.id) if contact.addresses else ():
        waiting = [one for one in pages.covered_by(tx, seen.id) if one.pending]
        plans = [plan for one in waiting for plan in _plans(tx, one, contact)]
        theirs = [one for one in plans if one.contact_method == seen.contact_method]
        now = left_with(seen, waiting, theirs, tx.now)
        if now != seen:
            notifications.advance(tx, seen, now)


def _plans(tx: Tx, page: Page, contact: Contact) -> Iterator[Notification]:
    severity = incidents.get(tx, page.incident).severity if page.incident else None
    return planned(page, contact, loud=is_loud(page, severity), elsewhere=in_pager(tx, page))


def notified(tx: Tx, notification_id: int) -> None:
    """Note that a contact method took what it was handed."""
    if notifications.finish(tx, notification_id, NotificationState.SENT):
        seen = notifications.get(tx, notification_id)
        for page in _one_an_incident(pages.covered_by(tx, notification_id)):
            tell_notified(tx, page, seen)


def tell_notified(tx: Tx, page: Page, seen: Notification) -> None:
    if page.incident:
        tx.record(
            PageNotified(
                incident=page.incident,
                page=page.id,
                person=page.responder,
                contact_method=seen.contact_method,
            )
        )


def _one_an_incident(found: Sequence[Page]) -> list[Page]:
    """Return one of these pages for each incident: one that waits, where there is one."""
    return list({one.incident or -one.id: one for one in sorted(found, key=lambda one: one.pending)}.values())


def called(tx: Tx, notification_id: int) -> tuple[Page, Incident | None, Storm | None]:
    """Return for what a notification calls, and how much else does when it has to stand for all of it."""
    covered = pages.covered_by(tx, notification_id)
    if not covered:  # another one stands for it by now
        raise NotFound("page", notification_id)
    page = next((one for one in covered if one.pending), covered[-1])
    incident = incidents.get(tx, page.incident) if page.incident else None
    if not page.responder or not pages.call_more_than(tx, page.responder, MANY):
        return page, incident, None
    number, worst = pages.calling(tx, page.responder)
    return page, incident, Storm(number, incidents.get(tx, worst) if worst else None)


def overtaken(tx: Tx, notification_id: int) -> None:
    """Note that all it covers was answered or moved on before it left by the contact method."""
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
    """Say whether any contact method, Slack's or another, took a message that calls for a page."""
    return page.shown or notifications.rang(tx, page.id)
