"""The form that asks what to rehearse, and the story that answers it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.incidents.incident import Severity
from bot.views.blocks import Message, context, message, section
from bot.views.forms import input_block, modal, moment_picker, multi_select, option, select
from bot.views.mrkdwn import escape

FORM = "simulate_form"
TYPE, SEVERITY, AT, SILENT, HOURS = "type", "severity", "at", "silent", "hours"
NOBODY = "nobody"
"""Stands among those who do not answer for everybody."""
LENGTHS = (1, 2, 4, 8, 12, 24)
ROOM_IN_MESSAGE, ROOM_IN_FORM = 7000, 20_000
"""How many characters of a story are shown."""


def form(types: Sequence[str], silent: Sequence[str], at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Ask for the incident, when it is declared, and who does not answer."""
    people = [option("Nobody answers", NOBODY), *(option(one, one) for one in silent)]
    lengths = [option(f"{hours} h", hours) for hours in LENGTHS]
    blocks = [
        context(f"Nobody is called and nothing is stored. Times are in {escape(str(zone))}."),
        input_block("Type", select(TYPE, [option(one, one) for one in types], initial=types[0]), TYPE),
        input_block(
            "Severity", select(SEVERITY, [option(one, one) for one in Severity], initial="S1"), SEVERITY
        ),
        input_block("Declared", moment_picker(AT, initial=at), AT),
        input_block("Who does not answer", multi_select(SILENT, people), SILENT, optional=True),
        input_block("For how long", select(HOURS, lengths, initial=1), HOURS),
    ]
    return modal("Rehearse an incident", "Rehearse", FORM, blocks)


def sheet(texts: Sequence[str]) -> dict[str, Any]:
    """Show in place of the form what came of it."""
    return modal("Rehearsal", None, "", map(section, texts))


def story(texts: Sequence[str]) -> Message:
    return message("\n".join(texts), *map(section, texts))
