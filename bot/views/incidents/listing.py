"""The list of incidents, as one person leafs through it."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.listing import LONGEST_WORDS, Listed, Which
from bot.domain.maintenance.maintenance import Maintenance
from bot.views.blocks import Element, Message, actions, button, message, section
from bot.views.drill import DRILL, mark
from bot.views.forms import input_block, modal, text_input
from bot.views.incidents.state import State, typed_line
from bot.views.maintenance import maintenance
from bot.views.mrkdwn import escape, unformatted, when
from bot.views.naming import lead, plain_title, standing, title, way_in

PER_PAGE = 12
"""How many incidents one page has: with long names more would not fit into a message."""

_NAMED = {
    Which.OPEN: ("open incident", "No incident is open"),
    Which.MINE: ("incident of yours", "No incident is yours"),
    Which.TRIAGE: ("incident in triage", "No incident is in triage"),
    Which.RECENT: ("recent incident", "No incident is recent"),
    Which.ALL: ("incident", "There is no incident"),
    Which.DRILLS: ("incident for practice", "No incident is for practice"),
}
NEXT, PREVIOUS = "list_next", "list_previous"
SEARCH = "list_search"
LISTS = {one: f"list_{one}" for one in (Which.OPEN, Which.MINE, Which.RECENT, Which.ALL, Which.DRILLS)}
BUTTONS = (NEXT, PREVIOUS, *LISTS.values())
"""Each carries the words after `/inc list` that ask for what it leads to, as the one for a search does."""
FORM, WORDS = "list_form", "words"
_NO_SEVERITY = re.compile(r"s\d", re.IGNORECASE)
_WHERE = "names, summaries, updates, pins and notes"


def pages_of(count: int) -> int:
    """Return how many pages a list takes: an empty one has one."""
    return max(1, -(-count // PER_PAGE))


def listing(
    incidents: Sequence[Incident],
    wanted: Listed,
    count: int,
    *,
    all_of: int = 0,
    running: Sequence[Maintenance] = (),
) -> Message:
    """Return one page of a list, with the buttons that lead to the others, to other lists and to a search.

    Where a list is empty, `all_of` says how many of all incidents are as it wants them. What maintenance
    is `running` has a line.
    """
    below = maintenance.line(running)
    row = actions(*_leaf(wanted, pages_of(count)), button("Search", SEARCH, wanted.turned(1)))
    if not count:
        said = _nothing(wanted, all_of)
        return message(said, section(said), *below, row)
    heading = _heading(wanted, count)
    text = "\n".join([f"{heading}:", *(f"{one.severity} {title(one)}" for one in incidents)])
    return message(text, section(heading), *[section(line(one)) for one in incidents], *below, row)


def sheet(incidents: Sequence[Incident], wanted: Listed, count: int, *, all_of: int = 0) -> dict[str, Any]:
    """Return the form to search by, with what its words find, a page at a time."""
    words = text_input(
        WORDS,
        initial=wanted.typed,
        max_length=LONGEST_WORDS,
        placeholder="S1 checkout",
        focus=True,
    )
    hint = f"Words, or their beginnings, in {_WHERE}. S1 to S4, or a type, before them limits what is found."
    entry = input_block("Search incidents", words, WORDS, optional=True, hint=hint)
    found = [section(_heading(wanted, count)), *(section(line(one)) for one in incidents)]
    blocks = found if count else [section(_nothing(wanted, all_of))]
    row = actions(*_leaf(wanted, pages_of(count)))
    return modal("Incidents", "Search", FORM, [entry, *blocks, row], wanted.which)


def entered(state: State, metadata: str) -> str:
    """Return what was searched for, as it stands after `/inc list`."""
    which = metadata if metadata in set(Which) else Which.ALL
    return f"{which} {typed_line(state, WORDS)}"


def _nothing(wanted: Listed, all_of: int) -> str:
    """Say that a list is empty, and what to do next."""
    said = f"{_NAMED[wanted.which][1]}{_limits(wanted)}."
    if all_of:
        return f"{said} {all_of} of all incidents {'is' if all_of == 1 else 'are'}: press *All*."
    if any(_NO_SEVERITY.fullmatch(word) for word in wanted.words):
        return f"{said} Severities are S1 (worst), S2, S3 and S4."
    if wanted.words:
        return f"{said} Each word must begin one in {_WHERE}: try fewer, or shorter ones."
    if wanted.which is Which.DRILLS:
        return f"{said} To practise: `/inc test`, or `/inc tutorial` on your own."
    return f"{said} To declare one: `/inc declare`."


def elsewhere(incidents: Sequence[Incident], command: str) -> Refused:
    """Return the refusal of an incident's command that was typed elsewhere, with those that may be meant."""
    start = "This works in an incident's own channel, and this is none."
    if not incidents:
        return Refused(f"{start} No incident is open.", Step("Declare an incident", "declare"))
    lines = [
        f"• {mark(one)}{unformatted(plain_title(one))} ({one.severity}) · {way_in(one)}" for one in incidents
    ]
    steps = [Step(f"For INC-{one.id}", command, one.id) for one in incidents]
    said = "\n".join([f"{start} Which one do you mean?", *lines])
    return Refused(said, *steps, Step("All open incidents", "list"))


def _heading(wanted: Listed, count: int) -> str:
    noun = _NAMED[wanted.which][0]
    plural = noun.replace("incident", "incidents", 1)
    order = "worst first" if wanted.which.worst_first else "newest first"
    if wanted.open_first:
        order = f"open ones and the {order}"
    pages = pages_of(count)
    paged = f" · page {wanted.page} of {pages}" if pages > 1 else ""
    return f"*{count} {noun if count == 1 else plural}*{_limits(wanted)}, {order}{paged}"


def _limits(wanted: Listed) -> str:
    """Return what limits a list beside its kind."""
    limits = [*wanted.severities, *([escape(wanted.type)] if wanted.type else [])]
    words = f" with “{escape(' '.join(wanted.words))}”" if wanted.words else ""
    return (f" ({', '.join(limits)})" if limits else "") + words


def _leaf(wanted: Listed, pages: int) -> Iterator[Element]:
    for label, action_id, to in (
        ("Next", NEXT, wanted.page + 1),
        ("Previous", PREVIOUS, wanted.page - 1),
    ):
        if 1 <= to <= pages:
            yield button(label, action_id, wanted.turned(to))
    for which, action_id in LISTS.items():
        if which is not wanted.which:
            yield button(which.capitalize(), action_id, wanted.of(which))


def line(incident: Incident) -> str:
    """Return an incident of a list, on two lines."""
    stands = standing(incident).removeprefix(DRILL)
    happened = f"{'happened' if incident.retrospective else 'since'} {when(incident.happened_at)}"
    return (
        f"{mark(incident)}*{title(incident)}*\n{stands} · lead {lead(incident)} · {happened} · "
        f"{way_in(incident)}"
    )
