"""Streams: parts of the work on an incident, each with a channel and a lead of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.errors import NotFound, Refused, Step
from bot.domain.incidents.incident import Incident, went_on
from bot.domain.text import CHANNEL_NAME, one_line, slug

MOST_OPEN = 10
"""How many streams of one incident are open at once."""
LONGEST = 40
"""How many characters a stream's name has at most: it stands in the name of its channel too."""
CLOSE, UPDATE, LEAD, RENAME = "close", "update", "lead", "rename"
VERBS = (CLOSE, UPDATE, LEAD, RENAME)
"""What can be done with a stream: as the first word after the command none of them is a name."""


@dataclass(frozen=True, slots=True)
class Stream:
    """`lead` is empty when nobody leads any more. With `channel_lost` its channel could not be opened."""

    id: int
    incident: int
    name: str
    lead: str
    opened_by: str
    opened_at: datetime
    channel: str | None = None
    channel_name: str | None = None
    channel_lost: bool = False
    archived: bool = False
    updated_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.closed_at is None

    @property
    def place(self) -> str | None:
        """The channel while it takes messages."""
        return None if self.archived else self.channel


@dataclass(frozen=True, slots=True)
class StreamUpdate:
    id: int
    stream: int
    text: str
    by_whom: str
    at: datetime


def taking_streams(incident: Incident) -> Incident:
    """Return the incident if streams can be opened; refuse, also before somebody writes a name in vain."""
    if incident.status.open:
        return incident
    raise Refused(
        f"INC-{incident.id} is {incident.status}: its streams are closed, and it gets no new one. "
        f"{went_on(incident) or 'To work on it again: `/inc reopen <reason>`.'}",
        Step("Show its streams", "streams", incident.id),
    )


def stream_name(written: str) -> str:
    """Return a name as it is kept. Refuses an empty one, one that is too long, and words of commands."""
    name = one_line(written).removeprefix("#").strip()
    if not name:
        raise Refused("A stream needs a name, such as `database`: `/inc stream database`.")
    if len(name) > LONGEST:
        raise Refused(f"The name of a stream has at most {LONGEST} characters, and this one {len(name)}.")
    if name.lower().split()[0] in VERBS:
        raise Refused(
            f"No stream is called `{name.replace('`', '')}`: that word is for what is done with one."
        )
    return name


def same(one: str, other: str) -> bool:
    """Say whether two names are the same to whoever types them: case, spaces and hyphens do not matter."""
    return _key(one) == _key(other)


def _key(name: str) -> str:
    return slug(name) or name.casefold()


def begun_with(text: str, streams: Sequence[Stream]) -> tuple[Stream, str] | None:
    """Return the stream whose name begins a text, the longest such name, and what follows it."""
    words = text.split()
    for count in range(len(words), 0, -1):
        named = " ".join(words[:count]).rstrip(":,")
        found = next((one for one in streams if same(one.name, named)), None)
        if found:
            return found, text.split(maxsplit=count)[count] if len(words) > count else ""
    return None


def still_open(stream: Stream) -> Stream:
    """Return a stream that is worked on; refuse with the way to open it again."""
    if stream.open:
        return stream
    raise Refused(
        f"The stream {stream.name} of INC-{stream.incident} is closed.",
        Step(f"Open it again: {stream.name}", f"stream {stream.name}", stream.incident),
    )


def renamed(stream: Stream, written: str, known: Sequence[Stream]) -> Stream:
    """Return a stream with another name, which no other stream of its incident has; or refuse."""
    name = stream_name(written)
    if name == still_open(stream).name:
        raise Refused("That is its name already. For another one: `/inc stream rename <new name>`.")
    if other := next((one for one in known if one.id != stream.id and same(one.name, name)), None):
        raise Refused(
            f"INC-{stream.incident} has a stream {other.name} already: choose another name.",
            Step("Show the streams", "streams", stream.incident),
        )
    return replace(stream, name=name)


def follows(stream: Stream, incident: Incident, was: str | None) -> bool:
    """Say whether a stream's channel is named after the incident's, which `was` called so. One that people
    named themselves keeps its name.
    """
    expected = stream_channel_name(replace(incident, channel_name=was), stream)
    named = stream.channel_name or ""
    return named.startswith(expected) and not named.removeprefix(expected).strip("-0123456789")


def free_name(name: str, duplicate: int, taken: Sequence[Stream]) -> str:
    """Return the name of a stream that comes from a duplicate: with its number, if there is one called so."""
    if not any(same(one.name, name) for one in taken):
        return name
    return f"{name[: LONGEST - len(f' INC-{duplicate}')].rstrip()} INC-{duplicate}"


def stream_channel_name(incident: Incident, stream: Stream, *, attempt: int = 0) -> str:
    """Return the incident's channel with the stream's name behind it, within Slack's limit. A name that is
    taken gets a counter (`attempt`).
    """
    end = f"-{slug(stream.name) or f'stream-{stream.id}'}{f'-{attempt + 1}' if attempt else ''}"
    base = incident.channel_name or f"inc-{incident.id}"
    return base[: CHANNEL_NAME - len(end)].rstrip("-_") + end


def unknown_stream(key: object) -> NotFound:
    return NotFound("stream", key)
