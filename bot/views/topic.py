"""The topic of an incident's channel: what a phone shows under the channel's name."""

import re

from bot.domain.incidents import Incident, Severity, Status
from bot.domain.recovery import Standing
from bot.domain.text import as_given
from bot.views.mrkdwn import cut, escape, person

LONGEST = 250
"""Slack's limit for a topic, in characters."""

_TOPIC = re.compile(r"(?:Drill · )?(S[1-4]) · ([A-Z][a-z-]+) · Lead <@(\w+)(?:\|[^>]*)?> · ")
_LIKE_A_TOKEN = re.compile(r"<(?=[@#!]|\w+:)")


def standing_in(text: str) -> Standing | None:
    """Read a topic of ours back from what Slack made of it; None for what people wrote."""
    found = _TOPIC.match(as_given(text))
    if not found or found[2] not in set(Status):
        return None
    return Standing(Severity(found[1]), Status(found[2]), found[3])


def topic(incident: Incident) -> str:
    """Return severity, status, lead and name, in this order: the name may be cut.

    Slack escapes a topic itself, and would escape an entity once more. So the name goes out as it is, only
    that nothing in it can be read as a mention or a link; its length counts as if it was escaped.
    """
    drill = "Drill · " if incident.drill else ""
    state = f"{drill}{incident.severity} · {incident.status} · Lead {person(incident.lead)} · "
    name = _LIKE_A_TOKEN.sub("<\u200b", incident.name)
    room = limit = LONGEST - len(escape(state))
    while len(escape(cut(name, limit))) > room:
        limit -= 1
    return state + cut(name, limit)
