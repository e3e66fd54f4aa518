"""Asking somebody whether they take a role: the question, what is left of it, and the answers."""

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message, actions, button, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import actor, capital, escape, person
from bot.views.naming import standing, title, way_in

TAKE, DECLINE = "role_request_take", "role_request_decline"


@says_drill
def asked(incident: Incident, role: str, asker: str) -> Message:
    """Ask somebody whether they take a role."""
    text = f"*{capital(actor(asker))} asks: do you take {escape(role)} of {title(incident)}?*"
    where = f"{standing(incident)} · {way_in(incident)}"
    return message(
        f"{text}\n{where}",
        section(f"{text}\n{where}"),
        actions(
            button(f"Take {role}", TAKE, incident.id, style="primary"),
            button("I cannot", DECLINE, incident.id),
        ),
    )


@says_drill
def over(incident: Incident) -> Message:
    """Return what is left of the question."""
    return message(f"You are not asked for a role in {title(incident)} any more: {standing(incident)}.")


def sent(incident: Incident, role: str, whom: str) -> Message:
    """Answer whoever asked."""
    return message(
        f"{person(whom)} is asked whether they take {escape(role)} of INC-{incident.id}. Until they do, it "
        "stays as it is; the channel is told of their answer."
    )


def declined(incident: Incident, role: str) -> Message:
    """Answer whoever does not take it."""
    return message(f"You do not take {escape(role)} of INC-{incident.id}: the channel is told.")
