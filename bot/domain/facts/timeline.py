"""What happens to the timeline itself."""

from collections.abc import Sequence

from bot.domain.facts.fact import OfIncident
from bot.domain.timeline.entries import Kind


class EntriesAdded(OfIncident):
    """Timeline entries of which the channel is told, all of one decision together."""

    entries: Sequence[int]


class Noted(OfIncident):
    kind = Kind.NOTE


class MessagePinned(OfIncident):
    ts: str


class MessageUnpinned(OfIncident):
    ts: str


class PinUnlinked(OfIncident):
    """A pinned message was read, and where it is could not be said."""

    ts: str
    thread: str | None
