"""A page that nobody answered goes on to the next level, and never ends by itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.actors import BOT, Actor
from bot.domain.errors import Refused
from bot.domain.facts import Escalated, OtherMethodRang, PageUndelivered, ReminderDue, call_of
from bot.domain.incidents.timers import Timer
from bot.domain.paging import escalations as rules
from bot.domain.paging.calling import speaks
from bot.domain.paging.engagement import ready
from bot.domain.paging.escalations import (
    Call,
    Escalation,
    EscalationState,
    OnCall,
    call_after,
    call_at,
    called,
    lateness,
    missed,
    next_call,
    still_wanted,
)
from bot.domain.paging.pages import Page, PageState, ended, raised, reminded
from bot.operations.paging.acknowledge import what_became_of
from bot.operations.paging.alarm import reaches_nobody, unanswered
from bot.operations.paging.engaged import at_work
from bot.operations.paging.notify import companions_of, reached
from bot.operations.paging.paging import let_go
from bot.operations.paging.placing import Placing, place_calls
from bot.operations.paging.targets import callable_on
from bot.operations.rights import visible_page
from storage import escalations, incidents, members, notifications, pages, roles, timers
from storage.transaction import Tx


def escalate_overdue(tx: Tx, *ids: int) -> list[timedelta]:
    """Raise those of these escalations to the next level whose deadline has passed: answered, they stay.

    Return how late each was. What many of them need to know is looked up once, and they end together.
    """
    due = escalations.take(tx, ids)
    if of := {one.incident for one in due if one.incident}:
        for look_ahead in (pages.look_ahead, roles.look_ahead, incidents.look_ahead, members.look_ahead):
            look_ahead(tx, of)
    first = {one.incident or -one.id: one for one in reversed(due)}
    done = _raise_all(tx, list(first.values()))
    for one in due:  # a message may stand for pages of several: the next sees what became of it
        if first[one.incident or -one.id] is not one:
            done += _raise_all(tx, [one])
    return [tx.now - seen.due_at for seen in done]


def _raise_all(tx: Tx, due: Sequence[Escalation]) -> list[Escalation]:
    """Raise escalations of different incidents; return those that nobody else decided about."""
    calls = [_still_wanted(tx, seen, next_call(seen, _there(tx, seen))) for seen in due]
    waiting = [pages.waiting(tx, seen) for seen in due]
    went_on = escalations.advance_each(
        tx, [(seen, called(seen, call, tx.now)) for seen, call in zip(due, calls, strict=True)]
    )
    ours = [one for one in zip(due, went_on, calls, waiting, strict=True) if one[1]]
    over = [(page, ended(page, PageState.ESCALATED)) for *_, left in ours for page in left]
    pages.advance_each(tx, over)
    placing = []
    for seen, now, call, left in ours:
        assert now
        for page in left:
            if page.responder and not reached(tx, page):
                reaches_nobody(tx, page, "no contact method took it in time")
        placing.append(Placing(raised(now, call, late=lateness(seen.due_at, tx.now)), call, left))
    _go_on(tx, placing)
    return [seen for seen, *_ in ours]


def escalate_now(tx: Tx, page_id: int, *, by: str) -> Page:
    """Skip the wait, also of what the same message covers; whoever presses is not called themselves.

    Refuses when it was answered or has moved on, and when nobody comes after.
    """
    seen = visible_page(tx, page_id, by)
    if seen.pending and not next_after(tx, seen, by):
        raise Refused(
            "Nobody comes after you on this path. Acknowledge the page, or page another team with "
            "`/inc escalate`."
        )
    page = pass_on(tx, seen, by=by)
    if not page:
        raise Refused(what_became_of(tx, pages.get(tx, seen.id), by))
    return page


def pass_on(tx: Tx, seen: Page, *, by: str) -> Page | None:
    """Call whoever comes after a page, and after what the same message covers; None if nobody does, or it
    waits no more.
    """
    page = None
    for one in (seen, *companions_of(tx, seen)):
        if one.pending and (call := next_after(tx, one, by)):
            called = _call_next(tx, one, by=by, call=call)
            page = page or called
    return page


def next_after(tx: Tx, page: Page, by: str) -> Call | None:
    """Return whom Escalate now would call, or with whom the page would rest."""
    of = page.escalation
    call = call_after(of, _there(tx, of), by)
    if not call:
        return None
    busy = at_work(tx, of)
    holders = (one for one in _still_wanted(tx, of, call).responders if one in busy)
    return replace(call, holder=next(holders, None))


def escalatable(tx: Tx, page: Page, viewer: str) -> bool:
    """Say whether Escalate now calls somebody else: there is a level after this one."""
    return not page.last_level and next_after(tx, page, viewer) is not None


def call_instead(tx: Tx, seen: Page) -> Page | None:
    """Call at once whoever is on call at a page's level now, or beyond it: its responder is not there."""
    if falls_away(tx, seen):
        return None
    call = call_at(seen.escalation, _there(tx, seen.escalation))
    return _call_next(tx, seen, call=call, gone=bool(seen.responder)) if call.responders else None


