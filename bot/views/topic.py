"""The topic of an incident's channel: what a phone shows under the channel's name."""

import re

from bot.domain.incidents import Incident, Severity, Status
from bot.domain.recovery import Standing
from bot.views.mrkdwn import cut, escape, person

LONGEST = 250
"""Slack's limit for a topic, in characters."""


_TOPIC = re.compile(r"(?:Drill · )?(S[1-4]) · ([A-Z][a-z-]+) · Lead <@(\w+)> · ")


def standing_in(text: str) -> Standing | None:
    """Read a topic of ours back; None for what people wrote."""
    found = _TOPIC.match(text)
    if not found or found[2] not in set(Status):
        return None
    return Standing(Severity(found[1]), Status(found[2]), found[3])


def topic(incident: Incident) -> str:
    """Return severity, status, lead and name, in this order: the name may be cut."""
    drill = "Drill · " if incident.drill else ""
    state = f"{drill}{incident.severity} · {incident.status} · Lead {person(incident.lead)} · "
    return state + cut(escape(incident.name), LONGEST - len(state))
