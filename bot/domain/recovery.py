"""What Slack shows of the time that an older state of the database knows nothing of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.incidents.incident import FINISHED, Incident, Severity, Status

NUMBERS_SKIPPED = 100
"""How many numbers of incidents are left out: some that were given meanwhile had no channel that tells."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an incident stands, as its channel's topic says. No `lead` unless one person bears the name."""

    severity: Severity
    status: Status
    lead: str | None


@dataclass(frozen=True, slots=True)
class Trace:
    """What Slack shows of an incident that we know.

    `channel` is the id and name of a channel that we do not know to be its own; `answered` says who answered
    the pages of which paths, each named by its first page.
    """

    incident: int
    channel: tuple[str, str] | None = None
    standing: Standing | None = None
    answered: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True)
class Stray:
    """The channel of an incident that we know nothing of. One that is archived is not told of it."""

    number: int
    channel: str
    archived: bool


def standing_as(incident: Incident, seen: Standing, now: datetime) -> Incident:
    """Return the incident as its channel says that it stands: it has happened, so no rule refuses it."""
    status = seen.status
    return replace(
        incident,
        status=status,
        severity=seen.severity,
        highest=seen.severity if seen.severity.worse_than(incident.highest) else incident.highest,
        lead=seen.lead or incident.lead,
        resolved_at=(incident.resolved_at or now) if status in FINISHED else None,
    )
