"""The topic of an incident's channel, shown under its name."""

import re
from collections import Counter
from collections.abc import Mapping

from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.recovery import Standing
from bot.domain.text import as_given
from bot.views.drill import DRILL
from bot.views.mrkdwn import cut, entities, unformatted

LONGEST = 250
"""Slack's limit for a topic, in characters."""

_LEAD = 40
"""How much of the lead's name is shown: escaped, it still leaves room for the incident's name."""
_TOPIC = re.compile(r"(?:(?i:drill) · )?(?:(?i:near miss) · )?(S[1-4]) · ([A-Z][a-z-]+) · Lead ([^·]+) · ")
_EMOJI = re.compile(r":[\w+'-]+:")


def by_lead(people: Mapping[str, str]) -> dict[str, str]:
    """Return whom a lead's name in a topic means, of `people` (id to name): nobody, if several may be."""
    named = [(_comparable(_shown(name)), one) for one, name in people.items()]
    times = Counter(name for name, _ in named)
    return {name: one for name, one in named if name and times[name] == 1}


def standing_in(text: str, leads: Mapping[str, str]) -> Standing | None:
    """Read a topic of ours back from what Slack made of it; None for what people wrote."""
    found = _TOPIC.match(as_given(text))
    if not found or found[2] not in set(Status):
        return None
    return Standing(Severity(found[1]), Status(found[2]), leads.get(_comparable(found[3])))


def _shown(name: str) -> str:
    """Return the lead's name: a mention would call them at each change."""
    return unformatted(cut(name, _LEAD)).replace("·", "-")


def _comparable(name: str) -> str:
    """Return the letters and digits of a name alone: Slack rewrites emoji and what looks like an address."""
    return "".join(one for one in _EMOJI.sub("", name) if one.isalnum()).casefold()


def topic(incident: Incident, lead: str) -> str:
    """Return severity, status, the lead's name and the incident's, in this order: the last may be cut.

    Slack escapes a topic itself, and would escape an entity once more. So the name goes out as it is, only
    that nothing in it can be read as a mention or a link; its length counts as if it was escaped.
    """
    drill = DRILL if incident.drill else ""
    drill += "Near miss · " if incident.near_miss else ""
    who = _shown(lead) if incident.lead and not incident.lead_gone else "nobody yet"
    state = f"{drill}{incident.severity} · {incident.status} · Lead {who} · "
    name = unformatted(incident.name)
    room = limit = LONGEST - len(entities(state))
    while len(entities(cut(name, limit))) > room:
        limit -= 1
    return state + cut(name, limit)
