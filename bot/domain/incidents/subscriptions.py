"""Who gets an incident's updates without being in its channel."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Incident


class Target(StrEnum):
    """What gets them: a person in direct messages, or a channel in one message and its thread."""

    PERSON = "person"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Subscription:
    """`target` is Slack's id of the person or channel."""

    incident: int
    target: str
    kind: Target
    added_by: str
    at: datetime


def subscribable(incident: Incident) -> Incident:
    """Return the incident if there is something to come; refuse, also before somebody says for whom."""
    if not incident.status.open:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: no more updates come. All of it is in the timeline.",
            Step("Timeline", "timeline", incident.id),
        )
    return incident


def refuse_channel_of_private(incident: Incident) -> None:
    """Refuse to tell a channel of a private incident: more people read there than may know of it."""
    if incident.private:
        raise Refused(
            f"INC-{incident.id} is private: its updates go to no other channel, only to people in its own. "
            "Invite who should know of it there, then: `/inc subscribe @person`."
        )
