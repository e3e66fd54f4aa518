"""The topic of an incident's channel: what a phone shows under the channel's name."""

from bot.domain.incidents import Incident
from bot.views.blocks import cut, escape, person

LONGEST = 250
"""Slack's limit for a topic, in characters."""


def topic(incident: Incident) -> str:
    """Return severity, status, lead and name, in this order: the name may be cut."""
    drill = "Drill · " if incident.drill else ""
    state = f"{drill}{incident.severity} · {incident.status} · Lead {person(incident.lead)} · "
    return state + cut(escape(incident.name), LONGEST - len(state))
