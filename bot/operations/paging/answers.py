"""Answers to a page that are no acknowledgement: on my way, and cannot take it."""

from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.facts import CannotTake, NotificationChanged, OnMyWay
from bot.domain.incidents.incident import Severity
from bot.domain.paging import answers as rules
from bot.domain.paging.pages import Page
from bot.operations.paging.acknowledge import NotYours, what_became_of
from bot.operations.paging.escalate import falls_away, pass_on
from bot.operations.paging.notify import companions_of
from bot.operations.rights import visible_page
from storage import escalations, incidents, notifications, pages
from storage.transaction import Tx


def on_my_way(tx: Tx, page_id: int, length: timedelta | None, *, by: str) -> Page:
    """Have a page wait for its person, with all of the incident that call them; they are called still.

    Refuses a second time, and a time that is too long.
    """
    seen = own_page(tx, page_id, by)
    severity = incidents.get(tx, seen.incident).severity if seen.incident else None
    waits = rules.on_my_way(seen, length, severity, tx.now)
    others = pages.pending_of(tx, seen.incident) if seen.incident else []
    length = waits.there_by - tx.now if waits.there_by else length
    _wait(tx, seen, waits)
    for other in others:
        mine = other.responder == by and other.id != seen.id
        if mine and length in rules.lengths(other, severity, tx.now):
            _wait(tx, other, rules.on_my_way(other, length, severity, tx.now))
    return pages.get(tx, seen.id)


def wait_no_longer(tx: Tx, incident_id: int, severity: Severity) -> None:
    """Have the pages whose people are on the way go on when they must at a severity that was raised."""
    for seen in pages.pending_of(tx, incident_id):
        page = rules.no_later(seen, severity, tx.now)
        if page != seen and escalations.advance(tx, seen.escalation, page.escalation):
            pages.advance(tx, seen, page)


def cannot_take(tx: Tx, page_id: int, reason: str, *, by: str) -> Page:
    """Call whoever comes after a page at once. Where nobody does it stays open.

    Return the page that waits for an answer now.
    """
    seen = own_page(tx, page_id, by)
    others = len(seen.called) > 1
    left = companions_of(tx, seen)
    after = None if others else pass_on(tx, seen, by=by)
    if others:
        falls_away(tx, seen)
        for one in left:
            pass_on(tx, pages.get(tx, one.id), by=by)
    if seen.incident:
        tx.record(
            CannotTake(
                incident=seen.incident,
                by=by,
                page=seen.id,
                role=seen.role,
                person=by,
                reason=reason,
                alone=not (others or after),
            )
        )
    return after or pages.latest(tx, seen)


def own_page(tx: Tx, page_id: int, by: str) -> Page:
    """Return a page that calls this person now. Refuses what is over, and what calls somebody else."""
    seen = visible_page(tx, page_id, by)
    if not seen.pending:
        raise Refused(what_became_of(tx, seen, by))
    if seen.responder != by:
        raise NotYours(seen)
    return seen


def _wait(tx: Tx, seen: Page, page: Page) -> None:
    """Write that a page waits for its person, unless somebody else decided first."""
    if not escalations.advance(tx, seen.escalation, page.escalation) or not pages.advance(tx, seen, page):
        raise Refused(what_became_of(tx, pages.get(tx, seen.id), seen.responder or ""))
    if page.there_by:
        notifications.put_off(tx, page.id, page.there_by)
    if page.incident and page.there_by:
        tx.record(
            OnMyWay(
                incident=page.incident,
                by=page.responder or "",
                page=page.id,
                role=page.role,
                person=page.responder or "",
                until=page.there_by.isoformat(),
            )
        )
    elif page.notification:
        tx.record(NotificationChanged(notification=page.notification.id))
