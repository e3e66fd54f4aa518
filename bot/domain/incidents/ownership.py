"""Who owns an incident: exactly one lead at every moment.

From the public GitLab handbook, "Ownership": once the EOC is engaged the EOC owns the incident, and for
S1 and S2 the Incident Manager does. "Incident Lead": a security incident is led by Security.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.actors import Actor
from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import OVER, REOPENABLE, Incident, way_on
from bot.domain.process import IM, REPORTER, IncidentType, Process


def leading(kind: IncidentType, process: Process, *, high: bool) -> tuple[str, ...]:
    """Return the roles whose acknowledgement gives the lead, at S1 and S2 if `high`, the foremost first.

    The type's own team leads until the role that the type names acknowledges. With `reporter` none does.
    """
    if kind.leads == REPORTER:
        return ()
    own = process.own_role(kind)
    return tuple(dict.fromkeys((kind.leads or (IM if high else own), own)))


def leads_when_high(kind: IncidentType, process: Process) -> frozenset[str]:
    """Return the role that leads at S1 and S2 only: answered before, it gave no lead."""
    return frozenset(leading(kind, process, high=True)) - frozenset(leading(kind, process, high=False))


def after_acknowledgement(
    incident: Incident, role: str, by: str, *, wanted: str, held: Mapping[str, str], process: Process
) -> Incident:
    """Return the incident with the lead that an acknowledgement in `role` gives it.

    `wanted` is the role that the path looks for: a stand-in on the path of a role that leads takes the lead
    from a reporter who holds none of the roles `held`, or where nobody has it yet. Who leads by their role
    takes it later from whoever stood in, unless a role before theirs is held: the EOC of an S1 stays EOC once
    the IM has acknowledged.
    A lead that a person chose by hand is never taken away.
    """
    if incident.lead_by_hand:
        return incident
    kind = process.type_of(incident.type)
    order = leading(kind, process, high=incident.led_high)
    takes = role in order and held.keys().isdisjoint(order[: order.index(role)])
    unconfirmed = incident.lead in {"", incident.reporter} and incident.lead not in held.values()
    awaited = leading(kind, process, high=True)
    if not incident.lead and not awaited:  # the reporter would lead, but is no person
        awaited = (process.own_role(kind),)
    stands_in = wanted in awaited and unconfirmed
    return replace(incident, lead=by) if takes or stands_in else incident


def foremost(incident: Incident, at_work: Mapping[str, str], process: Process) -> str:
    """Return who of those at work leads by their role, empty for nobody."""
    order = leading(process.type_of(incident.type), process, high=incident.led_high)
    return next((at_work[role] for role in order if role in at_work), "")


def led_by_role(incident: Incident, at_work: Mapping[str, str], process: Process) -> Incident:
    """Return the incident led by the foremost of those at work whose role leads now, once another one does.

    It goes from whoever led by such a role. A lead that a person chose by hand stays.
    """
    kind = process.type_of(incident.type)
    roles = {role for high in (True, False) for role in leading(kind, process, high=high)}
    if incident.lead_by_hand or not incident.status.active:
        return incident
    if incident.lead not in {at_work.get(role) for role in roles}:
        return incident
    return replace(incident, lead=foremost(incident, at_work, process) or incident.lead)


def could_lead(incident: Incident, by: str, held: Mapping[str, str], process: Process) -> bool:
    """Say whether somebody's role would lead, but for a lead that a person chose by hand."""
    order = leading(process.type_of(incident.type), process, high=incident.led_high)
    return incident.lead_by_hand and by != incident.lead and any(held.get(role) == by for role in order)


def engaged(incident: Incident, role: str, process: Process, now: datetime) -> Incident:
    """Note when somebody of the type's own team engaged first: from then on the investigation is watched."""
    own = process.own_role(process.type_of(incident.type))
    return incident if incident.engaged_at or role != own else replace(incident, engaged_at=now)


def hand_over(incident: Incident, to: str, *, by: Actor) -> Incident:
    """Return the incident with a lead chosen by hand: the lead hands over or confirms, anyone may take it."""
    confirms = to == by == incident.lead and not incident.lead_by_hand
    if to == incident.lead and not confirms:
        raise Refused(f"{'You lead' if to == by else f'<@{to}> leads'} INC-{incident.id} already.")
    if by not in {incident.lead, to}:
        raise Refused(
            f"Only the lead, {incident.led_by}, can hand INC-{incident.id} to somebody else. "
            "You can take it yourself: `/inc lead me`.",
            Step("Take the lead", "lead me", incident.id),
        )
    return replace(incident, lead=to, lead_by_hand=True)


def in_progress(incident: Incident) -> Incident:
    """Return the incident if its people can change; refuse, also before somebody chooses one in vain."""
    if incident.status in OVER:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: its people stay as they are. {way_on(incident)}",
            *([Step("Reopen", "reopen", incident.id)] if incident.status in REOPENABLE else []),
            Step("Show them", "roles", incident.id),
        )
    return incident
