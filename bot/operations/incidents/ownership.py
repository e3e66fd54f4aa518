"""Who leads, and who holds which role."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain.actors import Actor
from bot.domain.errors import Refused
from bot.domain.facts import Given, LeadChanged, RoleGiven
from bot.domain.incidents import ownership
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.undoing import Thing, plain
from bot.domain.paging.engagement import Holder
from bot.domain.paging.practice import taking_part
from bot.operations.incidents.changed import keep, seen
from bot.operations.incidents.changes import save
from bot.operations.paging.paging import cancel_page
from bot.operations.paging.placing import let_in
from bot.operations.rights import refuse_removed, visible
from bot.operations.workspace.people import refuse_for_role
from storage import pages, roles
from storage.transaction import Tx


def hand_over(tx: Tx, incident_id: int, to: str, *, by: Actor) -> Incident:
    """Give the lead to a person: the lead hands over, anyone may take it; the channel sees it."""
    before = ownership.in_progress(visible(tx, incident_id, by))
    refuse_for_role(tx, taking_part(before, to))
    refuse_removed(tx, before, to)
    stood = seen(tx, before)
    incident = ownership.hand_over(before, to, by=by)
    tx.record(LeadChanged(incident=incident_id, by=by, before=before.lead, after=to, taken=by == to))
    if to != by:
        tx.record(Given(incident=incident_id, person=to, role="", giver=str(by)))
    let_in(tx, incident_id, to)
    save(tx, incident)
    keep(tx, Thing.LEAD, stood, by=by)
    return incident


def lead_by_role(tx: Tx, incident: Incident) -> Incident:
    """Have those lead whose role leads, once another one does than before. The caller saves it."""
    now = ownership.led_by_role(incident, _at_work(tx, incident), tx.process)
    if now.lead != incident.lead:
        tx.record(LeadChanged(incident=now.id, before=incident.lead, after=now.lead, taken=False))
    return now


def would_lead(tx: Tx, incident_id: int, *, by: Actor) -> str:
    """Return who at work would lead by their role, but for a lead that was chosen by hand; or nothing."""
    incident = visible(tx, incident_id, by)
    if not incident.lead_by_hand or not incident.watched:
        return ""
    found = ownership.foremost(incident, _at_work(tx, incident), tx.process)
    return found if found != incident.lead else ""


def _at_work(tx: Tx, incident: Incident) -> dict[str, str]:
    return {one.role: one.person for one in roles.holders(tx, incident.id) if one.engaged}


def could_lead(tx: Tx, incident: Incident, who: str | None) -> bool:
    """Say whether this person's role would lead, but for a lead that was chosen by hand."""
    return who is not None and ownership.could_lead(incident, who, roles.of(tx, incident.id), tx.process)


def assign_role(tx: Tx, incident_id: int, role: str, person: str, *, by: Actor) -> Incident:
    """Give a role to a person: the page that looks for it is cancelled. Refuses a role that no team has."""
    incident = ownership.in_progress(visible(tx, incident_id, by))
    if role not in tx.process.every_role:
        raise Refused(f"I know no role `{role}`. Roles: {', '.join(tx.process.every_role)}.")
    refuse_for_role(tx, taking_part(incident, person))
    refuse_removed(tx, incident, person)
    before = roles.of(tx, incident_id).get(role, "")
    if before == person:
        whose = "You are" if person == by else f"<@{person}> is"
        raise Refused(f"{whose} {role} of INC-{incident_id} already.")
    stood = seen(tx, incident)
    roles.assign(tx, incident_id, role, person, by_hand=True)
    found = [one for one in pages.pending_of(tx, incident_id) if role in {one.role, one.escalation.role}]
    for page in found:
        cancel_page(tx, page)
    tx.record(RoleGiven(incident=incident_id, by=by, role=role, person=person, holder=before))
    paged = any(one.responder == person and one.shown and not one.digested for one in found)
    to_tell = person != by or role in tx.process.role_cards  # who takes a role knows it, but not its duties
    if to_tell and not paged:  # the message of their own page says it
        tx.record(Given(incident=incident_id, person=person, role=role, giver=str(by)))
    let_in(tx, incident_id, person)
    incident = _led(tx, ownership.engaged(incident, role, tx.process, tx.now), person)
    save(tx, incident)  # its timers too: who is asked may be another now
    was, became = _holding(stood.holders, role), _holding(roles.holders(tx, incident_id), role)
    keep(tx, Thing.ROLE, stood, by=by, role=role, was=was, became=became)
    return incident


def _led(tx: Tx, incident: Incident, person: str) -> Incident:
    """Have whoever is first at work on what a machine declared lead it, as with the answer to a page."""
    if incident.lead or not incident.engaged_at:
        return incident
    tx.record(LeadChanged(incident=incident.id, before="", after=person, taken=False))
    return replace(incident, lead=person)


def _holding(holders: Sequence[Holder], role: str) -> dict[str, Any]:
    """Return who holds a role, and whether it was given to them, as plain values."""
    found = next((one for one in holders if one.role == role), None)
    if not found:
        return {"person": "", "by_hand": False, "since": None}
    return {"person": found.person, "by_hand": found.by_hand, "since": plain(found.since)}
