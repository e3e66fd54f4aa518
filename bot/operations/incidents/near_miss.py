"""Noting that something was a near miss, and that it is an incident after all."""

from bot.domain.actors import Actor
from bot.domain.facts import Accepted, NearMissNoted, TurnedReal
from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.near_miss import may_be_missed, missed, real
from bot.domain.paging.escalations import Reason
from bot.operations.incidents.changes import save
from bot.operations.incidents.ownership import hand_over
from bot.operations.paging.paging import cancel_pages, page_for
from bot.operations.rights import visible
from storage.transaction import Tx


def may_note_near_miss(tx: Tx, incident_id: int, *, by: Actor) -> Incident:
    """Return the incident if this person can note it as a near miss; refuse, also before they say why."""
    return may_be_missed(visible(tx, incident_id, by), by)


def note_near_miss(tx: Tx, incident_id: int, reason: str, *, by: Actor, owner: str = "") -> Incident:
    """Note that it did no harm: nobody is paged for it any more. A triage is decided with it.

    Whoever leads it owns it and its review, unless another `owner` is named.
    """
    before = visible(tx, incident_id, by)
    incident = missed(before, by)
    if before.status is Status.TRIAGE:
        tx.record(Accepted(incident=incident_id, by=by))
    cancel_pages(tx, incident_id)
    tx.record(NearMissNoted(incident=incident_id, by=by, reason=reason))
    save(tx, incident)
    return hand_over(tx, incident_id, owner, by=by) if owner not in {"", incident.lead} else incident


def turn_real(tx: Tx, incident_id: int, reason: str, *, by: Actor) -> Incident:
    """Make a near miss an incident. While it is active it pages as a declaration does."""
    incident = real(visible(tx, incident_id, by))
    tx.record(TurnedReal(incident=incident_id, by=by, reason=reason))
    if incident.status.active:
        page_for(tx, incident, Reason.DECLARED, by=by, message=reason)
    save(tx, incident)
    return incident
