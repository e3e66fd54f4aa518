"""Placing calls: pages are written and sent, or rest with somebody who is at work on the incident already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.actors import BOT, Actor
from bot.domain.facts import LevelSkipped, OtherMethodRang, PageHeld, PageShadowed, PeopleAdded, call_due
from bot.domain.paging import escalations as rules
from bot.domain.paging.escalations import Call, EscalationState, Reason
from bot.domain.paging.pages import Page, PageState, answered, ended
from bot.operations.paging.alarm import nobody_on_call
from bot.operations.paging.engaged import at_work
from bot.operations.paging.notify import plan_contact_methods
from bot.operations.paging.targets import why_passed_over
from storage import escalations, incidents, members, notifications, pages, people
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Placing:
    """The pages that an escalation is about to write for one call, and those `after` which they come.

    `by` is a person who did not want to wait, `gone` that the one before called somebody who is not there.
    """

    pages: Sequence[Page]
    call: Call
    after: Sequence[Page] = ()
    by: Actor = BOT
    gone: bool = False


def place_calls(tx: Tx, placing: Sequence[Placing]) -> list[list[Page]]:
    """Write pages of different incidents and send them, say who was passed over, and let people in.

    A path that goes on to a level where somebody is engaged already rests with them: nobody is called. What
    a person asks for always calls.
    """
    prepared = [_prepared(tx, one) for one in placing]
    stored = iter(pages.add_each(tx, [each for new, _ in prepared for each in new]))
    return [
        _placed(tx, [next(stored) for _ in new], holder, one)
        for (new, holder), one in zip(prepared, placing, strict=True)
    ]


def _prepared(tx: Tx, placing: Placing) -> tuple[list[tuple[Page, int]], str | None]:
    """Return the pages to write, each with how many others digest it, and with whom the path rests."""
    new, after = placing.pages, placing.after
    busy = at_work(tx, new[0].escalation) if new[0].climbed or after else frozenset()
    asked = new[0].escalation.reason is Reason.ASKED and not after
    new = [replace(page, quiet=bool(busy)) for page in new]
    for page in new:
        if page.responder in busy and not asked:
            return [(page, 0)], page.responder
    return [_how(tx, page, after) for page in new], None


def _how(tx: Tx, page: Page, after: Sequence[Page]) -> tuple[Page, int]:
    """Return a page that is about to call its person, and from how many other calls on it is digested.

    Whom the same path calls again is called as before: the newer message stands for the one that they have.
    """
    page = _beside(tx, page)
    if page.in_channel:  # it calls nobody whose pages could be listed together
        return page, 0
    if page.beside is not None or page.responder is None:
        return page, 0
    for before in after:
        if before.responder == page.responder and before.beside is None:
            return replace(page, digested=before.digested), 0
    return page, tx.process.pages_before_digest


def _beside(tx: Tx, page: Page) -> Page:
    """Return the page, without a message of its own if one calls the same person for the incident already."""
    if page.incident is None or page.responder is None:
        return page
    for other in pages.pending_of(tx, page.incident):
        if other.responder == page.responder and other.beside is None:
            return replace(page, beside=other.id)
    return page


def _placed(tx: Tx, placed: list[Page], holder: str | None, placing: Placing) -> list[Page]:
    first = placed[0]
    if first.incident:
        for team in placing.call.skipped:
            why = why_passed_over(tx, first.escalation, team)
            tx.record(LevelSkipped(incident=first.incident, page=first.id, team=team, why=why))
    if holder:
        return [_rests_with(tx, first, holder, placing.after, placing.by)]
    for page in placed:
        _send(tx, page)
    _tell_shadows(tx, first)
    return placed


def _send(tx: Tx, page: Page) -> None:
    if page.beside is None:
        tx.record(call_due(page))
    plan_contact_methods(tx, page)
    alone = page.beside is None and not page.digested
    if page.last_resort and alone and notifications.left(tx, page.id):
        asked_by = page.escalation.asked_by
        tx.record(OtherMethodRang(page=page.id, incident=page.incident, asked_by=asked_by, number=0))
    if page.incident and page.responder and not page.in_channel:
        let_in(tx, page.incident, page.responder)
    if not page.responder:
        nobody_on_call(tx, page)


def _tell_shadows(tx: Tx, page: Page) -> None:
    """Have those who shadow the team told when it is called. Of a private incident they know nothing."""
    shadows = people.shadowing(tx, page.level_team) if page.round == 1 else ()
    if shadows and page.incident and incidents.get(tx, page.incident).private:
        return
    for person in shadows:
        tx.record(PageShadowed(page=page.id, incident=page.incident, person=person))


def _rests_with(tx: Tx, page: Page, holder: str, after: Sequence[Page], by: Actor) -> Page:
    """Let a path rest with somebody who is engaged: they and the channel are told, once."""
    of = replace(page.escalation, waits_for=(holder,))
    end_page(tx, replace(page, escalation=of), answered(page, holder, tx.now))
    if page.incident:
        tx.record(
            PageHeld(
                incident=page.incident,
                by=by,
                page=page.id,
                wanted=page.escalation.role,
                person=holder,
                silent=[one.responder for one in after if one.responder],
            )
        )
    return pages.get(tx, page.id)


def end_page(tx: Tx, seen: Page, page: Page) -> list[Page]:
    """Write how a page ends, and its escalation with it, unless that waits for the answers of others too.

    Return this page and those that are cancelled with it; none if somebody else decided first.
    """
    of = seen.escalation
    now = (
        rules.answered(of, seen.responder) if page.answered_by else rules.ended(of, EscalationState.CANCELLED)
    )
    if not escalations.advance(tx, of, now) or not pages.advance(tx, seen, page):
        return []
    others = pages.waiting(tx, of) if len(of.waits_for) > 1 and not now.running else []
    pages.advance_each(tx, [(one, ended(one, PageState.CANCELLED)) for one in others])
    return [seen, *others]


def let_in(tx: Tx, incident_id: int, person: str) -> None:
    """Have a person invited to the incident's channel: now, or as soon as it opens.

    Who was removed from a private incident is not: neither a page, role nor lead is a way back.
    """
    if not incidents.has_channel(tx, incident_id):
        members.note(tx, incident_id, person)
    elif members.add(tx, incident_id, person):
        tx.record(PeopleAdded(incident=incident_id, people=[person]))
