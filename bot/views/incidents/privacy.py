"""Making an incident private: the form that asks to be sure, and what stays where everybody reads."""

from collections.abc import Sequence
from typing import Any

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message, message, section
from bot.views.drill import says_drill
from bot.views.forms import input_block, modal, text_input
from bot.views.mrkdwn import person
from bot.views.naming import title_inside

OPEN, FORM = "private_open", "private_form"
REASON = "reason"
_NAMED = 10
"""So many of those who stay are named in the form."""


def form(incident: Incident, people: Sequence[str], reason: str = "") -> dict[str, Any]:
    """Return the form, with the `reason` that was typed already."""
    stay = "1 person" if len(people) == 1 else f"{len(people)} people"
    named = ", ".join(person(one) for one in people[:_NAMED])
    more = f" and {len(people) - _NAMED} more" if len(people) > _NAMED else ""
    said = (
        f"*{title_inside(incident)}* goes on in a new private channel, with the {stay} of this one: "
        f"{named}{more}. What I wrote here, under announcements and to others in direct messages is taken "
        "back, and this channel is archived.\n"
        ":warning: What *people* wrote here stays readable to everybody until an admin deletes this channel. "
        "It cannot be made public again."
    )
    why = text_input(REASON, initial=reason, multiline=True, focus=True)
    asked = input_block("Why?", why, REASON, optional=True, hint="Its own people read it.")
    return modal(
        f"Make INC-{incident.id} private", "Make it private", FORM, [section(said), asked], str(incident.id)
    )


def made(incident: Incident) -> Message:
    """Say to whoever made it private what happens now."""
    return message(
        f"INC-{incident.id} is private now. Its new channel is being opened; its people are invited there. "
        "Ask an admin to delete this channel if what people wrote here must not be read."
    )


@says_drill
def left_behind(incident: Incident) -> Message:
    """Return the last message of the channel that everybody can read."""
    goes_on = "goes on in a channel of its own, to which everybody who was here is invited"
    if incident.merged_into:
        goes_on = f"went on in INC-{incident.merged_into}"
    return message(
        f"*INC-{incident.id} is private now* and {goes_on}. What people wrote here can still be read: an "
        "admin can delete this channel."
    )


@says_drill
def taken_back(incident: Incident) -> Message:
    """Return what is left of a message about an incident that is private now, for who is not in it."""
    return message(
        f"*INC-{incident.id} is private now.* What I told you of it is for its people. "
        f"To be let in: `/inc access INC-{incident.id}`."
    )


@says_drill
def unannounced(incident: Incident) -> Message:
    """Return what an announcement shows of an incident that is private now."""
    return message(
        f"*INC-{incident.id} is private now.* Nothing more is announced of it. "
        f"To be let in: `/inc access INC-{incident.id}`."
    )
