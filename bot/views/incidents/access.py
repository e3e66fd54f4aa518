"""Asking to be let into a private incident: the question to its lead, and what whoever asked reads."""

from bot.domain.incidents.access import AccessRequest
from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message, actions, button, context, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import person, quote
from bot.views.naming import title, way_in

LET_IN, REFUSE = "access_let_in", "access_refuse"


def noted(number: int) -> Message:
    """Answer whoever asked: the same, whether there is such an incident or not."""
    return message(
        f"If INC-{number} is a private incident, its lead is asked to let you in, at most every 15 minutes. "
        "You are told nothing unless they do: then you are in its channel."
    )


def no_need(incident: Incident) -> Message:
    """Answer whoever may know of it anyway."""
    return message(f"You need not ask to see {title(incident)}: go to {way_in(incident)}.")


@says_drill
def asked(request: AccessRequest, incident: Incident) -> Message:
    """Return the question to the lead, as it stands."""
    what = f"{person(request.person)} asks to be let into *{title(incident)}*."
    why = [section(quote(request.reason, 300))] if request.reason else []
    if request.granted is None:
        row = [
            actions(
                button("Let in", LET_IN, request.id, style="primary"), button("Refuse", REFUSE, request.id)
            )
        ]
        note = context("They do not learn whether there is such an incident, unless you let them in.")
        return message(what, section(what), *why, *row, note)
    verb = "let them in" if request.granted else "refused; they are not told"
    answered = f"{person(request.answered_by or '')} {verb}."
    return message(f"{what} {answered}", section(f"{what}\n*{answered}*"), *why)
