"""Whether an S1 is verified: the question, what is left of it, and the answer."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident, Severity
from bot.domain.paging.pages import Page
from bot.views.blocks import Block, Element, Message, actions, button, message, section
from bot.views.drill import says_drill
from bot.views.incidents import severity
from bot.views.mrkdwn import escape, person
from bot.views.naming import title, way_in

VERIFY = "severity_verify"
_WHAT = "*Is S1 verified?* Leadership and liaison are paged once it is, at any hour."


def buttons(incident: Incident) -> tuple[Element, Element]:
    return (
        button("Verified: page leadership and liaison", VERIFY, incident.id, style="primary"),
        button("Not S1", severity.OPEN, incident.id),
    )


def on_card(incident: Incident) -> list[Block]:
    return [section(_WHAT), actions(*buttons(incident))]


@says_drill
def asked(incident: Incident) -> Message:
    text = f"{_WHAT}\n{title(incident)}: {way_in(incident)}"
    return message(text, section(text), actions(*buttons(incident)))


@says_drill
def over(incident: Incident) -> Message:
    """Return what is left of the question."""
    if incident.verified_by and incident.severity is Severity.S1:
        return message(f"{title(incident)} is a verified S1: {person(incident.verified_by)} said so.")
    return message(f"{title(incident)} is {incident.severity} and {incident.status}: nothing to verify.")


def verified(incident: Incident, called: Sequence[Page]) -> Message:
    whom = [f"{person(page.responder)} ({escape(page.role)})" for page in called if page.responder]
    paged = f"Being paged: {', '.join(whom)}." if whom else "Nobody else is paged for that."
    return message(f"INC-{incident.id} is a verified S1. {paged}")
