"""Deciding what a triaged problem is: an incident, or not."""

from bot.domain.errors import Refused, Step
from bot.domain.incidents import Incident, Status, move
from bot.domain.pages import Reason
from bot.domain.timeline import Kind
from bot.operations.changes import announce, save
from bot.operations.paging import cancel_pages, page_for
from bot.operations.rights import visible
from storage import incidents, timeline
from storage.transaction import Tx


def accept(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Make a triaged problem an incident: from here on it pages like any other."""
    before = _in_triage(tx, incident_id, by)
    incident = move(before, Status.INVESTIGATING, by=by, now=tx.now)
    timeline.add(tx, incident_id, Kind.ACCEPTED, by=by)
    page_for(tx, incident, Reason.DECLARED, by=by)
    save(tx, incident)
    if incidents.channel_settled(tx, incident_id):
        announce(tx, incident)
    return incident


def decline(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Say that a triaged problem is no incident: pages that somebody asked for meanwhile are cancelled."""
    incident = move(_in_triage(tx, incident_id, by), Status.DECLINED, by=by, now=tx.now)
    cancel_pages(tx, incident_id)
    timeline.add(tx, incident_id, Kind.DECLINED, by=by)
    save(tx, incident)
    return incident


def _in_triage(tx: Tx, incident_id: int, by: str) -> Incident:
    incident = visible(tx, incident_id, by)
    if incident.status is not Status.TRIAGE:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: only a triaged problem is accepted or declined.",
            Step("How it stands", "", incident.id),
        )
    return incident
