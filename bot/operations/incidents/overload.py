"""Somebody has too much to do: they are offered help."""

from collections.abc import Collection

from bot.domain.facts import Overloaded
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.overload import NOT_ASKED, Asked, Help, Offer, counted, offered
from bot.domain.incidents.timers import Timer, TimerKind
from bot.domain.process import EOC, IM
from bot.operations.paging.engaged import engaged_in
from bot.operations.paging.paging import being_paged
from storage import incidents, roles, timers
from storage.transaction import Tx


def help_for(tx: Tx, incident: Incident, person: str) -> Help | None:
    """Return what is offered to a person now: nothing while whom they could call is paged or has come."""
    of_theirs = [(one, roles.of(tx, one.id)) for one in incidents.held_by(tx, person)]
    held = [(one, role) for one, holders in of_theirs for role, who in holders.items() if who == person]
    now = roles.of(tx, incident.id)
    offer = offered(
        incident, person, held, roles=now, at_work=engaged_in(tx, incident.id), asked=asked(tx, incident)
    )
    team = tx.process.team_of_role(offer.role, tx.process.type_of(incident.type)) if offer else None
    if not offer or not team:
        return None
    if offer is not Offer.ANOTHER_IM and (offer.role in now or being_paged(tx, incident.id, team.name)):
        return None
    role = IM if incident.id in counted(held, IM) and now.get(IM) == person else EOC
    of = counted(held, role)
    return Help(offer, team.name, role, of if incident.id in of and len(of) > 1 else ())


def asked(tx: Tx, incident: Incident) -> Asked:
    """Return who asked for another IM of an incident."""
    timer = timers.of(tx, incident.id, TimerKind.ANOTHER_IM)
    return Asked(timer.basis, timer.stopped) if timer else NOT_ASKED


def note_overload(tx: Tx, incident: Incident, person: str, gained: Collection[str]) -> None:
    """Have somebody offered help who has just got roles, if that makes it too much."""
    found = help_for(tx, incident, person) if {EOC, IM}.intersection(gained) else None
    if found and found.incidents and found.role in gained:
        tx.record(Overloaded(incident=incident.id, person=person))


def unhelped(tx: Tx, timer: Timer) -> None:
    """Offer leadership to whoever asked for another IM in vain."""
    timers.stop(tx, timer)
    incident = incidents.get(tx, timer.subject)
    if help_for(tx, incident, timer.basis):
        tx.record(Overloaded(incident=incident.id, person=timer.basis))
