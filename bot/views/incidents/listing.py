"""The open incidents, worst first."""

from collections.abc import Sequence

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message, message, section
from bot.views.mrkdwn import unformatted, when
from bot.views.naming import lead, plain_title, standing, title, way_in

SHOWN = 25
"""How many incidents one answer lists: with long names more would not fit into a message."""


def listing(incidents: Sequence[Incident]) -> Message:
    if not incidents:
        return message("No incident is open. To declare one: `/inc declare`.")
    count = "1 open incident" if len(incidents) == 1 else f"{len(incidents)} open incidents"
    lines = [_line(incident) for incident in incidents[:SHOWN]]
    left = len(incidents) - len(lines)
    rest = [section(f"…and {left} more, less severe or newer.")] if left else []
    text = "\n".join(
        [f"{count}:", *(f"{incident.severity} {title(incident)}" for incident in incidents[:SHOWN])]
    )
    return message(text, section(f"*{count}*, worst first"), *map(section, lines), *rest)


def elsewhere(incidents: Sequence[Incident], command: str) -> Refused:
    """Return the refusal of an incident's command that was typed elsewhere, with those that may be meant."""
    start = "This works in an incident's own channel, and this is none."
    if not incidents:
        return Refused(f"{start} No incident is open.", Step("Declare an incident", "declare"))
    lines = [f"• {unformatted(plain_title(one))} ({one.severity}) · {way_in(one)}" for one in incidents]
    steps = [Step(f"For INC-{one.id}", command, one.id) for one in incidents]
    said = "\n".join([f"{start} Which one do you mean?", *lines])
    return Refused(said, *steps, Step("All open incidents", "list"))


def _line(incident: Incident) -> str:
    return (
        f"*{title(incident)}*\n{standing(incident)} · lead {lead(incident)} · "
        f"since {when(incident.declared_at)} · {way_in(incident)}"
    )
