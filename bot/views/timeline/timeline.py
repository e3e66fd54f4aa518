"""The timeline, as one person leafs through it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.incidents.incident import Incident
from bot.domain.timeline.entries import Entry, Kind
from bot.views.blocks import Block, Element, Message, actions, button, context, message, paragraphs, section
from bot.views.incidents.state import number
from bot.views.mrkdwn import when
from bot.views.naming import title_inside as title
from bot.views.timeline import note
from bot.views.timeline.entries import sentence

OPEN = "timeline_open"
HIGHLIGHTS = "timeline_highlights"
EVERYTHING = "timeline_everything"
OLDER = "timeline_older"
NEWER = "timeline_newer"

PER_PAGE = 15
LAST = 0
"""The page that a freshly opened timeline shows: the last one, whatever its number."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in a timeline. It travels in the buttons: `<incident>:<h or a>:<page>`."""

    incident: int
    highlights: bool
    page: int

    def __str__(self) -> str:
        return f"{self.incident}:{'h' if self.highlights else 'a'}:{self.page}"

    @classmethod
    def of(cls, value: str) -> "Place":
        """Return the place that a button carries; a bare number opens the highlights."""
        incident, highlights, page, *_ = [*value.split(":"), "h", ""]
        return cls(number(incident), highlights == "h", number(page) if page else LAST)


def pages_of(count: int) -> int:
    """Return how many pages `count` entries take: an empty timeline has one."""
    return max(1, -(-count // PER_PAGE))


def rows_of(page: int, count: int) -> tuple[int, int]:
    """Return from which entry on a page shows how many: the last one is full, the first has what is left."""
    end = count - (pages_of(count) - page) * PER_PAGE
    start = max(0, end - PER_PAGE)
    return start, max(0, end - start)


def listing(
    entries: Sequence[Entry], incident: Incident, *, highlights: bool, page: int, pages: int, more: int = 0
) -> Message:
    """Return one page of a timeline, the oldest entry first, with the buttons that lead on.

    `more` is how many entries all activity has besides the highlights.
    """
    kind = "Highlights" if highlights else "All activity"
    heading = f"*Timeline of {title(incident)}* · {kind}" + (
        f" · page {page} of {pages}" if pages > 1 else ""
    )
    lines = [f"{when(entry.at)}  {_of_duplicate(entry, incident)}{sentence(entry)}" for entry in entries]
    lines = lines or ["Nothing happened yet."]
    here = Place(incident.id, highlights, page)
    hint = "Pin a message, or react to it with :pushpin:, to add it here."
    return message(
        "\n".join([heading, *lines]),
        section(heading),
        *map(section, paragraphs(lines)),
        _leaf(here, pages, more, noted=any(entry.kind is Kind.NOTE for entry in entries)),
        context(hint),
    )


def _of_duplicate(entry: Entry, incident: Incident) -> str:
    """Say of which incident an entry is that was merged into this one."""
    return "" if entry.incident == incident.id else f"(INC-{entry.incident}) "


def _leaf(here: Place, pages: int, more: int, *, noted: bool) -> Block:
    """Return the buttons: the other kind of timeline, the pages before and after, the form for notes."""
    other = replace(here, highlights=not here.highlights, page=LAST)
    toggle = (
        button(f"All activity ({more} more)" if more else "All activity", EVERYTHING, other)
        if here.highlights
        else button("Highlights", HIGHLIGHTS, other)
    )
    buttons: list[Element] = [toggle]
    if here.page > 1:
        buttons.append(button("Older", OLDER, replace(here, page=here.page - 1)))
    if here.page < pages:
        buttons.append(button("Newer", NEWER, replace(here, page=here.page + 1)))
    if noted:
        buttons.append(button("Change a note", note.EDIT, here.incident))
    return actions(*buttons)
