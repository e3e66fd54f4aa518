"""An IM has too much to do: another one is asked for, and takes the incident over."""

from bot.domain.errors import Refused, Step
from bot.domain.facts import ImAsked
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.overload import ANSWER_WITHIN, Offer
from bot.domain.incidents.timers import TimerKind, Wanted
from bot.domain.process import IM
from bot.operations.incidents.overload import asked, help_for
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.rights import visible
from storage import roles, timers
from storage.transaction import Tx


def ask_for_im(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Ask where IMs are for another one. Refuses whoever has not too many incidents, or has asked."""
    incident = visible(tx, incident_id, by)
    found = None if incident.drill else help_for(tx, incident, by)
    if not found or found.offer is not Offer.ANOTHER_IM:
        raise Refused(
            f"INC-{incident_id} needs no other IM now, or one is asked for already: whoever is IM of two or "
            "more S1 and S2 asks. To page the IM on call, or leadership: `/inc escalate`.",
            Step("Page somebody", "escalate", incident_id),
            Step("Who does what", "roles", incident_id),
        )
    timers.put(tx, incident_id, TimerKind.ANOTHER_IM, Wanted(by, tx.now + ANSWER_WITHIN))
    tx.record(ImAsked(incident=incident_id, by=by, team=found.team))
    return incident


def help_out(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Take the role of the IM, and the lead with it, from whoever asked for another one."""
    incident = visible(tx, incident_id, by)
    asker = asked(tx, incident).by
    holder = roles.of(tx, incident_id).get(IM)
    if not asker or holder != asker:
        who = f"<@{holder}> is IM of it" if holder else "nobody asks any more"
        raise Refused(f"INC-{incident_id} needs no other IM: {who}.")
    if by == asker:
        raise Refused("You asked for another IM yourself: somebody else has to press it.")
    led = incident.lead == asker
    incident = assign_role(tx, incident_id, IM, by, by=by)
    return hand_over(tx, incident_id, by, by=by) if led else incident
