"""What the incident's channel is told of one decision: one message, edited until its pages are over."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.incidents.incident import Incident
from bot.domain.paging.pages import Page, PageState
from bot.domain.timeline.entries import Entry, Kind
from bot.views.blocks import Block, Element, Message, actions, message, paragraphs, section
from bot.views.drill import says_drill
from bot.views.incidents.life import take_lead
from bot.views.mrkdwn import escape, person, time_of_day
from bot.views.paging.page import take
from bot.views.timeline.entries import called, in_full, sentence

CALLS = frozenset({Kind.ESCALATED, Kind.NOBODY})
"""Kinds that come with a way to take the page."""
LOUD = CALLS | {Kind.UNREACHED}


@says_drill
def told(found: Sequence[Entry], pages: Mapping[int, Page], incident: Incident) -> Message:
    """Return the notice. An unanswered page comes with a way to take it; one that is over says so."""
    return replace(_told(found, pages, incident), calls=called(found))


def _told(found: Sequence[Entry], pages: Mapping[int, Page], incident: Incident) -> Message:
    waiting = [one for one in found if _waits(one, pages, incident)]
    lines = [_line(one, pages, one in waiting) for one in found]
    if incident.status.open and not incident.drill and any(map(_loud, found)):  # others may look on
        lines[0] = f"<!channel> {lines[0]}"
    text = "\n".join(lines)
    whole = [piece for one, line in zip(found, lines, strict=True) for piece in in_full(one, line)]
    if not waiting:
        return message(text, *map(section, paragraphs(whole)), *_lead_wanted(found, incident))
    if len(waiting) == 1:
        hint = "If you can work on it now, take the page: the paging stops."
        rows = [
            *map(section, paragraphs([*whole, hint])),
            actions(_button(waiting[0], pages, "Take this page")),
        ]
    else:
        hint = "If you can work on one now, take it: its paging stops."
        rows = [
            section(line, _button(one, pages, f"Take {_role(one)}") if one in waiting else None)
            for one, line in zip(found, lines, strict=True)
        ]
        rows.append(section(hint))
    return message(f"{text} {hint}", *rows, *_lead_wanted(found, incident))


def _lead_wanted(found: Sequence[Entry], incident: Incident) -> list[Block]:
    """Return the way to the lead that nobody there has."""
    left = any(one.kind is Kind.LEFT and one.data["lead"] is None for one in found)
    return [actions(take_lead(incident))] if left and incident.lead_gone else []


def answers(found: Sequence[Entry], waiting: Sequence[str]) -> Message:
    """Return who answered the pages of one decision, and the roles for which nobody has answered yet."""
    lines = list(map(sentence, found))
    if waiting:
        lines.append(f"Not answered yet: {', '.join(map(escape, dict.fromkeys(waiting)))}.")
    return message("\n".join(lines), *map(section, paragraphs(lines)))


def over(found: Sequence[Entry], pages: Mapping[int, Page], incident: Incident) -> bool:
    return not any(_waits(one, pages, incident) for one in found)


def _waits(entry: Entry, pages: Mapping[int, Page], incident: Incident) -> bool:
    return entry.kind in CALLS and not _over(entry, pages, incident)


def _over(entry: Entry, pages: Mapping[int, Page], incident: Incident) -> bool:
    page = pages.get(entry.data["page"])
    return not incident.status.open or (page is not None and not page.pending)


def _loud(entry: Entry) -> bool:
    if entry.kind not in LOUD or entry.data.get("quiet"):
        return False
    return entry.kind is not Kind.ESCALATED or entry.data["round"] > 1


def _line(entry: Entry, pages: Mapping[int, Page], waits: bool) -> str:
    """Return one line; of a call that is over it says what became of it."""
    text, page = sentence(entry), pages.get(entry.data.get("page", 0))
    if waits and page and page.there_by:
        there = time_of_day(page.there_by)
        return f"{text} _{person(page.responder or '')} is on the way, there by {there}._"
    if waits or entry.kind not in CALLS or page is None or page.pending:
        return text
    if page.state is PageState.ACKNOWLEDGED:
        return f"{text} _{person(page.answered_by or '')} has answered._"
    became = "The paging went on." if page.state is PageState.ESCALATED else "It was cancelled."
    return f"{text} _{became}_"


def _button(entry: Entry, pages: Mapping[int, Page], label: str) -> Element:
    page = pages.get(entry.data["page"])
    return take(page.id if page else entry.data["page"], entry.data.get("people", ()), label)


def _role(entry: Entry) -> str:
    return str(entry.data.get("wanted") or entry.data["team"])
