"""The topic of an incident's channel, shown under its name, and the purpose that says whose it is."""

import re

from bot.domain.incidents import Incident, Severity, Status
from bot.domain.recovery import Standing
from bot.domain.text import as_given
from bot.views.drill import DRILL
from bot.views.mrkdwn import cut, entities, person, unformatted

LONGEST = 250
"""Slack's limit for a topic, in characters."""

_MARK = 8
"""How much of the database's mark a purpose shows."""
_TOPIC = re.compile(r"(?:(?i:drill) · )?(S[1-4]) · ([A-Z][a-z-]+) · Lead <@(\w+)(?:\|[^>]*)?> · ")


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
    drill = DRILL if incident.drill else ""
    state = f"{drill}{incident.severity} · {incident.status} · Lead {person(incident.lead)} · "
    name = unformatted(incident.name)
    room = limit = LONGEST - len(entities(state))
    while len(entities(cut(name, limit))) > room:
        limit -= 1
    return state + cut(name, limit)


def purpose(incident: Incident, mark: str) -> str:
    """Return what people read, and at its end whose channel it is. Nothing in it changes later."""
    return (
        f"The channel of incident INC-{incident.id}, run by Muster. Everything about it: /inc here. "
        f"{_ending(incident, mark)}"
    )


def purpose_is_of(noted: str, incident: Incident, mark: str) -> bool:
    """Say whether a purpose, as Slack gives it back, names this incident of this database.

    Other versions write other words before the ending, and older ones had no ending.
    """
    found = as_given(noted).strip()
    return found.endswith(_ending(incident, mark)) or found == f"INC-{incident.id} · Muster {mark}"


def _ending(incident: Incident, mark: str) -> str:
    return f"(INC-{incident.id} · {mark[:_MARK]})"
