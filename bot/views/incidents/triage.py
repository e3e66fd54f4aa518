"""Deciding about a triaged problem: the two buttons, and the reminder of it."""

from bot.domain.incidents.incident import Incident, Status
from bot.views.blocks import Element, Message, actions, button, confirm, message, section
from bot.views.drill import says_drill
from bot.views.naming import title, way_in

ACCEPT = "triage_accept"
DECLINE = "triage_decline"


def accept(incident: Incident) -> Element:
    return button("Accept", ACCEPT, incident.id, style="primary")


def decline(incident: Incident) -> Element:
    sure = confirm("Decline it?", "It is no incident then, and nobody is paged.", "Decline")
    return button("Decline", DECLINE, incident.id, style="danger", confirm=sure)


def decision_buttons(incident: Incident) -> tuple[Element, Element]:
    return accept(incident), decline(incident)


@says_drill
def wanted(incident: Incident) -> Message:
    """Remind whoever acknowledged a triage that it waits for their decision, or say that it is over."""
    if incident.status is not Status.TRIAGE:
        return message(f"{title(incident)} is {incident.status}: nothing to decide.")
    text = f"*Is {title(incident)} an incident?* You acknowledged it. Please decide: {way_in(incident)}"
    return message(text, section(text), actions(*decision_buttons(incident)))
