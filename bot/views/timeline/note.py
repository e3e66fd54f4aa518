"""Writing a note: the form, and the answer to whoever wrote one."""

from typing import Any

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message, message
from bot.views.forms import input_block, modal, text_input
from bot.views.naming import title_inside as title

OPEN, FORM = "note_open", "note_form"
TEXT = "text"


def form(incident: Incident) -> dict[str, Any]:
    text = text_input(TEXT, multiline=True, focus=True)
    hint = "It is kept with the time and your name. The channel is not told."
    return modal("Add a note", "Add", FORM, [input_block("Note", text, TEXT, hint=hint)], str(incident.id))


def noted(incident: Incident) -> Message:
    return message(f"Noted on the timeline of {title(incident)}: `/inc timeline`.")
