"""Who owns an incident: exactly one lead at every moment.

From the public GitLab handbook, "Ownership": once the EOC is engaged the EOC owns the incident, and for
S1 and S2 the Incident Manager does.
"""

from dataclasses import replace

from bot.domain.errors import Refused, Step
from bot.domain.incidents import OVER, Incident
from bot.domain.process import EOC, IM


def after_acknowledgement(
    incident: Incident, role: str, by: str, *, wanted: str, im_engaged: bool, confirmed: bool
) -> Incident:
    """Return the incident with the lead that an acknowledgement in `role` gives it.

    `wanted` is the role that the path looks for: a stand-in on the EOC's or the IM's path takes the lead from
    a reporter who was not `confirmed`. The EOC, and for S1/S2 the IM, takes it later from whoever stood in.
    `im_engaged` says whether an Incident Manager acknowledged earlier: the EOC of an S1/S2 then stays EOC.
    A lead that a person chose by hand is never taken away.
    """
    if incident.lead_by_hand:
        return incident
    takes_as_im = role == IM and incident.severity.high
    takes_as_eoc = role == EOC and not (incident.severity.high and im_engaged)
    stands_in = wanted in {EOC, IM} and incident.lead == incident.reporter and not confirmed
    return replace(incident, lead=by) if takes_as_im or takes_as_eoc or stands_in else incident


def hand_over(incident: Incident, to: str, *, by: str) -> Incident:
    """Return the incident with a lead chosen by hand: the lead hands over or confirms, anyone may take it."""
    confirms = to == by == incident.lead and not incident.lead_by_hand
    if to == incident.lead and not confirms:
        raise Refused(f"<@{to}> leads INC-{incident.id} already.")
    if by not in {incident.lead, to}:
        raise Refused(
            f"Only the lead, <@{incident.lead}>, can hand INC-{incident.id} to somebody else. "
            "You can take it yourself: `/inc lead me`.",
            Step("Take the lead", "lead me", incident.id),
        )
    return replace(incident, lead=to, lead_by_hand=True)


def in_progress(incident: Incident) -> Incident:
    """Return the incident if its people can change; refuse, also before somebody chooses one in vain."""
    if incident.status in OVER:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: its people stay as they are. `/inc roles` shows them.",
            Step("Show them", "roles", incident.id),
        )
    return incident
