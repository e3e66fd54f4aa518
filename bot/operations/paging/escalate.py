"""A page that nobody answered goes on to the next level, and never ends by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.actors import BOT, Actor
from bot.domain.errors import Refused
from bot.domain.facts import Escalated, OtherMethodRang, PageEnded, PageUndelivered, ReminderDue, call_due
from bot.domain.paging.engagement import ready
from bot.domain.paging.pages import (
    Call,
    Page,
    PageState,
    call_after,
    call_at,
    ended,
    lateness,
    missed,
    next_call,
    next_reminder,
    raised,
)
from bot.domain.process import Team
from bot.operations.paging.acknowledge import what_became_of
from bot.operations.paging.alarm import reaches_nobody
from bot.operations.paging.notify import reached
from bot.operations.paging.paging import call_those_left, callable_for, place_call, wanted_role
from bot.operations.rights import visible_page
from storage import incidents, members, notifications, pages, roles
from storage.transaction import Tx

ASIDE = timedelta(seconds=30)
"""How long a page that could not be handled stays out of the way of the others."""


def escalate_overdue(tx: Tx, *page_ids: int) -> list[timedelta]:
    """Raise those of these pages to the next level whose deadline has passed: answered meanwhile, they stay.

    Return how late each was. What many of them need to know is looked up once, and they end together.
    """
    due = [page for page in pages.take(tx, page_ids) if page.due_at <= tx.now]
    if of := {page.incident for page in due if page.incident}:
        for look_ahead in (pages.look_ahead, roles.look_ahead, incidents.look_ahead, members.look_ahead):
            look_ahead(tx, of)
    first = {page.incident or -page.id: page for page in reversed(due)}
    done = _raise_all(tx, list(first.values()))
    for (
        seen
    ) in due:  # one message may stand for several pages of an incident: the next sees what became of it
        if first[seen.incident or -seen.id] is not seen:
            done += _raise_all(tx, [pages.get(tx, seen.id)])
    return [tx.now - seen.due_at for seen in done]


def _raise_all(tx: Tx, due: Sequence[Page]) -> list[Page]:
    """Raise pages of different incidents; return those that nobody else decided about."""
    ours = pages.advance_each(tx, [(one, ended(one, PageState.ESCALATED)) for one in due if one.pending])
    for seen in ours:
        if seen.responder and not reached(tx, seen):
            reaches_nobody(tx, seen, "no contact method took it in time")
        call = next_call(seen, _team(tx, seen).path, _there(tx, seen))
        _go_on(tx, seen, call, late=lateness(seen.due_at, tx.now))
    return ours


def escalate_now(tx: Tx, page_id: int, *, by: str) -> Page:
    """Skip the wait, also of the pages beside this one; whoever presses is not called themselves.

    Refuses when it was answered or has moved on, and when nobody comes after.
    """
    seen = visible_page(tx, page_id, by)
    beside = pages.pending_beside(tx, seen)
    call = call_after(seen, _team(tx, seen).path, _there(tx, seen), by)
    if seen.pending and not call:
        raise Refused(
            "Nobody comes after you on this path. Acknowledge the page, or page another team with "
            "`/inc escalate`."
        )
    page = _call_next(tx, seen, by=by, call=call) if seen.pending else None
    if not page:
        raise Refused(what_became_of(tx, pages.get(tx, seen.id)))
    for other in beside:
        if call := call_after(other, _team(tx, other).path, _there(tx, other), by):
            _call_next(tx, other, by=by, call=call)
    return page


def escalatable(tx: Tx, page: Page, viewer: str) -> bool:
    """Say whether Escalate now calls somebody else: there is a level after this one."""
    path = _team(tx, page).path
    return page.level + 1 < len(path) and call_after(page, path, _there(tx, page), viewer) is not None


def call_instead(tx: Tx, seen: Page) -> Page | None:
    """Call at once whoever is on call at a page's level now, or beyond it: its responder is not there."""
    call = call_at(seen, _team(tx, seen).path, _there(tx, seen))
    return _call_next(tx, seen, call=call, gone=bool(seen.responder)) if call.responder else None


def escalate_undelivered(tx: Tx, page_id: int, why: str) -> Page | None:
    """Use every contact method at once, since Slack refuses the page; without one call the next level."""
    seen = pages.get(tx, page_id)
    if not seen.pending:
        return None
    pages.record_undelivered(tx, page_id, why)
    if seen.incident:
        tx.record(PageUndelivered(incident=seen.incident, page=seen.id, person=seen.responder, why=why))
    return None if notifications.hurry(tx, page_id) else unreached(tx, seen)


