"""A false alarm: its button, the form that asks whether the alert should be changed, and the answer."""

from typing import Any

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Element, Message, button, context, message
from bot.views.forms import input_block, modal, option, radio, text_input
from bot.views.naming import standing, title_inside

OPEN, FORM = "false_alarm_open", "false_alarm_form"
CHANGES, NOTE = "changes", "note"
YES, NO = "yes", "no"
LONGEST = 1000


def press(incident: Incident) -> Element:
    return button("False alarm", OPEN, incident.id)


def form(incident: Incident, note: str = "") -> dict[str, Any]:
    """Ask whether the alert should be changed, from the handbook, "Expectations for On-Call"."""
    choices = [option("Yes, it should be changed", YES), option("No, it is right as it is", NO)]
    ends = "It is declined" if not incident.status.active else "It is cancelled"
    return modal(
        "It was a false alarm",
        "False alarm",
        FORM,
        [
            context(f"{title_inside(incident)} · {standing(incident)}"),
            input_block("Should the alert be changed?", radio(CHANGES, choices), CHANGES),
            input_block(
                "What should the next shift know?",
                text_input(NOTE, initial=note, multiline=True, max_length=LONGEST),
                NOTE,
                optional=True,
            ),
            context(f"{ends}, and nobody is paged.{_counts(incident)}"),
        ],
        str(incident.id),
    )


def said(incident: Incident, *, changes: bool) -> Message:
    more = " Whoever comes on call next reads that the alert should be changed." if changes else ""
    done = f"INC-{incident.id} is {incident.status}: a false alarm. Nobody is paged."
    return message(f"{done}{_counts(incident)}{more}")


def _counts(incident: Incident) -> str:
    """Say where it counts: what was for practice is no noise of an alert's."""
    return "" if incident.drill else " It counts as noise in `/inc alerts noise`."
