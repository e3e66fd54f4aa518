"""Leaving: whether the roles that somebody gives up are paged again, and what is answered."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message, actions, button, message, section
from bot.views.mrkdwn import escape, listed, person
from bot.views.naming import title_inside as title

OPEN, PAGE, QUIET = "leave_open", "leave_page", "leave_quiet"


def asked(incident: Incident, roles: Sequence[str]) -> Message:
    """Ask whether others are paged for the roles that somebody gives up."""
    held = listed(map(escape, roles))
    text = (
        f"You are {held} of {title(incident)}. When you leave, nobody is: shall others be paged? To give "
        "it all to one person: `/inc leave @person`."
    )
    page = button(f"Leave, and page for {held}", PAGE, incident.id, style="primary")
    return message(text, section(text), actions(page, button("Leave, page nobody", QUIET, incident.id)))


def left(incident: Incident, roles: Sequence[str], *, paged: bool = False) -> Message:
    gave = f"You gave up {listed(map(escape, roles))}." if roles else "You gave your actions back."
    called = " Others are being paged." if paged and roles else ""
    return message(f"{gave}{called} To hear no more of INC-{incident.id}, leave its channel by Slack's menu.")


def handed(incident: Incident, to: str) -> Message:
    return message(f"{person(to)} has all that you held in INC-{incident.id} now. The channel is told.")
