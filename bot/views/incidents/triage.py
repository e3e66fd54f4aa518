"""Deciding about a triaged problem: its buttons, and the reminder of it."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident, Status
from bot.views.alerts import false_alarm
from bot.views.blocks import Element, Message, actions, button, confirm, message, section
from bot.views.drill import says_drill
from bot.views.incidents import merging
from bot.views.naming import title, way_in

ACCEPT = "triage_accept"
DECLINE = "triage_decline"
ADD = tuple(f"triage_add_{number}" for number in range(2))
"""Of the buttons that add a triage to another incident: in one row each has its own."""


def accept(incident: Incident) -> Element:
    return button("Accept", ACCEPT, incident.id, style="primary")


def decline(incident: Incident) -> Element:
    sure = confirm("Decline it?", "It is no incident then, and nobody is paged.", "Decline")
    return button("Decline", DECLINE, incident.id, style="danger", confirm=sure)


def decision_buttons(incident: Incident) -> tuple[Element, ...]:
    """Return the buttons that decide; what an alert opened may be a false alarm."""
    wrong = () if isinstance(incident.reporter, str) else (false_alarm.press(incident),)
    return accept(incident), decline(incident), *wrong


def add_to(incident: Incident, other: Incident, name: str) -> Element:
    """Return the button that makes a triage part of an incident that people work on."""
    sure = confirm(
        f"Add it to INC-{other.id}?", f"It becomes part of INC-{other.id}. Nobody is paged anew.", "Add it"
    )
    return button(f"Add to INC-{other.id}", name, f"{incident.id}:{other.id}", confirm=sure)


def all_buttons(incident: Incident, related: Sequence[Incident]) -> tuple[Element, ...]:
    """Return those, and the ways to make it part of another incident."""
    into = button("Merge into …", merging.OPEN, incident.id)
    added = (add_to(incident, one, name) for one, name in zip(related, ADD, strict=False))
    return (*decision_buttons(incident), *added, into)


@says_drill
def wanted(incident: Incident) -> Message:
    """Remind whoever acknowledged a triage that it waits for their decision, or say that it is over."""
    if incident.status is not Status.TRIAGE:
        return message(f"{title(incident)} is {incident.status}: nothing to decide.")
    text = f"*Is {title(incident)} an incident?* You acknowledged it. Please decide: {way_in(incident)}"
    return message(text, section(text), actions(*decision_buttons(incident)))
