"""A near miss: the form that says why it is one, and what is answered."""

from collections.abc import Sequence
from typing import Any

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.near_miss import REAL
from bot.domain.paging.engagement import Holder
from bot.domain.paging.pages import Page
from bot.views.blocks import Element, Message, button, confirm, message, section
from bot.views.forms import input_block, modal, text_input
from bot.views.incidents.severity import who_is_called
from bot.views.mrkdwn import capital, person
from bot.views.naming import title_inside

OPEN, FORM, TURN_REAL = "near_miss_open", "near_miss_form", "near_miss_real"
REASON = "reason"


def form(incident: Incident) -> dict[str, Any]:
    said = (
        f"*{title_inside(incident)}* did no harm, but might have. Its pages stop and it blocks nothing. It "
        f"keeps {incident.severity}, as the severity that it would have had, and is reviewed like that."
    )
    asked = input_block(
        "What kept it from doing harm?", text_input(REASON, multiline=True, focus=True), REASON, optional=True
    )
    return modal("It was a near miss", "Note it", FORM, [section(said), asked], str(incident.id))


def noted(incident: Incident) -> Message:
    owner = (
        f"{capital(person(incident.lead))} owns it and its review" if incident.lead else "Nobody owns it yet"
    )
    return message(
        f"INC-{incident.id} is a near miss, which would have been {incident.severity}. Nobody is paged, "
        f"nothing is blocked. {owner}; to give it to somebody: `/inc lead @person`. If it is an incident: "
        f"`/inc nearmiss {REAL}`."
    )


def turned(incident: Incident, pending: Sequence[Page], engaged: Sequence[Holder]) -> Message:
    called = who_is_called(pending, engaged) if incident.status.active else " Nobody is paged: it is over."
    return message(f"INC-{incident.id} is an incident, {incident.severity}.{called}")


def turn_real(incident: Incident) -> Element:
    """Return the button that asks once more and then pages."""
    pages = "Whom its type names is paged, as at a declaration." if incident.status.active else "It is over."
    sure = confirm("Is it an incident?", pages, "It is an incident")
    return button("It is an incident", TURN_REAL, incident.id, confirm=sure)
