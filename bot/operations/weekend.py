"""Letting an S3 or S4 wait for Monday."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.facts import WorkGoesOn, WorkWaits
from bot.domain.incidents import Incident
from bot.domain.weekend import may_wait, monday_morning, refuse_to_wait
from bot.operations.changes import save
from bot.operations.rights import visible
from storage import people
from storage.transaction import Tx


def wait_until_monday(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Ask for no update and call nobody for a long investigation until Monday 09:00 of this person."""
    incident = visible(tx, incident_id, by)
    person = people.get(tx, by)
    until = monday_morning(tx.now, person.tz if person else None)
    if not may_wait(incident):
        raise refuse_to_wait(incident)
    if not until:
        raise Refused("It is no weekend where you are: nothing waits for Monday.")
    incident = replace(incident, waits_until=until)
    tx.record(WorkWaits(incident=incident_id, by=by, until=until.isoformat()))
    save(tx, incident)
    return incident


def work_now(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Wait no longer: updates are due and the investigation is watched from now on."""
    incident = visible(tx, incident_id, by)
    if not incident.waits_until:
        raise Refused(f"INC-{incident_id} waits for nothing.")
    return _go_on(tx, incident, by)


def end_weekend(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Go on when the weekend is over."""
    _go_on(tx, incident, None)


def _go_on(tx: Tx, incident: Incident, by: str | None) -> Incident:
    incident = replace(incident, waits_until=None)
    tx.record(WorkGoesOn(incident=incident.id, by=by))
    save(tx, incident)
    return incident
