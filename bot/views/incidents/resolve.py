"""Resolving: what ended it is asked, and whether it should rather be watched; nothing is forced."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from bot.domain.incidents.fields import FieldType
from bot.domain.incidents.incident import Incident, Status
from bot.views.blocks import Block, Message, actions, button, context, message, section
from bot.views.forms import input_block, modal, option, radio, text_input
from bot.views.incidents import fields, life
from bot.views.incidents.state import State, chosen, typed
from bot.views.naming import title_inside as title
from bot.views.work import follow_up

FORM = "resolve_form"
WATCH_FORM = "resolve_watch_form"

ENDED, SUMMARY, THEN = "ended", "summary", "then"


class Ending(StrEnum):
    """What ended an incident, as the timeline says it."""

    FIX = "A fix ended it."
    ITSELF = "It ended by itself."
    UNKNOWN = "It is not known what ended it."


_ASKED = {Ending.FIX: "A fix", Ending.ITSELF: "It ended by itself", Ending.UNKNOWN: "Not known"}
_TYPED = {
    Ending.FIX: ("fix", "a fix", "fixed"),
    Ending.ITSELF: ("by itself", "itself", "blip"),
    Ending.UNKNOWN: ("unknown", "not known"),
}
TYPED = {word: ending for ending, words in _TYPED.items() for word in words}
"""What can be said in one line: `/inc resolve fix`."""


def form(
    incident: Incident,
    open_actions: int,
    note: str = "",
    *,
    missing: Sequence[FieldType] = (),
    ended: Ending | None = None,
) -> dict[str, Any]:
    """Return the form. It asks for required fields that are `missing`, and resolves without them too."""
    options = [option(label, ending.name) for ending, label in _ASKED.items()]
    blocks: list[Block] = [
        context(f"{note} {title(incident)} · Pending pages and reminders stop.".strip()),
        input_block("What ended it?", radio(ENDED, options, initial=ended.name if ended else None), ENDED),
    ]
    if not incident.summary.summary:
        words = text_input(SUMMARY, multiline=True)
        hint = "Nobody has written one yet. One sentence helps who reads it later."
        blocks.append(input_block("Summary", words, SUMMARY, optional=True, hint=hint))
    blocks += [fields.given(one, before="") for one in missing]
    if open_actions:
        open_ones = "1 action stays" if open_actions == 1 else f"{open_actions} actions stay"
        blocks.append(
            context(f"{open_ones} open: `/inc actions`. You are asked whether to keep them as follow-ups.")
        )
    return modal(f"Resolve INC-{incident.id}", "Resolve", FORM, blocks, str(incident.id))


def done(incident: Incident, open_actions: int, fires: int = 0) -> Message:
    """Say that it is resolved, and ask for its follow-ups, whatever its severity was."""
    shown = life.moved(incident, fires)
    if incident.status is not Status.RESOLVED:
        return shown
    text = "Which follow-ups does it need? Corrective actions are written down whatever the severity."
    row = [button("Add follow-up", follow_up.ADD, incident.id)]
    if open_actions:
        are = "1 action is" if open_actions == 1 else f"{open_actions} actions are"
        text += f" {are} still open."
        row.append(button("Keep open actions as follow-ups", follow_up.KEEP_ALL, incident.id))
    return message(f"{shown.text}\n{text}", *shown.blocks, section(text), actions(*row))


def watch_form(incident: Incident, ended: Ending, *, early: bool) -> dict[str, Any]:
    """Propose to watch what ended for a reason that nobody knows, or a disruption that ended just now."""
    watched = incident.status is Status.MONITORING
    what = "It stays Monitoring" if watched else "It becomes Monitoring; updates go on being due"
    options = [
        option("Go on watching" if watched else "Watch it first", Status.MONITORING, what),
        option("Resolve it all the same", Status.RESOLVED, "Pending pages and reminders stop"),
    ]
    blocks = [
        section(_why_watch(incident, early=early)),
        input_block("What now?", radio(THEN, options, initial=Status.MONITORING), THEN),
    ]
    metadata = f"{incident.id}:{ended.name}"
    return modal(f"Resolve INC-{incident.id}", "Save", WATCH_FORM, blocks, metadata)


def _why_watch(incident: Incident, *, early: bool) -> str:
    if not early:
        return f"{title(incident)} ended, and nobody knows why. It may come back."
    return (
        f"The public status of {title(incident)} is {incident.publicity.public_status}: monitoring to "
        "resolution is required to last longer than 30 minutes."
    )


def ending(state: State) -> Ending | None:
    return Ending.__members__.get(chosen(state, ENDED))


def summary(state: State) -> str:
    return typed(state, SUMMARY)


def watched(incident: Incident, found: Ending) -> bool:
    """Say whether watching it is proposed first."""
    return found is Ending.UNKNOWN and incident.status is not Status.MONITORING
