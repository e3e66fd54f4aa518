"""Pausing until a date: the form, and what is answered."""

from datetime import datetime
from typing import Any

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.pause import until
from bot.views.blocks import Message, actions, context, message, section
from bot.views.forms import input_block, modal, moment_picker, text_input
from bot.views.incidents import weekend
from bot.views.incidents.state import State, chosen_moment, typed_line
from bot.views.mrkdwn import escape, when
from bot.views.naming import title_inside as title

OPEN, FORM = "pause_open", "pause_form"
UNTIL, REASON = "until", "reason"
LONGEST_REASON = 300


def form(incident: Incident, at: datetime, reason: str = "", unclear: str = "") -> dict[str, Any]:
    """Return the form. `at` is proposed; `unclear` says why what was typed does not say until when."""
    words = text_input(REASON, initial=reason, max_length=LONGEST_REASON)
    rests = "No reminders until then, and a long investigation calls nobody; pages go on. S1 or S2 ends it."
    blocks = [
        *([context(escape(unclear))] if unclear else []),
        context(f"{title(incident)} · {rests}"),
        input_block("Until when?", moment_picker(UNTIL, initial=at), UNTIL),
        input_block("What does it wait for?", words, REASON, optional=True, hint="The channel is told."),
    ]
    return modal(f"Pause INC-{incident.id}", "Pause", FORM, blocks, str(incident.id))


def entered(state: State, now: datetime) -> tuple[datetime, str] | dict[str, str]:
    """Return until when and why, or what is wrong, by block."""
    at = chosen_moment(state, UNTIL)
    if not at:
        return {UNTIL: "Choose a day and a time."}
    try:
        return until(at, now), typed_line(state, REASON)
    except Refused as refused:
        return {UNTIL: str(refused)}


def paused(incident: Incident) -> Message:
    """Say until when it is paused, and how to go on before."""
    at = when(incident.waits_until) if incident.waits_until else "a date"
    text = (
        f"INC-{incident.id} is paused until {at}: no reminders until then, pages go on. S1 or S2 ends the "
        "pause, and so does `/inc pause end`."
    )
    return message(text, section(text), actions(weekend.work(incident)))
