"""Placing calls: pages are written and sent, or rest with somebody who is at work on the incident already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.actors import BOT, Actor
from bot.domain.facts import LevelSkipped, OtherMethodRang, PageHeld, PeopleAdded, call_due
from bot.domain.paging.engagement import engaged
from bot.domain.paging.escalations import Call, EscalationState, Reason, ended
from bot.domain.paging.pages import Page, answered
from bot.operations.paging.alarm import nobody_on_call
from bot.operations.paging.notify import plan_contact_methods
from storage import escalations, incidents, members, notifications, pages, roles
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Placing:
    """A page that is about to be written, the call that it makes, and the page `after` which it comes.

    `by` is a person who did not want to wait, `gone` that the one before it called somebody who is not there.
    """

    page: Page
    call: Call
    after: Page | None = None
    by: Actor = BOT
    gone: bool = False


def place_calls(tx: Tx, placing: Sequence[Placing]) -> list[Page]:
    """Write pages of different incidents and send them, say who was passed over, and let people in.

    A path that goes on to a level where somebody is engaged already rests with them: nobody is called. What
    a person asks for always calls.
    """
    prepared = [_prepared(tx, one) for one in placing]
    stored = pages.add_each(tx, [(page, most) for page, most, _ in prepared])
    return [
        _placed(tx, page, holder, one)
        for page, (_, _, holder), one in zip(stored, prepared, placing, strict=True)
    ]


def _prepared(tx: Tx, placing: Placing) -> tuple[Page, int, str | None]:
    """Return the page to write, from how many others on it is digested, and with whom it rests."""
    page, after = placing.page, placing.after
    busy = engaged(roles.holders(tx, page.incident)) if page.incident and (page.climbed or after) else ()
    asked = page.escalation.reason is Reason.ASKED and not after
    page = replace(page, quiet=bool(busy))
    if page.responder in busy and not asked:
        return page, 0, page.responder
    return *_how(tx, page, after), None


def _how(tx: Tx, page: Page, after: Page | None) -> tuple[Page, int]:
    """Return a page that is about to call its person, and from how many other calls on it is digested.

    Whom the same path calls again is called as before: the newer message stands for the one that they have.
    """
    page = _beside(tx, page)
    if page.beside is not None or page.responder is None:
        return page, 0
    if after and after.responder == page.responder and after.beside is None:
        return replace(page, digested=after.digested), 0
    return page, tx.process.pages_before_digest


def _beside(tx: Tx, page: Page) -> Page:
    """Return the page, without a message of its own if one calls the same person for the incident already."""
    if page.incident is None or page.responder is None:
        return page
    for other in pages.pending_of(tx, page.incident):
        if other.responder == page.responder and other.beside is None:
            return replace(page, beside=other.id, remind_at=None)
    return page


def _placed(tx: Tx, page: Page, holder: str | None, placing: Placing) -> Page:
    if page.incident:
        for team in placing.call.skipped:
            tx.record(LevelSkipped(incident=page.incident, page=page.id, team=team))
    if holder:
        return _rests_with(tx, page, holder, placing.after, placing.by)
    if page.beside is None:
        tx.record(call_due(page))
    plan_contact_methods(tx, page)
    alone = page.beside is None and not page.digested
    if page.last_resort and alone and notifications.left(tx, page.id):
        asked_by = page.escalation.asked_by
        tx.record(OtherMethodRang(page=page.id, incident=page.incident, asked_by=asked_by, number=0))
    if page.incident and page.responder:
        let_in(tx, page.incident, page.responder)
    if not page.responder:
        nobody_on_call(tx, page)
    return page


def _rests_with(tx: Tx, page: Page, holder: str, after: Page | None, by: Actor) -> Page:
    """Let a page rest with somebody who is engaged: they and the channel are told, once."""
    assert page.incident
    end_page(tx, page, answered(page, holder, tx.now))
    tx.record(
        PageHeld(
            incident=page.incident,
            by=by,
            page=page.id,
            wanted=page.escalation.role,
            person=holder,
            silent=after.responder if after else None,
        )
    )
    return pages.get(tx, page.id)


def end_page(tx: Tx, seen: Page, page: Page) -> bool:
    """Write how a page ends, and its escalation with it, unless somebody else decided first."""
    state = EscalationState.ACKNOWLEDGED if page.answered_by else EscalationState.CANCELLED
    won = escalations.advance(tx, seen.escalation, ended(seen.escalation, state))
    return won is not None and pages.advance(tx, seen, page)


def let_in(tx: Tx, incident_id: int, person: str) -> None:
    """Have a person invited to the incident's channel: now, or as soon as it opens.

    Who was removed from a private incident is not: neither a page, role nor lead is a way back.
    """
    if not incidents.has_channel(tx, incident_id):
        members.note(tx, incident_id, person)
    elif members.add(tx, incident_id, person):
        tx.record(PeopleAdded(incident=incident_id, people=[person]))
