"""Actions and follow-ups: the form, the message with its buttons, the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain.incidents.incident import Incident
from bot.domain.work.work import Action, ActionKind
from bot.views.blocks import (
    MESSAGE_BLOCKS,
    MESSAGE_SIZE,
    Block,
    Message,
    actions,
    button,
    context,
    message,
    section,
    size,
)
from bot.views.drill import says_drill
from bot.views.forms import date_picker, input_block, modal, option, people_select, radio, text_input
from bot.views.incidents.state import State, chosen_day, chosen_person, one_of, typed, typed_line
from bot.views.mrkdwn import actor, cut, escape, person, quote
from bot.views.naming import title, way_in
from bot.views.naming import title_inside as title_of

FORM = "action_form"
ADD = "action_add"
LIST = "panel_actions"
DONE = "action_done"
TAKE = "action_take"
RETURN = "action_return"
KEEP = "follow_up_keep"

TITLE, DETAILS, ASSIGNEE, KIND, DUE = "title", "details", "assignee", "kind", "due"

PREVIOUS = "action_previous"
NEXT = "action_next"
PER_PAGE = 8
"""How many actions one page of the list shows: eight of the longest stay well below what a message holds."""

SHOWN_TITLE = 300
LISTED_TITLE = 150
SHOWN_DETAILS = 2500
SHOWN_TOGETHER = 6_000
"""How many characters of details one message shows in all."""


@dataclass(frozen=True, slots=True)
class Entered:
    title: str
    details: str
    kind: ActionKind
    assignee: str | None
    due: date | None


def form(incident: Incident, what: str = "", unknown: str = "", whose: str | None = None) -> dict[str, Any]:
    """Return the form for an action or a follow-up; `unknown` is a name that stands for no one person."""
    kind = ActionKind.ACTION if incident.status.open else ActionKind.FOLLOW_UP
    kinds = radio(KIND, [option(one, one) for one in ActionKind], initial=kind)
    who = people_select(ASSIGNEE, initial=whose, placeholder="Nobody yet")
    hint = "Left empty, anyone can take it."
    if unknown:
        hint = f"I do not know exactly one “{cut(unknown, 80)}”: choose the person here."
    blocks = [
        context(title_of(incident)),
        input_block("Action", text_input(TITLE, initial=what, focus=not what), TITLE, hint="What to do."),
        input_block("Details", text_input(DETAILS, multiline=True), DETAILS, optional=True),
        input_block("Assignee", who, ASSIGNEE, optional=True, hint=hint),
        input_block("When", kinds, KIND),
        input_block("Due", date_picker(DUE), DUE, optional=True),
    ]
    return modal("Add an action", "Add", FORM, blocks, str(incident.id))


def entered(state: State) -> Entered | dict[str, str]:
    title = typed_line(state, TITLE)
    if not title:
        return {TITLE: "Say in a few words what is to be done."}
    return Entered(
        title=title,
        details=typed(state, DETAILS),
        kind=one_of(ActionKind, state, KIND),
        assignee=chosen_person(state, ASSIGNEE),
        due=chosen_day(state, DUE),
    )


def posted(*found: Action) -> Message:
    """Return the actions of one message as the channel sees them, in their present state: as a rule one."""
    if len(found) == 1:
        return message(_line(found[0]), *_rows(found[0], SHOWN_DETAILS))
    heading = "*Added while Slack could not be reached:*"
    rows = [_rows(one, min(SHOWN_DETAILS, SHOWN_TOGETHER // len(found))) for one in found]
    if sum(map(len, rows)) >= MESSAGE_BLOCKS:
        rows = [_rows(one, 0) for one in found]
    blocks = [section(heading)]
    left = len(rows)
    for row in rows:
        if len(blocks) + len(row) >= MESSAGE_BLOCKS or size([*blocks, *row]) > MESSAGE_SIZE - 200:
            blocks.append(context(f"And {left} more: `/inc actions`."))
            break
        blocks += row
        left -= 1
    return message("\n".join([heading, *map(_line, found)]), *blocks)


@says_drill
def assigned(action: Action, incident: Incident, person: str) -> Message:
    """Return the direct message to an assignee, in its present state. A private incident's says no more."""
    where = f"{title(incident)} · {way_in(incident)}"
    what = "" if incident.private else f" {escape(cut(action.title, SHOWN_TITLE))}"
    if action.done_at or action.assignee != person:
        state = "is done" if action.done_at else "is not yours any more"
        return message(f"This action {state}:{what}\n{where}")
    due = f" · due {action.due:%d %b %Y}" if action.due else ""
    text = f"*You have an action:*{what}{due}\n{where}"
    return message(
        text,
        section(text),
        actions(button("Done", DONE, action.id, style="primary"), button("Not me", RETURN, action.id)),
    )


def added(what: str, name: str) -> Message:
    return message(f"Added for {escape(name)}, who is told of it: {escape(cut(what, SHOWN_TITLE))}")


def listing(found: Sequence[Action], incident: Incident, page: int = 1) -> Message:
    """Return a page of an incident's actions for one person, the open ones first and with their buttons."""
    if not found:
        return message(f"{title_of(incident)} has no actions yet. Add one: `/inc action Drain the node`.")
    still_open = [action for action in found if not action.done_at]
    ordered = [*still_open, *(action for action in found if action.done_at)]
    pages = -(-len(ordered) // PER_PAGE)
    page = min(max(page, 1), pages)
    shown = ordered[(page - 1) * PER_PAGE : page * PER_PAGE]
    heading = (
        f"*Actions of {title_of(incident)}:* {len(still_open)} open, {len(found) - len(still_open)} done"
    ) + (f" · page {page} of {pages}" if pages > 1 else "")
    blocks: list[Block] = [section(heading)]
    for action in shown:
        line = section(_line(action, LISTED_TITLE))
        blocks += [line] if action.done_at else [line, _buttons(action, page)]
    leaf = [
        button(label, action_id, f"{incident.id}:{to}")
        for label, action_id, to in (("Previous", PREVIOUS, page - 1), ("Next", NEXT, page + 1))
        if 1 <= to <= pages
    ]
    return message(
        "\n".join([heading, *(_line(action, LISTED_TITLE) for action in shown)]),
        *blocks,
        *([actions(*leaf)] if leaf else []),
    )


def _line(action: Action, most: int = SHOWN_TITLE) -> str:
    noun = "Follow-up" if action.kind is ActionKind.FOLLOW_UP else "Action"
    name = escape(cut(action.title, most))
    if action.cancelled:
        return f"*{noun} cancelled* by {actor(action.done_by or action.by)}: ~{name}~"
    if action.done_at:
        return f"*{noun} done* by {actor(action.done_by or action.by)}: ~{name}~"
    whose = person(action.assignee) if action.assignee else "nobody yet"
    due = f" · due {action.due:%d %b %Y}" if action.due else ""
    return f"*{noun}:* {name}\nFor {whose}{due}"


def _rows(action: Action, most: int) -> list[Block]:
    """Return an action with its buttons, and with as much of its details; once it is done only its line."""
    if action.done_at:
        return [section(_line(action))]
    details = [section(quote(action.details, most))] if action.details and most else []
    return [section(_line(action)), *details, _buttons(action)]


def _buttons(action: Action, page: int = 1) -> Block:
    """Return what can be done with an action. The list's page comes back with a press, and stays open."""
    value = action.id if page == 1 else f"{action.id}:{page}"
    keep = [] if action.kind is ActionKind.FOLLOW_UP else [button("Keep as follow-up", KEEP, action.id)]
    return actions(button("Done", DONE, value, style="primary"), button("Take it", TAKE, value), *keep)
