"""Practice: what is answered to who begins it or takes part."""

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message, message
from bot.views.drill import says_drill
from bot.views.mrkdwn import people, person


@says_drill
def took_part(incident: Incident, who: str) -> Message:
    return message(f"{person(who)} takes part in INC-{incident.id}, and is called from the next page on.")


def who_is_called(incident: Incident) -> str:
    """Say whom practice calls, and nobody else."""
    return f"Only {people(incident.practice)} can be called."
