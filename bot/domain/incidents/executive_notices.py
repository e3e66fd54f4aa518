"""The notice to the executives (the public GitLab handbook, "Infrastructure Liaison")."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import GONE, Incident


@dataclass(frozen=True, slots=True)
class ExecutiveNotice:
    """What executives read. The first of an incident is the notice, with the four parts: summary, impact on
    customers, current response, and the `issue`, a link to the main incident. Later ones are told in its
    thread and have a summary alone.
    """

    id: int
    incident: int
    heading: str
    summary: str
    impact: str
    response: str
    issue: str
    written_by: str
    at: datetime


def noticeable(incident: Incident) -> Incident:
    """Return the incident if executives can be told of it; refuse, also before somebody writes in vain."""
    if incident.private:
        raise Refused(
            f"INC-{incident.id} is private: no notice of it is posted where others read. Invite the "
            "executives who should know of it into its channel.",
            Step("How it stands", "", incident.id),
        )
    if incident.status in GONE or not (incident.status.active or incident.resolved_at):
        raise Refused(
            f"INC-{incident.id} is {incident.status}: executives are told of an incident that people are at "
            "work on, or have resolved.",
            Step("How it stands", "", incident.id),
        )
    return incident
