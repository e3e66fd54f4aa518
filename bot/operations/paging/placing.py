"""Placing calls: pages are written and sent, or rest with somebody who is at work on the incident already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.actors import BOT, Actor
from bot.domain.facts import (
    CallDue,
    LevelSkipped,
    NotificationChanged,
    OtherMethodRang,
    PageHeld,
    PageShadowed,
    PeopleAdded,
    call_of,
)
from bot.domain.paging import escalations as rules
from bot.domain.paging.calling import companions, message_of, speaks
from bot.domain.paging.escalations import Call, EscalationState, Reason
from bot.domain.paging.pages import Page, PageState, answered, ended
from bot.operations.paging.alarm import nobody_on_call
from bot.operations.paging.engaged import at_work
from bot.operations.paging.notify import plan_contact_methods
from bot.operations.paging.pagers import raise_in_pager
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
    each = [one for them in prepared for one in them]
    called = [one.page.responder or "" for one in each if one.needs_message]
    begun = iter(notifications.call_each(tx, called))
    covered = [replace(one.page, notification=next(begun)) if one.needs_message else one.page for one in each]
    stored = iter(pages.add_each(tx, covered))
    return [
        _placed(tx, [next(stored) for _ in them], them, one)
        for them, one in zip(prepared, placing, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A page to write: with whom it rests, and whether it calls its person: else a message does already."""

    page: Page
    holder: str | None = None
    calls: bool = False

    @property
    def needs_message(self) -> bool:
        return self.calls and self.page.notification is None


def _prepared(tx: Tx, placing: Placing) -> list[_Prepared]:
    """Return the pages to write; only one where the path rests with somebody."""
    new, after = placing.pages, placing.after
    busy = at_work(tx, new[0].escalation) if new[0].climbed or after else frozenset()
    asked = new[0].escalation.reason is Reason.ASKED and not after
    new = [replace(page, quiet=True) for page in new] if busy else new
    for page in new:
        if page.responder in busy and not asked:
            return [_Prepared(page, holder=page.responder)]
    return [_covered(tx, page, after) if page.responder else _Prepared(page) for page in new]


def _covered(tx: Tx, page: Page, after: Sequence[Page]) -> _Prepared:
    """Have a page covered by the message that calls its person for the incident, where there is one.

    Of several paths that call somebody again and again only the first does: one call is enough.
    """
    known = (
        pages.of_incident(tx, page.incident)
        if page.incident
        else [ended(one, PageState.ESCALATED) for one in after]
    )
    again = any(one.responder == page.responder for one in after)
    others = companions(page, known)
    message = message_of(page, known, again=again)
    calls = message is None or not others or (again and speaks(page, others))
    walked = any(one.escalation.id == page.escalation.id and one.responder == page.responder for one in known)
    if message and not others and not (again or walked):  # one path that comes round counts its calls on
        notifications.call_anew(tx, message.id)
    shown = not calls and message is not None and message.place is not None
    covered = replace(page, notification=message, shown=shown) if message else page
    return _Prepared(covered, calls=calls)


def send(tx: Tx, page: Page) -> None:
    """Have a page sent to its person that no message shows, and for which none is on its way."""
    if not page.notification:
        (message,) = notifications.call_each(tx, [page.responder or ""])
        notifications.cover(tx, [(page.id, message, False)])
        page = replace(page, notification=message)
    tx.record(CallDue(**call_of(page)))


def call_anew(tx: Tx, left: Sequence[Page]) -> None:
    """Have a message call for these pages: what it called for before is over."""
    message = left[0].notification
    assert message
    notifications.call_anew(tx, message.id)
    notifications.show(tx, message.id, [one.id for one in left], shown=False)
    tx.record(CallDue(**call_of(left[0])))


def _placed(tx: Tx, placed: list[Page], how: Sequence[_Prepared], placing: Placing) -> list[Page]:
    first = placed[0]
    if first.incident:
        for team in placing.call.skipped:
            why = why_passed_over(tx, first.escalation, team)
            tx.record(LevelSkipped(incident=first.incident, page=first.id, team=team, why=why))
    if how[0].holder:
        return [_rests_with(tx, first, how[0].holder, placing.after, placing.by)]
    raise_in_pager(tx, first)
    for page, one in zip(placed, how, strict=True):
        _call(tx, page, calls=one.calls)
    _tell_shadows(tx, first)
    return placed


def _call(tx: Tx, page: Page, *, calls: bool) -> None:
    """Have a page call its person, or be shown in the message that does."""
    if not page.responder:
        nobody_on_call(tx, page)
        return
    if calls:
        tx.record(CallDue(**call_of(page)))
    elif page.notification:
        tx.record(NotificationChanged(notification=page.notification.id))
    plan_contact_methods(tx, page, again=calls)
    if page.last_resort and calls and not page.digested and notifications.left(tx, page.id):
        tx.record(OtherMethodRang(**call_of(page), number=0))
    if page.incident and not page.in_channel:
        let_in(tx, page.incident, page.responder)


def _tell_shadows(tx: Tx, page: Page) -> None:
    """Have those who shadow the team told when it is called: of nothing private, and of no practice."""
    shadows = people.shadowing(tx, page.level_team) if page.round == 1 else ()
    incident = incidents.get(tx, page.incident) if shadows and page.incident else None
    if incident and (incident.private or incident.drill):
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