def falls_away(tx: Tx, seen: Page) -> bool:
    """Let a page go whose responder is not there, if its level waits for others, or was answered by some.

    Nobody is called instead, and nobody is waited for in vain: where the others have answered, the path ends.
    """
    others = rules.without(seen.escalation, seen.responder)
    if not others.waits_for:
        walked = pages.of_escalation(tx, seen.escalation.id) if seen.needs_all else ()
        there = at_work(tx, seen.escalation) if walked else ()
        if not any(one.level == seen.level and one.answered_by in there for one in walked):
            return False
        others = rules.ended(others, EscalationState.ACKNOWLEDGED)
    if escalations.advance(tx, seen.escalation, others) and pages.advance(
        tx, seen, ended(seen, PageState.CANCELLED)
    ):
        let_go(tx, [seen])
    return True


def escalate_undelivered(tx: Tx, page_id: int, why: str) -> Page | None:
    """Use every contact method at once, since Slack refuses the page; without one call the next level."""
    seen = pages.get(tx, page_id)
    if not seen.pending:
        return None
    if seen.notification:
        notifications.refuse(tx, seen.notification.id, why)
    if seen.incident:
        tx.record(PageUndelivered(incident=seen.incident, page=seen.id, person=seen.responder, why=why))
    return None if notifications.hurry(tx, page_id) else unreached(tx, seen)


def take_back(tx: Tx, incident_id: int, person: str) -> None:
    """Call others at once instead of somebody who was removed from a private incident."""
    for page in pages.pending_of(tx, incident_id):
        if page.responder == person and not falls_away(tx, seen := pages.get(tx, page.id)):
            _call_next(tx, seen)


def unreached(tx: Tx, seen: Page) -> Page | None:
    """Call the next level at once: nothing takes this page. The last one is called again when it is due, and
    who is called with others is not what the path waits for alone.
    """
    reaches_nobody(tx, seen, "no contact method takes it")
    return None if seen.last_level or len(seen.called) > 1 else _call_next(tx, seen)


def remind(tx: Tx, due: Sequence[Timer]) -> None:
    """Remind the responders of those pages that still wait, and whose deadline has not passed too.

    Of the pages that call one person for an incident only one does: the others' reminders pass.
    """
    found = {page.id: page for page in pages.take(tx, [one.subject for one in due])}
    wait = [page for page in found.values() if page.escalation.due_at > tx.now]
    timers.keep_reminders(tx, [(one.subject, None) for one in due if found.get(one.subject) not in wait])
    if of := {one.incident for one in wait if one.incident}:
        pages.look_ahead(tx, of)
    for seen in pages.advance_each(tx, [(one, reminded(one)) for one in wait]):
        if seen.responder and speaks(seen, companions_of(tx, seen)):
            _remind(tx, seen, seen.reminded + 1)


def _remind(tx: Tx, seen: Page, number: int) -> None:
    rung = notifications.ring_again(tx, seen.id) > 0
    tx.record(ReminderDue(**call_of(seen)))
    if rung and not seen.digested:
        tx.record(OtherMethodRang(**call_of(seen), number=number))


def _call_next(
    tx: Tx,
    seen: Page,
    *,
    by: Actor = BOT,
    call: Call | None = None,
    gone: bool = False,
) -> Page | None:
    """Write how a path goes on, unless somebody else decided first. `gone` says that a person left."""
    before = seen.escalation
    call = _still_wanted(tx, before, call or next_call(before, _there(tx, before)))
    left = pages.waiting(tx, before)
    now = escalations.advance(tx, before, called(before, call, tx.now))
    if not now or not pages.advance_each(tx, [(page, ended(page, PageState.ESCALATED)) for page in left]):
        return None
    return _go_on(tx, [Placing(raised(now, call), call, left, by, gone)])[0][0]


def _go_on(tx: Tx, placing: Sequence[Placing]) -> list[list[Page]]:
    """Write the pages that come after those which have just been escalated."""
    following = place_calls(tx, placing)
    let_go(tx, [page for one in placing for page in one.after])
    for one, placed in zip(placing, following, strict=True):
        if one.after and placed[0].incident and placed[0].responder and placed[0].pending:
            _tell(tx, one, placed[0])
        if one.after:
            unanswered(tx, placed[0])
    return following


def _tell(tx: Tx, how: Placing, page: Page) -> None:
    seen, silent = how.after[0], [one.responder for one in how.after if one.responder]
    assert seen.incident
    tx.record(
        Escalated(
            incident=seen.incident,
            by=how.by,
            page=page.id,
            from_page=seen.id,
            from_role=seen.role,
            path=page.escalation.team,
            wanted=page.escalation.role,
            team=page.level_team,
            role=page.role,
            people=page.called,
            needs_all=page.needs_all,
            silent=silent,
            removed=not members.gone(tx, seen.incident).isdisjoint(silent),
            round=page.round,
            late=page.late.total_seconds(),
            because=tx.why_late(seen.escalation.due_at) if page.late else None,
            missed=missed(seen.escalation, tx.now) if page.late else [],
            quiet=page.quiet,
            reached=any(reached(tx, one) for one in how.after),
            gone=how.gone,
        )
    )


def _there(tx: Tx, of: Escalation) -> OnCall:
    """Return who is there at each level: engaged in the incident, else on call."""
    on_call = callable_on(tx, of)
    return ready(on_call, roles.holders(tx, of.incident), of.path, tx.process) if of.incident else on_call


def _still_wanted(tx: Tx, of: Escalation, call: Call) -> Call:
    return still_wanted(call, of.path, at_work(tx, of)) if of.path[call.level].needs_all else call
