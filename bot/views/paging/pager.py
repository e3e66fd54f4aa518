"""What the pager that a team keeps is told of a page, as plain text."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.incidents.incident import Incident, Severity
from bot.domain.paging.pages import Page
from bot.domain.text import one_line
from bot.views.issue import plain
from bot.views.mrkdwn import cut

LONGEST_SUMMARY = 900
LONGEST_DETAIL = 500


@dataclass(frozen=True, slots=True)
class Raised:
    """One alert: a line, how grave it is (what is secret: as grave as can be), and further facts by name."""

    summary: str
    severity: Severity
    details: Mapping[str, str]


def raised(page: Page, incident: Incident | None, names: Mapping[str, str], *, fit: bool) -> Raised:
    """Return what is told of a page. Of an incident that the pager is not `fit` for, its number alone."""
    if incident and incident.private and not fit:
        return Raised(f"INC-{incident.id}: a page", Severity.S1, {"incident": f"INC-{incident.id}"})
    message = cut(plain(page.escalation.message, names), LONGEST_DETAIL)
    team = page.level_team
    if not incident:
        said = f": {one_line(message)}" if message else ""
        return Raised(cut(f"{team} is asked for{said}", LONGEST_SUMMARY), Severity.S2, {"message": message})
    details = {
        "incident": f"INC-{incident.id}",
        "severity": incident.severity.value,
        "status": incident.status.value,
        "type": incident.type,
        "team": team,
        "reason": page.escalation.reason.value,
        **({"message": message} if message else {}),
    }
    line = f"INC-{incident.id} {incident.severity}: {plain(incident.name, names)} ({team})"
    return Raised(cut(one_line(line), LONGEST_SUMMARY), incident.severity, details)
