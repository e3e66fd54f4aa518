"""What somebody reads who was given the lead or a role by hand."""

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message, message
from bot.views.drill import says_drill
from bot.views.mrkdwn import actor, capital, escape
from bot.views.naming import title, way_in


@says_drill
def given(incident: Incident, role: str, giver: str, *, to: str) -> Message:
    """Say to somebody what they hold: a role, or without one the lead."""
    if giver == to:
        return message(
            f"*You took {escape(role)} of {title(incident)}*: you hold it. Go on in {way_in(incident)}."
        )
    who = capital(actor(giver))
    if not role:
        return message(f"*{who} handed you the lead of {title(incident)}.* Go on in {way_in(incident)}.")
    made = f"*{who} made you {escape(role)} of {title(incident)}*: you hold it."
    return message(f"{made} Go on in {way_in(incident)}.")
