"""Raising a page: from a team's path to one person with a deadline."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.actors import BOT, Actor, parsed
from bot.domain.errors import Refused, Step
from bot.domain.facts import (
    AskedPageRedirected,
    EngagedInstead,
    PageEnded,
    PageRaised,
)
from bot.domain.incidents.incident import Incident, pageable
from bot.domain.incidents.ownership import leads_when_high
from bot.domain.paging.calling import uncalled
from bot.domain.paging.engagement import held_by_hand, ready, stays_engaged
from bot.domain.paging.escalations import Call, Escalation, OnCall, Reason, call_at, called, still_wanted
from bot.domain.paging.pages import Page, PageState, ended, mention, raised
from bot.domain.paging.practice import parts, walked
from bot.domain.process import NEXT, Team
from bot.domain.rights import Right
from bot.operations.paging.engaged import at_work, unable
from bot.operations.paging.notify import companions_of, leave_out
from bot.operations.paging.placing import Placing, call_anew, end_page, place_calls
from bot.operations.paging.targets import callable_for, callable_on
from bot.operations.rights import allow, visible
from bot.secret_scan import hidden
from storage import escalations, notifications, pages, roles
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
    there: Collection[str] = (),
) -> None:
    """Page the teams that the incident's type pages at its severity.

    Who is being paged for this incident is not paged again; who is engaged already is told instead, unless
    they `waited` for Monday. Those `there` are at work at this severity already. A near miss pages nobody by
    itself.
    """
    if incident.near_miss:
        return
    kind = tx.process.type_of(incident.type)
    known = pages.of_incident(tx, incident.id)
    told: dict[str, None] = {}
    begun: list[Escalation] = []
    for name in kind.called(high=incident.severity.high):
        if any(page.pending and name in {page.escalation.team, page.level_team} for page in known):
            continue
        team = tx.process.teams[name]
        holder = _at_work(tx, incident, team, by, was_high=was_high, waited=waited, there=there)
        if holder:
            told[holder] = None
            continue
        roles.rest(tx, incident.id, team.role)
        begun.append(_begun(tx, team, incident, reason, by=by, message=message))
    _call(tx, begun)
    for person in (one for one in told if one != by):  # who raised the severity knows of it
        tx.record(EngagedInstead(incident=incident.id, person=person))


def _at_work(
    tx: Tx,
    incident: Incident,
    team: Team,
    by: Actor,
    *,
    was_high: bool,
    waited: bool,
    there: Collection[str],
) -> str | None:
    """Return who holds a team's role and need not be paged anew for an incident that becomes grave."""
    on_call = callable_for(tx, incident.id).get(team.name, ())
    anew = () if was_high else leads_when_high(tx.process.type_of(incident.type), tx.process)
    for holder in roles.holders(tx, incident.id):
        if waited and holder.person != by:
            continue
        if holder.role != team.role:
            continue
        if (holder.engaged and holder.person in there) or stays_engaged(
            holder, on_call=on_call, raised_by=by, gives_lead=holder.role in anew, now=tx.now
        ):
            return holder.person
    return None


def request_page(tx: Tx, team: str, message: str, *, by: Actor, incident_id: int | None) -> Page:
    """Page a team because a person asked. Refuses an unknown team, and one that is being paged already.

    What looks like a secret in the message is masked: a page waits for nobody to say what it is.
    """
    found = tx.process.teams.get(team)
    if not found:
        names = ", ".join(tx.process.teams)
        raise Refused(f"I know no team `{team}`. Teams: {names}.")
    incident = visible(tx, incident_id, by) if incident_id else None
    allow(tx, by, Right.WORK)
    if incident:
        pageable(incident)
        _refuse_when_paged(tx, incident, team)
        found = _instead_of_unable(tx, incident, found, by)
    else:
        refuse_a_flood(tx, by)
    page = raise_page(tx, found, incident, Reason.ASKED, by=by, message=hidden(message)[0])
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
    """Begin an escalation along a team's path, at this level, and return its first page."""
    begun = _begun(tx, team, incident, reason, by=by, message=message, level=level)
    return _call(tx, [begun], late)[0][0]


def _call(tx: Tx, begun: Sequence[Escalation], late: timedelta = timedelta()) -> list[list[Page]]:
    """Write escalations with their first pages: together as long as each calls other people."""
    calls = [_first_call(tx, one) for one in begun]
    added = escalations.add_each(
        tx, [called(one, call, tx.now) for one, call in zip(begun, calls, strict=True)]
    )
    placing = [Placing(raised(one, call, late=late), call) for one, call in zip(added, calls, strict=True)]
    together: list[list[Placing]] = [[]]
    for one in placing:  # one message may stand for several pages: the next sees what became of the first
        if {page.responder for page in one.pages} & {
            page.responder for other in together[-1] for page in other.pages
        }:
            together.append([])
        together[-1].append(one)
    found = [placed for each in together for placed in place_calls(tx, each)]
    for placed in found:
        _tell(tx, placed)
    return found


def _first_call(tx: Tx, begun: Escalation) -> Call:
    """Return whom an escalation calls that begins. At its first level this is whoever is on call."""
    call = call_at(begun, _there(tx, begun))
    return (
        still_wanted(call, begun.path, at_work(tx, begun))
        if call.level and begun.reason is not Reason.ASKED
        else call
    )


