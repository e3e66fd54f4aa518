"""Whoever leaves the workspace holds nothing any more: it is handed on, or asked for."""

from dataclasses import replace

from bot.domain.actors import BOT
from bot.domain.facts import ActionReleased, Left, OfferChanged, StreamLeadChanged
from bot.domain.incidents.incident import Incident
from bot.domain.paging.engagement import successor
from bot.domain.paging.escalations import Reason
from bot.domain.paging.offers import OfferState
from bot.domain.paging.pages import Page, newest, since_reopened
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.changes import save
from bot.operations.paging.engaged import engaged_in
from bot.operations.paging.escalate import call_instead
from bot.operations.paging.paging import page_type, raise_page
from storage import actions, incidents, leaving, members, offers, pages, people, roles, streams, timeline
from storage.transaction import Tx


def mind_the_gone(tx: Tx) -> None:
    """Call others where a page calls nobody who is there, end offers to whoever left, and hand on what they
    hold.
    """
    for page_id in leaving.calls(tx):
        call_instead(tx, pages.get(tx, page_id))
    for offer in offers.unanswered(tx):
        if not people.present(tx, offer.person) and offers.close(tx, offer, OfferState.UNREACHED):
            tx.record(OfferChanged(page=offer.page, offer=offer.id))
    for incident_id, person in leaving.held(tx):
        leave(tx, incident_id, person)


def leave(tx: Tx, incident_id: int, person: str, *, removed: bool = False) -> None:
    """Take from somebody what they hold of an incident; the channel hears what is to be taken over.

    Twice the same does nothing. Where nobody can lead instead, the lead's name stays until somebody answers
    the page that goes out: there is a lead at every moment. `removed` says that they were only removed from
    the private incident.
    """
    incident = incidents.get(tx, incident_id)
    held = [role for role, holder in roles.of(tx, incident_id).items() if holder == person]
    open_work = [one for one in actions.every(tx, incident_id) if one.assignee == person and not one.done_at]
    roles.release(tx, incident_id, person)
    for action in open_work:
        actions.save(tx, replace(action, assignee=None))
        tx.record(ActionReleased(incident=incident_id, action=action.id))
    _leave_streams(tx, incident_id, person)
    now = _with_lead(tx, incident, person)
    leaves_the_lead = incident.lead == person and not _told(tx, incident_id, person)
    if held or open_work or leaves_the_lead:
        tx.record(
            Left(
                incident=incident_id,
                person=person,
                removed=removed,
                roles=held,
                actions=[one.said for one in open_work],
                lead=(now.lead if now.lead != person else None) if incident.lead == person else "",
            )
        )
        save(tx, now)
    _search_again(tx, now, person)


def _leave_streams(tx: Tx, incident_id: int, person: str) -> None:
    """Have nobody lead the open streams that they led, until somebody takes the lead."""
    for one in streams.of(tx, incident_id):
        if one.open and one.lead == person:
            streams.save(tx, replace(one, lead=""))
            tx.record(
                StreamLeadChanged(incident=incident_id, stream=one.id, name=one.name, before=person, after="")
            )


def _told(tx: Tx, incident_id: int, person: str) -> bool:
    """Say whether the channel heard that this lead is gone; whoever was given the lead again, is not."""
    about = [
        entry
        for entry in timeline.of_kinds(tx, incident_id, Kind.LEFT, Kind.LEAD)
        if person in {entry.data.get("person"), entry.data.get("after")}
    ]
    return bool(about) and about[-1].kind is Kind.LEFT


def _with_lead(tx: Tx, incident: Incident, person: str) -> Incident:
    if incident.lead != person:
        return incident
    reporter = str(incident.reporter)
    there = people.present(tx, reporter) and reporter not in members.gone(tx, incident.id)
    to = successor(incident, roles.holders(tx, incident.id), tx.process, reporter_present=there)
    return replace(incident, lead=to or person, lead_by_hand=False)


def _search_again(tx: Tx, incident: Incident, person: str) -> None:
    """Go on with each path that they had answered, and page the type's team when nobody is at work."""
    if not incident.watched:
        return
    taken = roles.of(tx, incident.id)
    for name, page in _answered_by(tx, incident.id, person).items():
        team = tx.process.teams.get(name)
        if team and team.role not in taken and not _waiting(tx, incident.id, name):
            raise_page(tx, team, incident, Reason.LEFT, by=BOT, level=page.level)
    nobody = not engaged_in(tx, incident.id) and not pages.pending_of(tx, incident.id)
    if nobody:
        page_type(tx, incident, Reason.LEFT)


def _answered_by(tx: Tx, incident_id: int, person: str) -> dict[str, Page]:
    """Return by team the page with which the latest path ended, where this person alone had answered it."""
    known = since_reopened(pages.of_incident(tx, incident_id))
    last = {page.escalation.team: page.escalation.id for page in known}
    walks = {team: [page for page in known if page.escalation.id == walk] for team, walk in last.items()}
    return {
        team: newest(walk)
        for team, walk in walks.items()
        if {page.answered_by for page in walk if page.answered_by} == {person}
    }


def _waiting(tx: Tx, incident_id: int, team: str) -> bool:
    return any(page.escalation.team == team for page in pages.pending_of(tx, incident_id))
