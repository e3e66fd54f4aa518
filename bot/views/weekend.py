"""Waiting for Monday: the two buttons, and what is answered."""

from bot.domain.incidents import Incident
from bot.views.blocks import Element, Message, actions, button, message, section
from bot.views.mrkdwn import when

WAIT, WORK = "weekend_wait", "weekend_work"


def wait(incident: Incident) -> Element:
    return button("Wait until Monday", WAIT, incident.id)


def work(incident: Incident) -> Element:
    return button("Work on it now", WORK, incident.id)


def waits(incident: Incident) -> Message:
    """Say to whoever lets it wait until when, and how to go on before."""
    until = when(incident.waits_until) if incident.waits_until else "Monday"
    text = f"INC-{incident.id} waits until {until}: no reminders until then. S1 or S2 ends the wait."
    return message(text, section(text), actions(work(incident)))


def goes_on(incident: Incident) -> Message:
    """Say that it waits no longer."""
    return message(f"INC-{incident.id} waits no longer: updates are due again.")
