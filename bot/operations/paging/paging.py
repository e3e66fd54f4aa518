"""Raising a page: from a team's path to one person with a deadline."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.actors import BOT, Actor
from bot.domain.errors import Refused, Step
from bot.domain.facts import (
    AskedPageRedirected,
    EngagedInstead,
    LevelSkipped,
    OtherMethodRang,
    PageEnded,
    PageHeld,
    PageRaised,
    PeopleAdded,
    call_due,
)
from bot.domain.incidents.incident import Incident, pageable
from bot.domain.incidents.ownership import leads_when_high
from bot.domain.paging.engagement import engaged, held_by_hand, ready, stays_engaged
from bot.domain.paging.pages import Call, Page, PageState, Reason, answered, ended, first_call, raised
from bot.domain.process import Team
from bot.domain.rights import Right
from bot.operations.paging import digest
from bot.operations.paging.alarm import nobody_on_call
from bot.operations.paging.notify import plan_contact_methods
from bot.operations.rights import allow, visible
from storage import incidents, members, notifications, pages, people, roles
from storage.transaction import Tx

MINUTE = timedelta(minutes=1)


def page_for(
    tx: Tx,
    incident: Incident,
    reason: Reason,
    *,
    by: Actor,
    was_high: bool = True,
    waited: bool = False,
    message: str = "",
) -> None:
    """Page the teams that the incident's type pages at its severity.

    Who is being paged for this incident is not paged again; who is engaged already is told instead, unless
    they `waited` for Monday.
    """
    kind = tx.process.type_of(incident.type)
    known = pages.of_incident(tx, incident.id)
    told: dict[str, None] = {}
    for name in kind.called(high=incident.severity.high):
        if any(page.pending and name in {page.team, page.level_team} for page in known):
            continue
        team = tx.process.teams[name]
        holder = _at_work(tx, incident, team, by, was_high=was_high, waited=waited)
        if holder:
            told[holder] = None
            continue
        roles.rest(tx, incident.id, team.role)
        raise_page(tx, team, incident, reason, by=by, message=message)
    for person in (one for one in told if one != by):  # who raised the severity knows of it
        tx.record(EngagedInstead(incident=incident.id, person=person))


def _at_work(
    tx: Tx, incident: Incident, team: Team, by: Actor, *, was_high: bool, waited: bool
) -> str | None:
    """Return who holds a team's role and need not be paged anew for an incident that becomes grave."""
    on_call = callable_for(tx, incident.id).get(team.name)
    anew = () if was_high else leads_when_high(tx.process.type_of(incident.type), tx.process)
    for holder in roles.holders(tx, incident.id):
        if waited and holder.person != by:
            continue
        if holder.role == team.role and stays_engaged(
            holder, on_call=on_call, raised_by=by, gives_lead=holder.role in anew, now=tx.now
        ):
            return holder.person
    return None


def request_page(tx: Tx, team: str, message: str, *, by: Actor, incident_id: int | None) -> Page:
    """Page a team because a person asked. Refuses an unknown team, and one that is being paged already."""
    found = tx.process.teams.get(team)
    if not found:
        names = ", ".join(tx.process.teams)
        raise Refused(f"I know no team `{team}`. Teams: {names}.")
    incident = visible(tx, incident_id, by) if incident_id else None
    allow(tx, by, Right.WORK)
    if incident:
        pageable(incident)
        _refuse_when_paged(tx, incident, team)
    else:
        _refuse_a_flood(tx, by)
    page = raise_page(tx, found, incident, Reason.ASKED, by=by, message=message)
    if isinstance(by, str) and (page.level > 0 or page.responder is None):
        tx.record(AskedPageRedirected(page=page.id, person=by))
    return page


def page_type(tx: Tx, incident: Incident, reason: Reason) -> None:
    """Page the first team of the incident's type, by a rule."""
    raise_page(tx, tx.process.teams[tx.process.type_of(incident.type).pages], incident, reason, by=BOT)


def raise_page(
    tx: Tx,
    team: Team,
    incident: Incident | None,
    reason: Reason,
    *,
    by: Actor,
    message: str = "",
    level: int = 0,
    late: timedelta = timedelta(),
) -> Page:
    """Raise the first page of a team's path and return it. `level` is where the path begins."""
    blank = _blank(tx, team, incident, reason=reason, by=by, message=message)
    on_call, first = callable_for(tx, blank.incident), team.path[min(level, len(team.path) - 1)].team
    holders = roles.holders(tx, incident.id) if incident and reason is not Reason.ASKED else ()
    there = ready(on_call, holders, tx.process) | {first: on_call.get(first)}
    if reason is Reason.REOPENED:
        there |= held_by_hand(holders, tx.process)
    call = first_call(team.path, there, level)
    page = place_call(tx, raised(call, team, tx.process, tx.now, like=blank, late=late), call)
    if incident and page.responder and page.pending:
        tx.record(
            PageRaised(
                incident=incident.id,
                by=by,
                page=page.id,
                team=page.level_team,
                role=page.role,
                person=page.responder,
                reason=reason.value,
                asked_by=page.asked_by,
                message=message,
            )
        )
    return page


def being_paged(tx: Tx, incident_id: int, team: str) -> bool:
    """Say whether a page for this team waits, or one that has come to it."""
    return any(team in {page.team, page.level_team} for page in pages.pending_of(tx, incident_id))


def callable_for(tx: Tx, incident_id: int | None) -> Mapping[str, str | None]:
    """Return who would be called now for each team: nobody who was removed from this private incident."""
    return people.on_call(tx, members.gone(tx, incident_id))


