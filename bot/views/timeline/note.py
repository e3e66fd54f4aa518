"""Notes: the forms that write and change one, and the answer to whoever wrote one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.incidents.incident import Incident
from bot.domain.text import one_line
from bot.domain.timeline.entries import Entry
from bot.views.blocks import Message, context, message
from bot.views.forms import input_block, modal, moment_picker, option, radio, select, text_input
from bot.views.incidents.state import State, chosen_moment
from bot.views.mrkdwn import cut, when
from bot.views.naming import title_inside as title

OPEN, FORM = "note_open", "note_form"
EDIT, WHICH_FORM, CHANGE_FORM = "note_edit", "note_which_form", "note_change_form"
TEXT, WHICH, AT, HIDDEN = "text", "which", "at", "hidden"
SHOW, HIDE = "show", "hide"
_SHOWN = 60


def form(incident: Incident, written: str = "") -> dict[str, Any]:
    text = text_input(TEXT, initial=written, multiline=True, focus=True)
    hint = (
        "Kept with the time and your name; begin with “at 14:05” for an earlier one. The channel is not told."
    )
    return modal("Add a note", "Add", FORM, [input_block("Note", text, TEXT, hint=hint)], str(incident.id))


def which_form(incident: Incident, found: Sequence[tuple[Entry, bool]], zone: ZoneInfo) -> dict[str, Any]:
    """Ask which note is to be changed, the latest first."""
    options = [option(_label(note, zone, hidden=hidden), note.id) for note, hidden in found]
    choice = select(WHICH, options, initial=found[0][0].id)
    return modal(
        "Change a note", "Next", WHICH_FORM, [input_block("Which?", choice, WHICH)], str(incident.id)
    )


def change_form(note: Entry, *, hidden: bool) -> dict[str, Any]:
    shown = [option("On the timeline", SHOW), option("Hidden", HIDE)]
    blocks = [
        input_block("Note", text_input(TEXT, initial=note.text, multiline=True, focus=True), TEXT),
        input_block("When it happened", moment_picker(AT, initial=note.at), AT),
        input_block("It is", radio(HIDDEN, shown, initial=HIDE if hidden else SHOW), HIDDEN),
        context("What it was before stays in *All activity*."),
    ]
    return modal("Change a note", "Save", CHANGE_FORM, blocks, f"{note.incident}:{note.id}")


def happened(state: State, before: Entry) -> datetime:
    """Return the time that was chosen. The form knows no part of a second: left alone, it stays as it was."""
    chosen = chosen_moment(state, AT)
    return chosen if chosen and chosen != before.at.replace(microsecond=0) else before.at


def _label(note: Entry, zone: ZoneInfo, *, hidden: bool) -> str:
    return f"{note.at.astimezone(zone):%d %b %H:%M} {'(hidden) ' * hidden}{cut(one_line(note.text), _SHOWN)}"


def noted(incident: Incident, at: datetime | None = None) -> Message:
    """Say that it is noted; of an earlier time, which one was understood."""
    then = f", {when(at)}" if at else ""
    return message(f"Noted on the timeline of {title(incident)}{then}: `/inc timeline`.")
