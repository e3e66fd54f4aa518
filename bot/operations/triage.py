"""Deciding what a triaged problem is: an incident, or not."""

from datetime import timedelta

from bot.domain.errors import Refused, Step
from bot.domain.facts import Accepted, Declined
from bot.domain.incidents import Incident, Status, move
from bot.domain.pages import Reason
from bot.domain.rights import BOT
from bot.operations.changes import save
from bot.operations.paging import being_paged, cancel_pages, page_for, raise_page
from bot.operations.rights import visible
from storage import roles
from storage.transaction import Tx


def accept(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Make a triaged problem an incident: from here on it pages like any other."""
    before = _in_triage(tx, incident_id, by)
    incident = move(before, Status.INVESTIGATING, by=by, now=tx.now)
    tx.record(Accepted(incident=incident_id, by=by))
    page_for(tx, incident, Reason.DECLARED, by=by)
    save(tx, incident)
    return incident


def decline(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Say that a triaged problem is no incident: pages that somebody asked for meanwhile are cancelled."""
    incident = move(_in_triage(tx, incident_id, by), Status.DECLINED, by=by, now=tx.now)
    cancel_pages(tx, incident_id)
    tx.record(Declined(incident=incident_id, by=by))
    save(tx, incident)
    return incident


def page_for_silent_triage(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Page the type's own team when nobody decides, unless it was called for this already."""
    team = tx.process.teams[tx.process.type_of(incident.type).pages]
    if team.role in roles.of(tx, incident.id) or being_paged(tx, incident.id, team.name):
        return
    raise_page(tx, team, incident, Reason.TRIAGE, by=BOT, late=late)


def _in_triage(tx: Tx, incident_id: int, by: str) -> Incident:
    incident = visible(tx, incident_id, by)
    if incident.status is not Status.TRIAGE:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: only a triaged problem is accepted or declined.",
            Step("How it stands", "", incident.id),
        )
    return incident
