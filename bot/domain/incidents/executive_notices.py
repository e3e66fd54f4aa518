"""The notice to the executives (the public GitLab handbook, "Infrastructure Liaison")."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import GONE, Incident
from bot.domain.process import CMOC, IM, INFRASTRUCTURE_LEADER, INFRASTRUCTURE_LIAISON


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

    @property
    def parts(self) -> tuple[str, ...]:
        return self.heading, self.summary, self.impact, self.response, self.issue


WRITERS = (INFRASTRUCTURE_LIAISON, INFRASTRUCTURE_LEADER, IM, CMOC)
"""The roles that speak for an incident to executives, the liaison first; besides, whoever leads it."""


def refuse_others(incident: Incident, held: Mapping[str, str], by: str) -> None:
    """Refuse whoever does not speak for the incident, and name who does."""
    if by in {incident.lead, *(held[role] for role in WRITERS if role in held)}:
        return
    roles = [f"{role} (<@{held[role]}>)" if role in held else role for role in WRITERS]
    raise Refused(
        f"The notice to the executives is written by whoever leads INC-{incident.id} ({incident.led_by}) or "
        f"holds one of these roles: {', '.join(roles)}. Tell one of them, or take the role.",
        Step(f"Page the {INFRASTRUCTURE_LIAISON}", f"escalate {INFRASTRUCTURE_LIAISON}", incident.id),
        Step("Roles", "roles", incident.id),
    )


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