def _there(tx: Tx, begun: Escalation) -> OnCall:
    """Return who is there at each level of an escalation that begins: at its first who is on call."""
    on_call, level = callable_on(tx, begun), begun.path[begun.level]
    asked = begun.reason is Reason.ASKED
    holders = roles.holders(tx, begun.incident) if begun.incident and not asked else ()
    away = unable(tx, begun.incident) if begun.incident and asked and not level.by_name else ()
    first = [one for one in on_call.get(level.key, ()) if one not in away]
    there = {**ready(on_call, holders, begun.path, tx.process), level.key: first}
    return {**there, **held_by_hand(holders, tx.process)} if begun.reason is Reason.REOPENED else there


def _tell(tx: Tx, placed: Sequence[Page]) -> None:
    page, of = placed[0], placed[0].escalation
    if of.incident and page.responder and page.pending:
        tx.record(
            PageRaised(
                incident=of.incident,
                by=parsed(of.asked_by) or BOT,
                page=page.id,
                team=page.level_team,
                role=page.role,
                people=page.called,
                needs_all=page.needs_all,
                reason=of.reason.value,
                asked_by=of.asked_by,
                message=of.message,
            )
        )


def being_paged(tx: Tx, incident_id: int, team: str) -> bool:
    """Say whether a page for this team waits, or one that has come to it."""
    return any(team in {page.escalation.team, page.level_team} for page in pages.pending_of(tx, incident_id))


def cancel_pages(tx: Tx, incident_id: int) -> None:
    """Cancel every page that still waits for an answer, with its deadline."""
    pages.look_ahead(tx, [incident_id])
    waiting = pages.pending_of(tx, incident_id)
    let_go(tx, [over for page in waiting for over in end_page(tx, page, ended(page, PageState.CANCELLED))])


def cancel_page(tx: Tx, page: Page) -> None:
    """Cancel a page, with all that its path calls now."""
    let_go(tx, end_page(tx, page, ended(page, PageState.CANCELLED)))


def let_go(tx: Tx, over: Sequence[Page], *, answered_by: str = "") -> None:
    """Let pages rest that have ended. What their messages cover besides goes on calling.

    Whom one has not called yet for any page that is left is called, but for who answered.
    """
    notifications.cancel(tx, [page.id for page in over])
    for page in over:
        left = companions_of(tx, page)
        if page.responder != answered_by and uncalled(left):
            call_anew(tx, left)
        leave_out(tx, page)
        tx.record(PageEnded(page=page.id, incident=page.incident, climbed=page.climbed))


def _begun(
    tx: Tx, team: Team, incident: Incident | None, reason: Reason, *, by: Actor, message: str, level: int = 0
) -> Escalation:
    """Return an escalation that has called nobody yet."""
    path = tx.process.walk(team)
    if incident and (playing := parts(incident, tx.process)):
        path = walked(path, playing, next(iter(incident.practice), ""))
    return Escalation(
        id=0,
        incident=incident.id if incident else None,
        team=team.name,
        role=team.role,
        reason=reason,
        message=message,
        asked_by="" if by == BOT else str(by),
        path=path,
        level=min(level, len(path) - 1),
        round=1,
        started_at=tx.now,
        called_at=tx.now,
        due_at=tx.now,
        waits_for=(),
    )


def refuse_a_flood(tx: Tx, by: Actor) -> None:
    """Refuse more pages outside any incident than incidents are declared in a minute unasked."""
    asked = escalations.asked_outside(tx, str(by), tx.now - MINUTE)
    if asked >= tx.process.declares_per_minute:
        raise Refused(
            f"You have asked for {asked} pages in the last minute. Ask again in a minute, or declare an "
            "incident with `/inc`: it pages at once."
        )


def _refuse_when_paged(tx: Tx, incident: Incident, team: str) -> None:
    for page in pages.pending_of(tx, incident.id):
        if page.escalation.team == team:
            who = " and ".join(map(mention, page.called)) or "nobody on call"
            raise Refused(
                f"{team} is being paged for INC-{incident.id} already ({who}). "
                "To skip the wait, press Escalate now on that page in the panel: `/inc`.",
                Step("Show the page", "", incident.id),
            )


def _instead_of_unable(tx: Tx, incident: Incident, team: Team, by: Actor) -> Team:
    """Return the team, calling first whoever is next on call where all who are said that they cannot take it.

    Refuses if its path then leads to nobody new: they would be called once more, or whoever is at work.
    """
    said, own = unable(tx, incident.id), team.path[0]
    on_call = callable_for(tx, incident.id).get(own.team, ())
    if not on_call or not own.plain or not said.keys() >= {*on_call}:
        return team
    instead = replace(team, path=(replace(own, call=NEXT), *team.path[1:]))
    begun = _begun(tx, instead, incident, Reason.ASKED, by=by, message="")
    if {*at_work(tx, begun), *said, by}.issuperset(_first_call(tx, begun).responders):
        why = [f"<@{one}> cannot take it ({said[one].data['reason'].partition(':')[0]})." for one in on_call]
        raise Refused(
            f"{' '.join(why)} Nobody else is on call for {team.name}. Page somebody by name: another person, "
            "or them all the same.",
            Step("Page somebody", "escalate", incident.id),
        )
    return instead
