"""Going to Fixing: the question for the agreed step."""

from typing import Any

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message, actions, button, context, message, section
from bot.views.forms import input_block, modal, text_input
from bot.views.incidents.state import State, typed_line
from bot.views.naming import title_inside as title

OPEN, FORM = "agreed_step_open", "agreed_step_form"
STEP = "step"
LONGEST = 500


def form(incident: Incident, before: str = "") -> dict[str, Any]:
    """Return the question. `before` says what is done already."""
    step = text_input(STEP, focus=True, max_length=LONGEST)
    hint = "It is noted on the timeline. Leave it empty if it is noted already."
    blocks = [
        context(f"{before} {title(incident)} is {incident.status}.".strip()),
        input_block("What is the agreed step?", step, STEP, optional=True, hint=hint),
    ]
    return modal("The agreed step", "Note it", FORM, blocks, str(incident.id))


def entered(state: State) -> str:
    return typed_line(state, STEP)


def fixing(incident: Incident) -> Message:
    """Say that it is in Fixing now, and ask for the agreed step."""
    text = f"INC-{incident.id} is now {incident.status}. What is the agreed step?"
    return message(text, section(text), actions(button("Note the agreed step", OPEN, incident.id)))
