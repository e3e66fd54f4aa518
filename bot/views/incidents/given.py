"""What somebody reads who was given the lead or a role by hand."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.process import RoleCard
from bot.views.blocks import Message, message, section
from bot.views.drill import says_drill
from bot.views.incidents.role_card import expected
from bot.views.mrkdwn import actor, capital, escape
from bot.views.naming import go_on, title


@says_drill
def given(incident: Incident, role: str, giver: str, *, to: str, cards: Sequence[RoleCard] = ()) -> Message:
    """Say to somebody what they hold: a role, with what is expected in it, or without one the lead."""
    said = _said(incident, role, giver, to)
    return message(said, section(said), *expected(incident, cards))


@says_drill
def undone(incident: Incident, role: str, giver: str) -> Message:
    """Say to somebody that they hold no more what they were just given."""
    who, what = capital(actor(giver)), escape(role) or "the lead"
    return message(
        f"*{who} undid that you were given {what} of {title(incident)}*: you do not hold it any more, and "
        "need not do anything."
    )


def _said(incident: Incident, role: str, giver: str, to: str) -> str:
    if giver == to:
        return f"*You took {escape(role)} of {title(incident)}*: you hold it. {go_on(incident)}."
    who = capital(actor(giver))
    if not role:
        return f"*{who} handed you the lead of {title(incident)}.* {go_on(incident)}."
    made = f"*{who} made you {escape(role)} of {title(incident)}*: you hold it."
    return f"{made} {go_on(incident)}."
