"""What customers are told of an incident: its public status, and whether they were told.

From the public GitLab handbook, "States and Statuses" and "Definition of Outage vs Degraded vs Disruption
and when to Communicate". The public status goes its own way, apart from the status.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.actors import Actor
from bot.domain.editions import edition


class PublicStatus(StrEnum):
    """How it is for customers, as the status page says it."""

    OPERATIONAL = "Operational"
    DEGRADED = "Degraded Performance"
    PARTIAL = "Partial Service Disruption"
    DISRUPTION = "Service Disruption"
    SECURITY = "Security Issue"

    @property
    def needs_im(self) -> bool:
        """Say whether the Incident Manager must be engaged."""
        return self in {PublicStatus.PARTIAL, PublicStatus.DISRUPTION}


DEFINITIONS: Mapping[PublicStatus, str] = {
    PublicStatus.OPERATIONAL: "The default status before an incident is opened and after an incident has "
    "been resolved. All systems are operating normally.",
    PublicStatus.DEGRADED: "Users are impacted intermittently, but the impact is not observed in metrics, "
    "nor reported, to be widespread or systemic.",
    PublicStatus.PARTIAL: "Users are impacted at a rate that violates our SLO. The Incident Manager On Call "
    "must be engaged and monitoring to resolution is required to last longer than 30 minutes.",
    PublicStatus.DISRUPTION: "This is an outage. The Incident Manager On Call must be engaged.",
    PublicStatus.SECURITY: "A security vulnerability has been declared public and the security team has "
    "requested that it be published on the status page.",
}
"""The handbook's words."""

BETTER: Mapping[PublicStatus, PublicStatus] = {
    PublicStatus.DEGRADED: PublicStatus.OPERATIONAL,
    PublicStatus.PARTIAL: PublicStatus.DEGRADED,
    PublicStatus.DISRUPTION: PublicStatus.PARTIAL,
    PublicStatus.SECURITY: PublicStatus.OPERATIONAL,
}
"""What comes after each when it is less bad."""


@dataclass(frozen=True, slots=True)
class Publicity:
    """What customers notice of an incident, and were told.

    `impaired_at` is when the public status was first another one than Operational, `impaired_since_at` since
    when it is so now. `impact_began_at` is the start of the impact, if somebody set it. `noticed_at` is when
    the status page was last written, `unpublished` why it is not.
    """

    public_status: PublicStatus = PublicStatus.OPERATIONAL
    impaired_at: datetime | None = None
    impaired_since_at: datetime | None = None
    impact_began_at: datetime | None = None
    noticed_at: datetime | None = None
    unpublished: str = ""

    @property
    def impaired(self) -> bool:
        return self.public_status is not PublicStatus.OPERATIONAL

    def become(self, to: PublicStatus, now: datetime) -> "Publicity":
        """Return it with another public status."""
        if to is PublicStatus.OPERATIONAL:
            return replace(self, public_status=to, impaired_since_at=None)
        first, since = self.impaired_at or now, self.impaired_since_at or now
        return replace(self, public_status=to, impaired_at=first, impaired_since_at=since)


UNTOLD = Publicity()
"""Of an incident of which customers notice nothing."""


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """The text for the status page as somebody wrote it last."""

    incident: int
    text: str
    written_by: Actor
    written_at: datetime
    components: tuple[str, ...] = ()

    @property
    def edition(self) -> str:
        return edition(f"{self.text} {self.components}", self.written_by, self.written_at)
