"""What happens to channels, to people in them, and to what is posted there."""

from collections.abc import Sequence

from bot.domain.facts.fact import Fact, OfIncident
from bot.domain.timeline.entries import Kind


class ChannelOpened(OfIncident):
    """The incident's channel exists."""


class ChannelLost(OfIncident):
    """The incident's channel could not be opened, for good."""


class ChannelDeleted(OfIncident):
    """Somebody deleted the incident's channel."""


class ChannelRenamed(OfIncident):
    """People renamed the incident's channel."""

    kind = Kind.CHANNEL_RENAMED
    before: str | None
    after: str


class ChannelFollowed(OfIncident):
    """The incident's channel, which was called `before`, bears its new name: those of its streams follow."""

    before: str | None


class BotPutOut(OfIncident):
    """The bot is not in the incident's public channel any more, and may come back."""


class PlaceRenamed(Fact):
    """A channel has another name: it may be one in which incidents are announced."""

    channel: str


class ChannelBack(Fact):
    """In a channel nothing could be posted for a while, and can again."""

    channel: str


class PeopleAdded(OfIncident):
    """People belong into the incident's channel."""

    people: Sequence[str]


class PersonRemoved(OfIncident):
    """A person is not in the channel of the private incident any more."""

    person: str


class SaidOutside(OfIncident):
    """A message of the incident reached a reader who may not know of it any more: it is taken back."""

    channel: str
    ts: str
    person: str


class ProblemNoted(OfIncident):
    """Something failed for good; `cure` is what to do."""

    kind = Kind.PROBLEM
    what: str
    why: str
    cure: str


class ProblemUnheard(OfIncident):
    """The same, where the incident's channel cannot be told of it."""

    what: str
    why: str
    cure: str


class TextRefused(OfIncident):
    """The channel did not take what a person wrote: `words`, as `what`."""

    person: str
    what: str
    why: str
    words: str


class DeclareAnswered(OfIncident):
    """Whoever declared was answered in private (`answer` is where) before there was a channel."""

    answer: str
    called: Sequence[str]


class CardPosted(OfIncident):
    """The card stands in the incident's channel."""


class NoticeOutdated(OfIncident):
    """A message with buttons was posted after what it shows had changed."""


class StrayFound(Fact):
    """The channel of an incident that this database, an older state `of` that time, does not know."""

    number: int
    channel: str
    of: str
