"""A near miss: what might have become an incident, and did no harm.

From the public GitLab handbook, "Near Misses": it is treated as an incident is, with the severity that it
would have had, and whoever noticed it owns its review.
"""

from dataclasses import replace

from bot.domain.actors import Actor
from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import OVER, UPDATE_EVERY, Incident, Status

REAL = "real"
"""What is typed when it is an incident after all."""


def may_be_missed(incident: Incident, by: Actor) -> Incident:
    """Return the incident if this person can say that it was a near miss; refuse, also before they say why.

    As it ends all paging, only the lead can; in triage, where anybody decides, anybody.
    """
    if incident.near_miss:
        real = Step("It is an incident", f"nearmiss {REAL}", incident.id)
        raise Refused(
            f"INC-{incident.id} is a near miss already. Is it an incident? `/inc nearmiss {REAL}` pages.",
            real,
        )
    if incident.drill or incident.status in OVER:
        what = "a drill" if incident.drill else incident.status.value
        raise Refused(
            f"INC-{incident.id} is {what}, so it is no near miss. To note another one, type `/inc nearmiss` "
            "outside an incident's channel.",
            Step("How it stands", "", incident.id),
        )
    if incident.status is not Status.TRIAGE and by != incident.lead:
        raise Refused(
            f"Only the lead can say that INC-{incident.id} was a near miss, as nobody is paged for it then: "
            f"that is {incident.led_by}. Take the lead first.",
            Step("Take the lead", "lead me", incident.id),
        )
    return incident


def missed(incident: Incident, by: Actor) -> Incident:
    """Return the incident as a near miss. Whoever leads it owns it, and a triage is decided so."""
    may_be_missed(incident, by)
    status = Status.INVESTIGATING if incident.status is Status.TRIAGE else incident.status
    return replace(
        incident,
        near_miss=True,
        status=status,
        lead_by_hand=bool(incident.lead),
        verified_by=None,
        waits_until=None,
    )


def real(incident: Incident) -> Incident:
    """Return a near miss as the incident that it turned out to be, led as a declared one is."""
    if not incident.near_miss:
        raise Refused(
            f"INC-{incident.id} is an incident, and no near miss.", Step("How it stands", "", incident.id)
        )
    if incident.status in OVER:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: it stays a near miss. Declare the incident: "
            "`/inc declare`.",
            Step("Declare an incident", "declare"),
        )
    by_hand = incident.lead_by_hand and incident.lead != incident.reporter
    return replace(incident, near_miss=False, lead_by_hand=by_hand, update_in=UPDATE_EVERY[incident.severity])
