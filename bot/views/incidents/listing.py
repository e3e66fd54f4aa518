"""The list of incidents, as one person leafs through it."""

from collections.abc import Iterator, Sequence

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.listing import Listed, Which
from bot.views.blocks import Element, Message, actions, button, message, section
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
}
NEXT, PREVIOUS = "list_next", "list_previous"
LISTS = {one: f"list_{one}" for one in (Which.OPEN, Which.MINE, Which.RECENT, Which.ALL)}
BUTTONS = (NEXT, PREVIOUS, *LISTS.values())
"""Each carries the words after `/inc list` that ask for what it leads to."""


def pages_of(count: int) -> int:
    """Return how many pages a list takes: an empty one has one."""
    return max(1, -(-count // PER_PAGE))


def listing(incidents: Sequence[Incident], wanted: Listed, count: int) -> Message:
    """Return one page of a list, with the buttons that lead to the others and to other lists."""
    row = actions(*_leaf(wanted, pages_of(count)))
    if not count:
        said = f"{_NAMED[wanted.which][1]}{_limits(wanted)}. To declare one: `/inc declare`."
        return message(said, section(said), row)
    heading = _heading(wanted, count)
    text = "\n".join([f"{heading}:", *(f"{one.severity} {title(one)}" for one in incidents)])
    return message(text, section(heading), *[section(_line(one)) for one in incidents], row)


def elsewhere(incidents: Sequence[Incident], command: str) -> Refused:
    """Return the refusal of an incident's command that was typed elsewhere, with those that may be meant."""
    start = "This works in an incident's own channel, and this is none."
    if not incidents:
        return Refused(f"{start} No incident is open.", Step("Declare an incident", "declare"))
    lines = [f"• {unformatted(plain_title(one))} ({one.severity}) · {way_in(one)}" for one in incidents]
    steps = [Step(f"For INC-{one.id}", command, one.id) for one in incidents]
    said = "\n".join([f"{start} Which one do you mean?", *lines])
    return Refused(said, *steps, Step("All open incidents", "list"))


def _heading(wanted: Listed, count: int) -> str:
    noun = _NAMED[wanted.which][0]
    plural = noun.replace("incident", "incidents", 1)
    order = "worst first" if wanted.which.worst_first else "newest first"
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


def _line(incident: Incident) -> str:
    return (
        f"*{title(incident)}*\n{standing(incident)} · lead {lead(incident)} · "
        f"since {when(incident.declared_at)} · {way_in(incident)}"
    )
