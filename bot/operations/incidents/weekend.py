"""Letting an S3 or S4 wait for Monday."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.actors import BOT, Actor
from bot.domain.errors import Refused
from bot.domain.facts import WorkGoesOn, WorkWaits
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.weekend import (
    may_wait,
    monday_morning,
    next_working_morning,
    refuse_to_wait,
)
from bot.domain.paging.engagement import engaged
from bot.operations.incidents.changes import save
from bot.operations.rights import visible
from storage import people, roles
from storage.transaction import Tx


def wait_until_monday(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Ask for no update and call nobody for a long investigation until Monday 09:00 of this person."""
    incident = visible(tx, incident_id, by)
    until = monday_of(tx, by)
    if not may_wait(incident):
        raise refuse_to_wait(incident)
    if not at_work(tx, incident, by):
        raise Refused(f"Only the lead and those at work on INC-{incident_id} can let it wait.")
    if not until:
        raise Refused("It is no weekend where you are. To let it rest until a date: `/inc pause`.")
    incident = replace(incident, waits_until=until, paused_for=None)
    tx.record(WorkWaits(incident=incident_id, by=by, until=until.isoformat()))
    save(tx, incident)
    return incident


def can_wait(tx: Tx, incident: Incident, who: str | None) -> bool:
    """Say whether this person can let it wait: they lead or work on it, and it is weekend where they are."""
    return bool(who and may_wait(incident) and monday_of(tx, who) and at_work(tx, incident, who))


def work_now(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Wait no longer: updates are due and the investigation is watched from now on."""
    incident = visible(tx, incident_id, by)
    if not incident.waits_until:
        raise Refused(f"INC-{incident_id} is not paused, and does not wait for Monday.")
    return _go_on(tx, incident, by)


def end_weekend(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Go on when the weekend or the pause is over."""
    _go_on(tx, incident, BOT)


def monday_of(tx: Tx, who: str) -> datetime | None:
    """Return when the weekend ends that this person has now, if they do."""
    person = people.get(tx, who)
    return monday_morning(tx.now, person.tz if person else None)


def next_workday(tx: Tx, who: str) -> datetime:
    """Return when the next working day begins where this person is."""
    person = people.get(tx, who)
    return next_working_morning(tx.now, person.tz if person else None)


def at_work(tx: Tx, incident: Incident, who: str) -> bool:
    """Say whether somebody leads an incident or is at work on it."""
    return who == incident.lead or who in engaged(roles.holders(tx, incident.id))


def _go_on(tx: Tx, incident: Incident, by: Actor) -> Incident:
    incident = replace(incident, waits_until=None)
    tx.record(WorkGoesOn(incident=incident.id, by=by))
    save(tx, incident)
    return incident
