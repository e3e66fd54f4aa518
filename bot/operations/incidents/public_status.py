"""The public status: how it is for customers, and whom that pages."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.actors import BOT, Actor
from bot.domain.incidents.communication import cmoc_due, with_public_status
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.incidents.undoing import Thing
from bot.domain.paging.escalations import Reason
from bot.domain.process import CMOC, IM
from bot.operations.incidents.changed import keep, seen
from bot.operations.incidents.changes import note_public_status, save
from bot.operations.paging.paging import being_paged, raise_page
from bot.operations.rights import visible
from storage import pages, roles
from storage.transaction import Tx


def set_public_status(tx: Tx, incident_id: int, to: PublicStatus, *, by: Actor) -> Incident:
    """Say how it is for customers. A disruption pages the IM if none is engaged."""
    before = seen(tx, visible(tx, incident_id, by))
    incident = with_public_status(before.incident, to, tx.now)
    note_public_status(tx, before.incident, incident, by=by)
    save(tx, incident)
    engage_im(tx, incident, by=by)
    keep(tx, Thing.PUBLIC, before, by=by)
    return incident


def engage_im(tx: Tx, incident: Incident, *, by: Actor) -> None:
    """Page the Incident Manager for a disruption, unless one is engaged or being paged."""
    if incident.watched and incident.publicity.public_status.needs_im:
        _engage(tx, incident, IM, Reason.PUBLIC_STATUS, by=by)


def engage_cmoc(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Page the Communications Manager, unless one is engaged or being paged: customers are affected."""
    _engage(tx, incident, CMOC, Reason.CUSTOMERS, by=BOT, late=late)


def cmoc_called_by(tx: Tx, incident: Incident, before: Incident, since: datetime) -> list[int]:
    """Return the escalations to the CMOC that began since a change, which nothing `before` it called for."""
    due, was_due = cmoc_due(incident, tx.process), cmoc_due(before, tx.process)
    if not due or (was_due and was_due[0] == due[0]):
        return []
    paths = (one.escalation for one in pages.of_incident(tx, incident.id) if one.raised_at >= since)
    return sorted({one.id for one in paths if one.reason is Reason.CUSTOMERS})


def _engage(
    tx: Tx, incident: Incident, role: str, reason: Reason, *, by: Actor, late: timedelta = timedelta()
) -> None:
    team = tx.process.team_of_role(role, tx.process.type_of(incident.type))
    at_work = {one.role for one in roles.holders(tx, incident.id) if one.engaged}
    if team and role not in at_work and not being_paged(tx, incident.id, team.name):
        raise_page(tx, team, incident, reason, by=by, late=late)


def impact_began(tx: Tx, incident: Incident, at: datetime | None) -> None:
    """Have the hour until customers are told count from the start of the impact."""
    save(tx, replace(incident, publicity=replace(incident.publicity, impact_began_at=at)))
