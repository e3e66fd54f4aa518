"""Waiting for Monday: the two buttons, and what is answered."""

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Element, Message, actions, button, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import place, when
from bot.views.naming import title
from bot.views.work.update import OPEN as UPDATE

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


@says_drill
def over(incident: Incident) -> Message:
    """Say to those at work on it that the weekend, or the pause, is over."""
    then = "Go on with it" if not incident.channel else f"Go on in {place(incident.channel)}"
    ended = "weekend" if incident.paused_for is None else "pause"
    text = f"*{title(incident)} waits for you again*: the {ended} is over. {then}, and say how it stands."
    return message(text, section(text), actions(button("Update", UPDATE, incident.id, style="primary")))


def goes_on(incident: Incident) -> Message:
    updates = ": updates are due again" if incident.update_in else ""
    return message(f"INC-{incident.id} waits no longer{updates}.")
