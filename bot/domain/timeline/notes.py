"""Notes: what a person writes on the timeline."""

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import GONE, Incident


def taking_notes(incident: Incident) -> Incident:
    """Return the incident if it takes notes; refuse, also before somebody writes one in vain."""
    if incident.status in GONE:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: it takes no more notes.",
            Step("Timeline", "timeline", incident.id),
        )
    return incident
