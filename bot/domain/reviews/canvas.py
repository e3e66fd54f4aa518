"""The document of a review as a canvas in Slack: where it may stand, and how far it is there."""

from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident


@dataclass(frozen=True, slots=True)
class ReviewCanvas:
    """A canvas of a review, in a `channel`: its `version` was asked for, and `written` is the one that
    stands there; 0 for none. Until it is made `canvas` is empty.

    `seen` is a mark of what stood there when we had written it, empty where that cannot be told. One that is
    `kept` has words of people in it: it is left alone, and the next press makes another, `number` one higher.
    `unsure` says that one may have been made all the same.
    """

    incident: int
    version: int
    channel: str
    written: int = 0
    canvas: str = ""
    url: str = ""
    seen: str = ""
    number: int = 1
    kept: bool = False
    unsure: bool = False


def to_channel(incident: Incident, *, archived: bool) -> str:
    """Return the channel whose people read the canvas; refuse, and say what to do."""
    if not incident.channel:
        raise Refused(
            f"INC-{incident.id} has no channel, and a canvas stands in the incident's channel. Download the "
            "document instead."
        )
    if archived:
        raise Refused(
            f"The channel of INC-{incident.id} is archived: nothing can be added to it. Un-archive it in "
            "Slack first, or download the document."
        )
    return incident.channel


def asked_again(before: ReviewCanvas | None, incident: int, channel: str) -> ReviewCanvas:
    """Return the canvas that the next version goes into: the same one, unless it stands elsewhere or is
    left to people.
    """
    if not before:
        return ReviewCanvas(incident, 0, channel)
    if before.kept or before.channel != channel:
        return ReviewCanvas(incident, 0, channel, number=before.number + 1)
    return before
