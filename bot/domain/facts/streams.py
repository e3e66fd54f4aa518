"""What happens to an incident's streams. `name` is what the stream is called."""

from bot.domain.facts.fact import OfIncident
from bot.domain.timeline.entries import Kind


class StreamOpened(OfIncident):
    """A stream was opened, or one that was closed is worked on `again`."""

    kind = Kind.STREAM_OPENED
    stream: int
    name: str
    lead: str
    again: bool = False


class StreamChannelOpened(OfIncident):
    """The stream's channel exists."""

    stream: int


class StreamPeopleAdded(OfIncident):
    """People belong into the stream's channel."""

    stream: int
    people: list[str]


class StreamUpdated(OfIncident):
    kind = Kind.STREAM_UPDATE
    stream: int
    name: str
    update: int


class StreamLeadChanged(OfIncident):
    kind = Kind.STREAM_LEAD
    stream: int
    name: str
    before: str
    after: str


class StreamClosed(OfIncident):
    """It was closed; `ended` says what ended it, if nobody did: the incident, or its channel."""

    kind = Kind.STREAM_CLOSED
    stream: int
    name: str
    ended: str = ""


class StreamRenamed(OfIncident):
    """A person gave it another name: its channel follows."""

    kind = Kind.STREAM_RENAMED
    stream: int
    before: str
    after: str


class StreamMoved(OfIncident):
    """The stream of a duplicate belongs to the incident into which that was merged."""

    kind = Kind.STREAM_MOVED
    stream: int
    name: str
    duplicate: int


class StreamTurnedPrivate(OfIncident):
    """The incident turned private: `channel`, which everybody can read, is the stream's no more."""

    stream: int
    channel: str
