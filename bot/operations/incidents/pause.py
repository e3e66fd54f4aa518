"""Pausing an S3 or S4 until a date."""

from dataclasses import replace
from datetime import datetime

from bot.domain.errors import Refused, Step
from bot.domain.facts import WorkWaits
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.pause import pausable, until
from bot.operations.incidents.changes import save
from bot.operations.incidents.weekend import at_work
from bot.operations.rights import visible
from storage.transaction import Tx


def may_pause(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Return the incident if this person can pause it; refuse, also before they choose a date."""
    incident = pausable(visible(tx, incident_id, by))
    if not at_work(tx, incident, by):
        raise Refused(
            f"Only the lead, {incident.led_by}, and those at work on INC-{incident_id} can pause it. "
            "Ask them, or take the lead first.",
            Step("Take the lead", "lead me", incident_id),
        )
    return incident


def pause(tx: Tx, incident_id: int, at: datetime, reason: str = "", *, by: str) -> Incident:
    """Let nudges and the rule about a long investigation rest until a date; a pause that runs moves to it."""
    incident = may_pause(tx, incident_id, by=by)
    paused = replace(incident, waits_until=until(at, tx.now), paused_for=reason)
    if paused != incident:
        tx.record(WorkWaits(incident=incident_id, by=by, until=at.isoformat(), text=reason, paused=True))
        save(tx, paused)
    return paused
