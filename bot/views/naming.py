"""How an incident is called. The name of a private one is used in its own channel alone."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.incidents.incident import GONE, Incident, Severity
from bot.domain.process import CMOC, EOC, IM
from bot.views.mrkdwn import cut, escape, person, place

_LONGEST_NAME = 200


def title(incident: Incident) -> str:
    """Return what the incident may be called anywhere, ready for mrkdwn."""
    return f"private incident INC-{incident.id}" if incident.private else title_inside(incident)


def title_inside(incident: Incident) -> str:
    """Return what the incident is called in its own channel, ready for mrkdwn."""
    return f"INC-{incident.id} {escape(cut(own_name(incident), _LONGEST_NAME))}".rstrip()


def plain_title(incident: Incident) -> str:
    """Return what the incident may be called anywhere, for plain text: choices and headings."""
    named = f"INC-{incident.id} {own_name(incident)}".rstrip()
    return f"private incident INC-{incident.id}" if incident.private else named


def own_name(incident: Incident) -> str:
    """Return the name beside the number, or nothing where it is the number."""
    return "" if incident.name.strip().casefold() == f"inc-{incident.id}" else incident.name


SEVERITY_WORDS = {Severity.S1: "Critical", Severity.S2: "High", Severity.S3: "Moderate", Severity.S4: "Low"}
_SIGNS = {
    Severity.S1: ":rotating_light:",
    Severity.S2: ":warning:",
    Severity.S3: ":large_orange_diamond:",
    Severity.S4: ":small_blue_diamond:",
}
"""Each of another shape: whoever sees no colours tells them apart too."""


def standing(incident: Incident) -> str:
    """Return how it stands, in words after a sign: what is open begins with its severity, the rest with what
    became of it.
    """
    graded, sign = f"{incident.severity} {SEVERITY_WORDS[incident.severity]}", _SIGNS[incident.severity]
    if incident.near_miss:
        graded, sign = f"Near miss, would have been {graded}", ":eyes:"
    marks = ["only to merge or correct"] * incident.correcting + ["private"] * incident.private
    marks += ["declared afterwards"] * incident.retrospective
    drill = ["DRILL"] * incident.drill
    if incident.status.open:
        return " · ".join([*drill, f"{sign} {graded}", incident.status, *marks])
    became = f"Merged into INC-{incident.merged_into}" if incident.merged_into else incident.status
    sign = ":no_entry_sign:" if incident.status in GONE else ":white_check_mark:"
    return " · ".join([*drill, f"{sign} {became}", graded, *marks])


def sign(severity: Severity) -> str:
    return _SIGNS[severity]


def lead(incident: Incident) -> str:
    return person(incident.lead) if incident.lead else "nobody yet"


def led_by(incident: Incident) -> str:
    """Return the lead, and that they are gone while nobody took over."""
    return f"{lead(incident)}{' (not here any more)' if incident.lead and incident.lead_gone else ''}"


def way_in(incident: Incident) -> str:
    """Return the channel's link, or what to expect instead."""
    if incident.channel:
        return place(incident.channel)
    if incident.channel_deleted:
        return "its channel was deleted"
    return f"its channel {'could not be opened' if incident.channel_lost else 'is being opened'}"


def go_on(incident: Incident) -> str:
    """Return where whoever has something to do finds the others, as a sentence without its end."""
    way = way_in(incident)
    return f"Go on in {way}" if incident.channel else f"{way[0].upper()}{way[1:]}"


_ROLES = {EOC: "Engineer On Call", IM: "Incident Manager", CMOC: "Communications Manager On Call"}

"""In words: whoever is woken need not know what it is short for."""


def plain_role(role: str, team: str) -> str:
    """Return a role in words with the team that has it, nothing said twice."""
    words = _ROLES.get(role, role)
    if team.startswith("@"):  # a person who was paged by name: it stands beside it
        return words
    return team if words.lower() in team.lower() else f"{words} ({team})"


def in_role(role: str, team: str) -> str:
    """Return the same, ready for mrkdwn."""
    return escape(plain_role(role, team))


def by_hand(call: Iterable[Mapping[str, Any]]) -> str:
    """Return whom to call by hand, with known numbers. Only for a channel or a direct message."""
    named = [
        f"{person(one['person']) if one['person'] else escape(one['name'])}"
        f" ({escape(one['phone']) if one['phone'] else 'no number is configured'})"
        for one in call
    ]
    return f"*Call by hand:* {', '.join(named)}." if named else "Call somebody by hand."
