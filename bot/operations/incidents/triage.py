"""Deciding what a triaged problem is: an incident, or not."""

from datetime import datetime, timedelta

from bot.domain.actors import BOT, Actor
from bot.domain.errors import Refused, Step
from bot.domain.facts import Accepted, DecisionWanted, Declined
from bot.domain.incidents.incident import Incident, Status, move
from bot.domain.incidents.timers import triage_limit
from bot.domain.paging.engagement import engaged
from bot.domain.paging.escalations import Reason
from bot.domain.process import Team
from bot.operations.alerts.paging import page_for_alerts
from bot.operations.incidents.changes import note_public_status, save
from bot.operations.incidents.public_status import engage_im
from bot.operations.paging.paging import being_paged, cancel_pages, page_for, raise_page
from bot.operations.rights import visible
from storage import pages, roles
from storage.transaction import Tx

REMINDERS = 2
"""So often somebody who acknowledged a triage is asked to decide before others are paged."""


def accept(tx: Tx, incident_id: int, *, by: Actor) -> Incident:
    """Make a triaged problem an incident: from here on it pages like any other."""
    before = _in_triage(tx, incident_id, by)
    incident = move(before, Status.INVESTIGATING, by=by, now=tx.now)
    tx.record(Accepted(incident=incident_id, by=by))
    page_for(tx, incident, Reason.DECLARED, by=by)
    save(tx, incident)
    engage_im(tx, incident, by=by)
    page_for_alerts(tx, incident, by=by)
    return incident


def decline(tx: Tx, incident_id: int, *, by: Actor, reason: str = "") -> Incident:
    """Say that a triaged problem is no incident: pages that somebody asked for meanwhile are cancelled."""
    before = _in_triage(tx, incident_id, by)
    incident = move(before, Status.DECLINED, by=by, now=tx.now)
    cancel_pages(tx, incident_id)
    tx.record(Declined(incident=incident_id, by=by, reason=reason))
    note_public_status(tx, before, incident, told=False)
    save(tx, incident)
    return incident


def mind_triage(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Page the type's own team when nobody has decided, and remind whoever acknowledged.

    After two reminders without a decision the level after theirs is paged.
    """
    team = tx.process.teams[tx.process.type_of(incident.type).pages]
    if being_paged(tx, incident.id, team.name):
        return
    looking = _looking(tx, incident, team)
    if not looking:
        raise_page(tx, team, incident, Reason.TRIAGE, by=BOT, late=late)
        return
    since, person, level = looking
    limit = triage_limit(incident.severity)
    if tx.now - since > REMINDERS * limit + limit / 2:
        raise_page(tx, team, incident, Reason.TRIAGE, by=BOT, late=late, level=level + 1)
    elif tx.now - since >= limit / 2:  # the timer does not begin anew with an acknowledgement
        tx.record(DecisionWanted(incident=incident.id, person=person))


def _looking(tx: Tx, incident: Incident, team: Team) -> tuple[datetime, str, int] | None:
    """Return since when who looks at a triage for its team, and at which level they were called."""
    holders = roles.holders(tx, incident.id)
    found = [(one.since, one.person, 0) for one in holders if one.engaged and one.role == team.role]
    there = engaged(holders)
    answered = [
        (page.answered_at, page.answered_by, page.level)
        for page in pages.of_incident(tx, incident.id)
        if page.escalation.team == team.name and page.answered_by in there
    ]
    return max(((at, who, level) for at, who, level in [*found, *answered] if at and who), default=None)


def _in_triage(tx: Tx, incident_id: int, by: Actor) -> Incident:
    incident = visible(tx, incident_id, by)
    if incident.status is not Status.TRIAGE:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: only a triaged problem is accepted or declined.",
            Step("How it stands", "", incident.id),
        )
    return incident