def place_call(tx: Tx, page: Page, call: Call, *, after: Page | None = None, by: Actor = BOT) -> Page:
    """Write a page and send it, say who was passed over, and let its responder into the channel.

    A path that goes on to a level where somebody is engaged already rests with them: nobody is called. What
    a person asks for always calls.
    """
    busy = engaged(roles.holders(tx, page.incident)) if page.incident and (page.climbed or after) else ()
    asked = page.reason is Reason.ASKED and not after
    holder = page.responder if page.responder in busy and not asked else None
    page = replace(page, quiet=bool(busy))
    stored = pages.add(tx, page) if holder else digest.add(tx, _beside(tx, page), after)
    if stored.incident:
        for team in call.skipped:
            tx.record(LevelSkipped(incident=stored.incident, page=stored.id, team=team))
    if holder:
        return _rests_with(tx, stored, holder, after, by)
    if stored.beside is None:
        tx.record(call_due(stored))
    plan_contact_methods(tx, stored)
    alone = stored.beside is None and not stored.digested
    if stored.last_resort and alone and notifications.left(tx, stored.id):
        tx.record(
            OtherMethodRang(page=stored.id, incident=stored.incident, asked_by=stored.asked_by, number=0)
        )
    if stored.incident and stored.responder:
        let_in(tx, stored.incident, stored.responder)
    if not stored.responder:
        nobody_on_call(tx, stored)
    return stored


def _rests_with(tx: Tx, page: Page, holder: str, after: Page | None, by: Actor) -> Page:
    """Let a page rest with somebody who is engaged: they and the channel are told, once."""
    assert page.incident
    pages.advance(tx, page, answered(page, holder, tx.now))
    tx.record(
        PageHeld(
            incident=page.incident,
            by=by,
            page=page.id,
            wanted=wanted_role(tx, page),
            person=holder,
            silent=after.responder if after else None,
        )
    )
    return pages.get(tx, page.id)


def wanted_role(tx: Tx, page: Page) -> str:
    """Return the role that a page's path looks for."""
    team = tx.process.teams.get(page.team)
    return team.role if team else page.role


def call_those_left(tx: Tx, left: Iterable[Page]) -> None:
    """Call whom these pages call, whose message is gone: each person once for all of theirs."""
    first: dict[str | None, int] = {}
    for page in left:
        other = first.setdefault(page.responder, page.id)
        if other == page.id:
            call_alone(tx, page.id)
        else:
            pages.stand_beside(tx, page.id, other)


def call_alone(tx: Tx, page_id: int) -> None:
    """Send a page by itself that counted on the message of another one."""
    pages.stand_alone(tx, pages.get(tx, page_id), most=tx.process.pages_before_digest)
    page = pages.get(tx, page_id)
    tx.record(call_due(page))
    plan_contact_methods(tx, page)


def let_in(tx: Tx, incident_id: int, person: str) -> None:
    """Have a person invited to the incident's channel: now, or as soon as it opens.

    Who was removed from a private incident is not: neither a page, role nor lead is a way back.
    """
    if not incidents.has_channel(tx, incident_id):
        members.note(tx, incident_id, person)
    elif members.add(tx, incident_id, person):
        tx.record(PeopleAdded(incident=incident_id, people=[person]))


def cancel_pages(tx: Tx, incident_id: int) -> None:
    """Cancel every page that still waits for an answer, with its deadline."""
    for page in pages.pending_of(tx, incident_id):
        cancel_page(tx, page, alone=False)


def cancel_page(tx: Tx, page: Page, *, alone: bool = True) -> None:
    """Cancel a page. Unless all are cancelled, whom its message called too is called anew."""
    if pages.advance(tx, page, ended(page, PageState.CANCELLED)):
        notifications.cancel(tx, page.id)
        settled(tx, page)
        if alone:
            call_those_left(tx, pages.pending_beside(tx, page))


def settled(tx: Tx, page: Page) -> None:
    """Say that a page waits for nobody any more."""
    tx.record(PageEnded(page=page.id, incident=page.incident, climbed=page.climbed))


def _blank(tx: Tx, team: Team, incident: Incident | None, *, reason: Reason, by: Actor, message: str) -> Page:
    return Page(
        id=0,
        chain=0,
        incident=incident.id if incident else None,
        team=team.name,
        level=0,
        level_team=team.name,
        role=team.role,
        responder=None,
        state=PageState.PENDING,
        reason=reason,
        message=message,
        asked_by="" if by == BOT else str(by),
        raised_at=tx.now,
        due_at=tx.now,
        remind_at=None,
        reminded=0,
        round=1,
        late=timedelta(),
    )


def _beside(tx: Tx, page: Page) -> Page:
    """Return the page, without a message of its own if one calls the same person for the incident already."""
    if page.incident is None or page.responder is None:
        return page
    for other in pages.pending_of(tx, page.incident):
        if other.responder == page.responder and other.beside is None:
            return replace(page, beside=other.id, remind_at=None)
    return page


def _refuse_a_flood(tx: Tx, by: Actor) -> None:
    """Refuse more pages outside any incident than incidents are declared in a minute unasked."""
    asked = pages.asked_outside(tx, str(by), tx.now - MINUTE)
    if asked >= tx.process.declares_per_minute:
        raise Refused(
            f"You have asked for {asked} pages in the last minute. Ask again in a minute, or declare an "
            "incident with `/inc`: it pages at once."
        )


def _refuse_when_paged(tx: Tx, incident: Incident, team: str) -> None:
    for page in pages.pending_of(tx, incident.id):
        if page.team == team:
            who = f"<@{page.responder}>" if page.responder else "nobody on call"
            raise Refused(
                f"{team} is being paged for INC-{incident.id} already ({who}). "
                "To skip the wait, press Escalate now on that page in the panel: `/inc`.",
                Step("Show the page", "", incident.id),
            )
