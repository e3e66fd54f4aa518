"""Cancelling: it was no incident after all, and why."""

from typing import Any

from bot.domain.incidents.incident import Incident
from bot.views.blocks import context
from bot.views.forms import input_block, modal, text_input
from bot.views.naming import title_inside as title

OPEN, FORM = "cancel_open", "cancel_form"
REASON = "reason"


def form(incident: Incident) -> dict[str, Any]:
    reason = text_input(REASON, multiline=True, focus=True)
    blocks = [
        context(f"{title(incident)} · Pending pages and reminders stop. It can be reopened."),
        input_block("Why was it no incident?", reason, REASON, hint="The channel is told."),
    ]
    return modal(f"Cancel INC-{incident.id}", "Cancel the incident", FORM, blocks, str(incident.id))
