"""Entries of a timeline as a page shows them: the whole text, what became of it, and where it came from."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from bot.domain.actors import BOT
from bot.domain.timeline.entries import Entry, Kind
from bot.domain.timeline.pictures import Picture, PictureState
from bot.domain.timeline.sought import called
from bot.views.browser.rich import Reader, anchor, plain, rich
from bot.views.mrkdwn import actor, capital, cut, mentioned
from bot.views.timeline.entries import in_full, sentence

_TYPED = {Kind.NOTE: "noted", Kind.UPDATE: "posted an update"}
"""Kinds whose text is as somebody typed it, shown in full; all others have a sentence."""
_LONGEST_FILE = 120


@dataclass(frozen=True, slots=True)
class File:
    """A file of a pinned message: with an `address` where we keep a picture, else what became of it."""

    name: str
    address: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, ready to be shown. `note` is its id if it can be changed, `pin` its message's `ts`."""

    id: int
    kind: str
    name: str
    day: str
    at: Markup
    head: Markup
    body: Markup
    marks: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    link: Markup | None = None
    note: int = 0
    pin: str = ""
    of: str = ""


def people_in(entries: Collection[Entry]) -> set[str]:
    """Return everybody whom these entries name."""
    found = {one.by for one in entries if isinstance(one.by, str)}
    for one in entries:
        found |= mentioned(one.text) | mentioned(sentence(one))
    return found


def line(
    entry: Entry,
    reader: Reader,
    *,
    incident: int,
    changed: Collection[int] = (),
    pictures: Sequence[Picture] = (),
) -> Line:
    """Return an entry of the incident's page; `changed` has the notes that somebody edited, `pictures` are
    those of a pinned message.
    """
    shown = Line(
        entry.id,
        entry.kind.value,
        called(entry.kind),
        reader.day(entry.at),
        reader.time(entry.at, day=False),
        Markup(""),
        Markup(""),
        of="" if entry.incident == incident else f"INC-{entry.incident}",
    )
    if entry.kind is Kind.PIN:
        return replace(_pinned(entry, reader, shown), files=tuple(_files(entry, incident, pictures)))
    if did := _TYPED.get(entry.kind):
        head = rich(f"{capital(actor(entry.by or BOT))} {did}", reader)
        marks = ("edited",) if entry.id in changed else ()
        note = entry.id if entry.kind is Kind.NOTE and entry.incident == incident else 0
        return replace(shown, head=head, body=plain(entry.text), marks=marks, note=note)
    return replace(shown, head=rich("\n".join(in_full(entry, sentence(entry))), reader))


def _pinned(entry: Entry, reader: Reader, shown: Line) -> Line:
    """Return a pinned message. The text is Slack's, in which names and links are tokens."""
    data = entry.data
    head = rich(actor(entry.by), reader) if entry.by else Markup("Somebody")
    stream = Markup(" in the stream <bdi>{}</bdi>").format(data["stream"]) if data.get("stream") else ""
    marks = [f"{word} in Slack" for word in ("edited", "deleted") if data.get(word)]
    if data.get("secret"):
        marks.append(f"masked: it looks like a secret, {data['secret']}")
    return replace(
        shown,
        head=Markup("{}{} wrote").format(head, stream),
        body=rich(entry.text, reader) if entry.text.strip() else escape("(no text)"),
        marks=tuple(marks),
        link=anchor(data["permalink"], "Open in Slack")
        if data.get("permalink") and not data.get("deleted")
        else None,
        pin=str(data.get("ts") or ""),
    )


_STATES = {PictureState.WANTED: "is being fetched", PictureState.DELETED: "our copy was deleted"}


def _files(entry: Entry, incident: int, pictures: Sequence[Picture]) -> Iterator[File]:
    """Return the pictures of a message, then its other files, of which we have the names."""
    others = [str(one) for one in entry.data.get("files", ())]
    for one in pictures:
        if one.name in others:
            others.remove(one.name)
        name = cut(one.name, _LONGEST_FILE)
        yield File(name, f"/incidents/INC-{incident}/pictures/{one.id}" if one.kept else "", _state(one))
    yield from (File(cut(name, _LONGEST_FILE)) for name in others)


def _state(one: Picture) -> str:
    if one.state is PictureState.NOT_KEPT:
        return f"not kept here: {one.why}"
    return _STATES.get(one.state, "")
