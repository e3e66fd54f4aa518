"""Paging a person by name, because of what they know. Nobody comes after them but whoever asked."""

from bot.domain.actors import Actor
from bot.domain.errors import NotThem, Refused
from bot.domain.facts import PageStopped
from bot.domain.incidents.incident import Incident, pageable
from bot.domain.paging.escalations import Reason
from bot.domain.paging.pages import Page
from bot.domain.paging.practice import taking_part
from bot.domain.process import by_name
from bot.domain.rights import Right
from bot.operations.paging.acknowledge import what_became_of
from bot.operations.paging.engaged import engaged_in
from bot.operations.paging.paging import cancel_page, raise_page, refuse_a_flood
from bot.operations.rights import allow, refuse_removed, visible, visible_page
from bot.operations.workspace.people import refuse_inactive
from bot.secret_scan import hidden
from storage import pages, people
from storage.transaction import Tx


def request_person(tx: Tx, person: str, message: str, *, by: Actor, incident_id: int | None) -> Page:
    """Page a person because another one asked for them. What looks like a secret in the message is masked.

    Refuses whom no page can reach, and who is paged for the incident or at work on it already.
    """
    incident = visible(tx, incident_id, by) if incident_id else None
    allow(tx, by, Right.WORK)
    refuse_uncallable(tx, person, by)
    if incident:
        refuse_at_work(tx, pageable(incident), person)
    else:
        refuse_a_flood(tx, by)
    known = people.get(tx, person)
    team = by_name(person, known.name if known else "somebody")
    return raise_page(tx, team, incident, Reason.ASKED, by=by, message=hidden(message)[0])


def stop(tx: Tx, page_id: int, *, by: str) -> Page:
    """Page somebody by name no longer, as whoever asked for them says. Refuses a page that is over."""
    asked = visible_page(tx, page_id, by)
    if not asked.by_name or asked.escalation.asked_by != by:
        raise Refused("Only whoever asked for somebody by name stops that page.")
    page = pages.latest(tx, asked)
    if not page.pending:
        raise Refused(what_became_of(tx, page, by))
    cancel_page(tx, page)
    if page.incident:
        tx.record(PageStopped(incident=page.incident, by=by, page=page.id, person=page.responder or ""))
    return page


def refuse_uncallable(tx: Tx, person: str, by: Actor) -> None:
    """Refuse the asker themselves, and whom no page can reach or who may not answer one."""
    if person == by:
        raise NotThem("That is you. Choose somebody else.")
    refuse_inactive(tx, person)
    known = people.get(tx, person)
    if known and Right.ACKNOWLEDGE not in tx.process.may(known.kind):
        raise NotThem(f"<@{person}> may not answer pages here. Choose a member of this workspace.")


def refuse_at_work(tx: Tx, incident: Incident, person: str) -> None:
    """Refuse whom an incident calls or has at work already, and who was removed from it."""
    refuse_removed(tx, incident, taking_part(incident, person))
    if person in engaged_in(tx, incident.id):
        raise NotThem(f"<@{person}> is at work on INC-{incident.id} already: write to them in its channel.")
    if any(page.responder == person for page in pages.pending_of(tx, incident.id)):
        raise NotThem(f"<@{person}> is being paged for INC-{incident.id} already.")
