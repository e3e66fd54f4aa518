"""What happens to the timeline itself."""

from collections.abc import Sequence

from bot.domain.facts.fact import OfIncident
from bot.domain.timeline.entries import Kind


class EntriesAdded(OfIncident):
    """Timeline entries of which the channel is told, all of one decision together."""

    entries: Sequence[int]


class Noted(OfIncident):
    """A person wrote a note, which tells of an earlier time if there is one `at`."""

    kind = Kind.NOTE
    at: str = ""


class NoteChanged(OfIncident):
    """A person changed a note in the ways `how`: `text` and `was` are its words and its time before."""

    kind = Kind.NOTE_CHANGED
    note: int
    how: Sequence[str]
    was: str


class MessagePinned(OfIncident):
    """`stream` is that in whose channel the message is, 0 for the incident's own channel."""

    ts: str
    stream: int = 0


class MessageUnpinned(OfIncident):
    ts: str
    stream: int = 0


class PictureWanted(OfIncident):
    """A pinned message has a picture that we keep."""

    picture: int


class PictureDeleted(OfIncident):
    """A person deleted our copy of a picture."""

    kind = Kind.PICTURE_DELETED
    picture: int
    name: str


class PinUnlinked(OfIncident):
    """A pinned message was read, and where it is could not be said."""

    ts: str
    thread: str | None
    stream: int = 0