def take_back(tx: Tx, incident_id: int, person: str) -> None:
    """Call the next level at once instead of somebody who was removed from a private incident."""
    for page in reversed(pages.pending_of(tx, incident_id)):  # those beside a message before the message
        if page.responder == person:
            _call_next(tx, pages.get(tx, page.id))


def unreached(tx: Tx, seen: Page) -> Page | None:
    """Call the next level at once: nothing takes this page. The last one is called again when it is due."""
    reaches_nobody(tx, seen, "no contact method takes it")
    last = len(_team(tx, seen).path) - 1
    return _call_next(tx, seen) if seen.level < last else None


def remind(tx: Tx, *page_ids: int) -> None:
    """Remind the responders of those of these pages that still wait."""
    due = [one for one in pages.take(tx, page_ids) if one.remind_at and one.remind_at <= tx.now]
    for seen in pages.advance_each(tx, [(one, _reminded(tx, one)) for one in due]):
        if seen.responder:
            _remind(tx, seen, seen.reminded + 1)


def _reminded(tx: Tx, seen: Page) -> Page:
    timeout = seen.due_at - seen.raised_at
    at = next_reminder(_team(tx, seen).reminders, timeout, seen.raised_at, seen.reminded + 1)
    return replace(seen, reminded=seen.reminded + 1, remind_at=at)


def _remind(tx: Tx, seen: Page, number: int) -> None:
    rung = notifications.ring_again(tx, seen.id) > 0
    if seen.digested:
        tx.record(call_due(seen))
        return
    tx.record(
        ReminderDue(page=seen.id, incident=seen.incident, asked_by=seen.asked_by, number=number, rung=rung)
    )
    if rung:
        tx.record(
            OtherMethodRang(page=seen.id, incident=seen.incident, asked_by=seen.asked_by, number=number)
        )


def set_aside(tx: Tx, page_id: int) -> None:
    """Push a page that fails to be handled out of the way for a while."""
    pages.set_aside(tx, page_id, ASIDE)


def _call_next(
    tx: Tx,
    seen: Page,
    *,
    by: Actor = BOT,
    call: Call | None = None,
    gone: bool = False,
) -> Page | None:
    """Write both pages, unless somebody else decided first. `gone` says that the first one's person left."""
    call = call or next_call(seen, _team(tx, seen).path, _there(tx, seen))
    if not pages.advance(tx, seen, ended(seen, PageState.ESCALATED)):
        return None
    return _go_on(tx, seen, call, by=by, gone=gone)


def _go_on(
    tx: Tx,
    seen: Page,
    call: Call,
    *,
    late: timedelta = timedelta(),
    by: Actor = BOT,
    gone: bool = False,
) -> Page:
    """Write the page that comes after one which has just been escalated."""
    notifications.cancel(tx, seen.id)
    following = raised(call, _team(tx, seen), tx.process, tx.now, like=seen, late=late)
    page = place_call(tx, following, call, after=seen, by=by)
    tx.record(PageEnded(page=seen.id, incident=seen.incident, climbed=seen.climbed))
    left = pages.pending_beside(tx, seen)
    theirs = [one for one in left if one.responder == page.responder and page.pending]
    for one in theirs:
        pages.stand_beside(tx, one.id, page.beside or page.id)
    call_those_left(tx, [one for one in left if one not in theirs])
    if seen.incident and page.responder and page.pending:
        _tell(tx, seen, page, by=by, gone=gone)
    return page


def _tell(tx: Tx, seen: Page, page: Page, *, by: Actor, gone: bool) -> None:
    assert seen.incident
    assert page.responder
    tx.record(
        Escalated(
            incident=seen.incident,
            by=by,
            page=page.id,
            from_page=seen.id,
            from_role=seen.role,
            path=page.team,
            wanted=wanted_role(tx, page),
            team=page.level_team,
            role=page.role,
            person=page.responder,
            silent=seen.responder,
            removed=seen.responder in members.gone(tx, seen.incident),
            round=page.round,
            late=page.late.total_seconds(),
            because=tx.why_late(seen.due_at) if page.late else None,
            missed=missed(seen, _team(tx, seen).path, tx.now) if page.late else [],
            quiet=page.quiet,
            reached=reached(tx, seen),
            gone=gone,
        )
    )


def _there(tx: Tx, page: Page) -> Mapping[str, str | None]:
    """Return who is there at each level: engaged in the page's incident, else on call."""
    on_call = callable_for(tx, page.incident)
    return ready(on_call, roles.holders(tx, page.incident), tx.process) if page.incident else on_call


def _team(tx: Tx, page: Page) -> Team:
    """Return the team whose path is walked; the first type's if it is configured no more."""
    fallback = next(iter(tx.process.types.values())).pages
    return tx.process.teams.get(page.team) or tx.process.teams[fallback]
