"""Whether an incident has to do with a maintenance that runs: asked once, and what follows from the answer.

From the public GitLab handbook, "Scheduled Maintenance": in a related incident whoever is responsible for the
change acts as the IM; for an unrelated one its people leave the shared call.
"""

from contextlib import suppress

from bot.domain.actors import Actor
from bot.domain.errors import Refused, Step
from bot.domain.facts import CallNeeded, Given, MaintenanceAnswered, RoleGiven
from bot.domain.incidents.fields import AFFECTED_SERVICES
from bot.domain.incidents.incident import Incident
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.maintenance.services import Connection, likely
from bot.domain.paging.escalations import Reason
from bot.domain.process import IM
from bot.domain.rights import Right
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.ownership import assign_role
from bot.operations.paging.paging import being_paged, raise_page
from bot.operations.rights import rights_of, visible
from storage import fields, incidents, maintenances, roles, timeline
from storage.transaction import Tx

NONE = 0
"""Stands for no maintenance, where a number would name one."""


def connection(tx: Tx, incident: Incident) -> Connection:
    """Return what an incident has to do with maintenance. Drills and near misses are not asked."""
    found = maintenances.concerning(tx, incident.id)
    if any(answer is not None for _, answer in found):
        return Connection(related=tuple(one for one, answer in found if answer))
    if incident.drill or incident.near_miss or not incident.status.open:
        return Connection()
    asked = [one for one, _ in found if _in_window(one, incident)]
    return Connection(tuple(asked), likely(asked, _words(tx, incident)) if asked else None)


def running_for(tx: Tx, who: str) -> list[Maintenance]:
    """Return the maintenance that runs, to somebody who works here; guests see none."""
    return maintenances.running(tx) if Right.WORK in rights_of(tx, who) else []


def relate(tx: Tx, incident_id: int, number: int | None, *, by: Actor) -> Incident:
    """Say which running maintenance an incident has to do with: the only one without a number, or `NONE`."""
    incident = visible(tx, incident_id, by)
    if not incident.status.open:
        raise Refused(f"INC-{incident.id} is {incident.status}: nothing follows from that any more.")
    if incident.drill:
        raise Refused(f"INC-{incident.id} is a drill: no maintenance has to do with it, and nobody is asked.")
    running = maintenances.running(tx)
    if not running:
        raise Refused(
            "No maintenance is running. `/inc maintenance` shows what is planned.",
            Step("Show maintenance", "maintenance"),
        )
    if number == NONE:
        _unrelated(tx, incident, running, by)
    else:
        _related(tx, incident, _meant(incident, running, number), by)
    return visible(tx, incident_id, by)


def relate_declared(tx: Tx, incident: Incident, number: int, *, by: Actor) -> Incident:
    """Keep what the form of a new incident says of maintenance, unless that is over since."""
    running = {one.id: one for one in maintenances.running(tx)}
    if number == NONE and running:
        _unrelated(tx, incident, list(running.values()), by)
    elif number in running:
        _related(tx, incident, running[number], by)
    return incidents.get(tx, incident.id)


def _meant(incident: Incident, running: list[Maintenance], number: int | None) -> Maintenance:
    found = [one for one in running if number in {None, one.id}]
    if len(found) == 1:
        return found[0]
    steps = [
        Step(f"MNT-{one.id}", f"maintenance related MNT-{one.id}", incident.id)
        for one in (found or running)[:5]
    ]
    if number is None:
        raise Refused("Several maintenances are running. Which one is it related to?", *steps)
    raise Refused(f"MNT-{number} is not running now, so INC-{incident.id} is not related to it.", *steps)


def _related(tx: Tx, incident: Incident, one: Maintenance, by: Actor) -> None:
    if maintenances.answers(tx, incident.id).get(one.id):
        raise Refused(
            f"INC-{incident.id} is related to MNT-{one.id} already.",
            Step("Who does what", "roles", incident.id),
        )
    _note(tx, incident, one, by, related=True)
    if IM in tx.process.roles and roles.of(tx, incident.id).get(IM) != one.owner:
        try:
            assign_role(tx, incident.id, IM, one.owner, by=by)
        except Refused:  # the owner has left, or was removed from this incident: IMs are paged as ever
            return


def _unrelated(tx: Tx, incident: Incident, running: list[Maintenance], by: Actor) -> None:
    answered = maintenances.answers(tx, incident.id)
    new = [one for one in running if answered.get(one.id) is not False]
    if not new:
        raise Refused(
            f"INC-{incident.id} is unrelated to maintenance: that is known, and its people are asked."
        )
    for one in new:
        if answered.get(one.id):
            _take_back(tx, incident, one, by)
        _note(tx, incident, one, by, related=False)
        tx.record(CallNeeded(incident=incident.id, by=by, maintenance=one.id))


def _take_back(tx: Tx, incident: Incident, one: Maintenance, by: Actor) -> None:
    """Have the owner be the IM no more who is it only because the incident was said to be related: whoever
    was it before is it again, else the IM's team is paged as ever.
    """
    im = next((each for each in roles.holders(tx, incident.id) if each.role == IM), None)
    known = timeline.of_kinds(tx, incident.id, Kind.ROLE, Kind.MAINTENANCE)
    answers = [each for each in known if each.kind is Kind.MAINTENANCE and each.data["maintenance"] == one.id]
    if not im or im.person != one.owner or not im.by_hand or im.since != answers[-1].at:
        return  # somebody else is it now, or they are for another reason: asked, or by an acknowledgement
    given = [each for each in known if each.kind is Kind.ROLE and each.at == im.since]
    if given and (before := given[-1].data["holder"]):
        with suppress(Refused):  # they are not there any more
            assign_role(tx, incident.id, IM, before, by=by)
            return
    roles.vacate(tx, incident.id, IM)
    tx.record(RoleGiven(incident=incident.id, by=by, role=IM, person="", undone=True))
    tx.record(Given(incident=incident.id, person=one.owner, role=IM, giver=str(by), undone=True))
    kind = tx.process.type_of(incident.type)
    team = tx.process.team_of_role(IM, kind)
    wanted = incident.watched and team and team.name in kind.called(high=incident.severity.high)
    if wanted and team and not being_paged(tx, incident.id, team.name):
        raise_page(tx, team, incident, Reason.ASKED, by=by)


def _note(tx: Tx, incident: Incident, one: Maintenance, by: Actor, *, related: bool) -> None:
    maintenances.note_answer(tx, incident.id, one.id, str(by), related=related)
    tx.record(
        MaintenanceAnswered(
            incident=incident.id, by=by, maintenance=one.id, name=one.name, related=related, owner=one.owner
        )
    )


def _in_window(one: Maintenance, incident: Incident) -> bool:
    return one.started_at is not None and one.started_at <= incident.declared_at


def _words(tx: Tx, incident: Incident) -> str:
    """Return what people wrote about what an incident is of."""
    affected = [one.value for one in fields.of(tx, incident.id) if one.name == AFFECTED_SERVICES]
    return " ".join([incident.name, incident.summary.summary, *affected])
