"""Asking somebody whether they take a role, and their answer."""

from bot.domain.actors import Actor
from bot.domain.errors import Refused, Step
from bot.domain.facts import RoleAsked, RoleDeclined
from bot.domain.incidents import ownership, role_requests
from bot.domain.incidents.incident import Incident
from bot.domain.paging.practice import taking_part
from bot.domain.timeline.entries import Entry, Kind
from bot.operations.incidents.ownership import assign_role
from bot.operations.rights import refuse_removed, visible
from bot.operations.workspace.people import refuse_for_role
from storage import members, roles, timeline
from storage.transaction import Tx


def waiting(tx: Tx, incident: Incident) -> list[Entry]:
    """Return the requests that wait for somebody's answer."""
    asked = timeline.of_kinds(tx, incident.id, Kind.ROLE_ASKED, Kind.ROLE_DECLINED)
    return role_requests.waiting(incident, asked, roles.holders(tx, incident.id))


def ask_for_role(tx: Tx, incident_id: int, role: str, person: str, *, by: Actor) -> Incident:
    """Ask a person whether they take a role. Of a private incident only its own people are asked."""
    incident = ownership.in_progress(visible(tx, incident_id, by))
    if role not in tx.process.every_role:
        raise Refused(f"I know no role `{role}`. Roles: {', '.join(tx.process.every_role)}.")
    if person == by:
        raise Refused("You need not ask yourself: take it.", Step("Take it", f"role {role} me", incident_id))
    refuse_for_role(tx, taking_part(incident, person))
    refuse_removed(tx, incident, person)
    if incident.private and person not in members.of(tx, incident_id):
        raise Refused(
            f"<@{person}> is not in the channel of INC-{incident_id}, and only its people know of it. Invite "
            f"them there first, or give them the role: `/inc role {role} @person`."
        )
    if roles.of(tx, incident_id).get(role) == person:
        raise Refused(f"<@{person}> is {role} of INC-{incident_id} already.")
    if open_one := next((one for one in waiting(tx, incident) if one.data["person"] == person), None):
        raise Refused(
            f"<@{person}> is asked already whether they take {open_one.data['role']}, and has not answered."
        )
    tx.record(RoleAsked(incident=incident_id, by=by, role=role, person=person))
    return incident


def answer_for_role(tx: Tx, incident_id: int, *, takes: bool, by: str) -> tuple[Incident, str]:
    """Take the role that this person is asked for, or not; return the incident and the role."""
    incident = ownership.in_progress(visible(tx, incident_id, by))
    asked = next((one for one in waiting(tx, incident) if one.data["person"] == by), None)
    if not asked:
        raise Refused(
            "Nobody asks you for a role here any more.", Step("Who does what", "roles", incident_id)
        )
    role = str(asked.data["role"])
    if takes:
        return assign_role(tx, incident_id, role, by, by=by), role
    tx.record(RoleDeclined(incident=incident_id, by=by, role=role, person=by, asker=str(asked.by)))
    return incident, role
