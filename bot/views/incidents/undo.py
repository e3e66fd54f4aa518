"""Undo: the button on a private confirmation, and what is answered to it."""

from collections.abc import Sequence

from bot.domain.errors import Step
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.undoing import Change, Thing
from bot.views.blocks import Element, Message, actions, button, message, section
from bot.views.incidents import reopen
from bot.views.mrkdwn import cut, escape, listed, people, person
from bot.views.steps import row
from bot.views.timeline.wording import not_paged

UNDO = "undo"
LABEL = 30
"""As long a label as a phone shows whole."""


def press(change: Change, label: str = "Undo") -> Element:
    return button(cut(label, LABEL), UNDO, f"{change.incident}:{change.id}")


def reopens(incident: Incident) -> Element:
    """Return the Undo of what ended an incident: it asks what it is opened again for."""
    return button("Undo", reopen.OPEN, f"{incident.id}:{reopen.proposed(incident)}")


def offering(shown: Message, *buttons: Element) -> Message:
    """Return a confirmation with further buttons, beside those it has."""
    *others, last = shown.blocks
    if last["type"] == "actions":
        return message(shown.text, *others, actions(*last["elements"], *buttons))
    return message(shown.text, *shown.blocks, actions(*buttons))


def undone(
    incident: Incident,
    change: Change,
    *,
    let_go: Sequence[str] = (),
    stay: Sequence[str] = (),
    hushed: bool = False,
) -> Message:
    """Say how it is again, and what became of the pages that the change had sent. `hushed` says that nobody
    is asked for a notice to customers any more.
    """
    at_work = f" {people(stay)} answered, and {'stay' if len(stay) > 1 else 'stays'} at work." if stay else ""
    quiet = " Nobody is asked to tell customers any more." if hushed else ""
    text = f"Undone: {_now(incident, change)}{not_paged(let_go)}{at_work}{quiet}"
    noticed = incident.publicity.noticed_at
    if change.thing is not Thing.PUBLIC or not noticed or noticed < change.made_at:
        return message(text)
    text += " The status page was written meanwhile, and says still what it said."
    return message(text, section(text), *row([Step("What customers know", "public notice", incident.id)]))


def _now(incident: Incident, change: Change) -> str:
    name, was = f"INC-{incident.id}", change.was
    match change.thing:
        case Thing.SEVERITY | Thing.STATUS:
            return f"{name} is {was[change.thing]} again."
        case Thing.PUBLIC:
            return f"The public status of {name} is {escape(str(was['public_status']))} again."
        case Thing.LEAD:
            return _lead(incident)
        case Thing.ROLE:
            who = person(str(was["person"])) if was["person"] else "nobody"
            return f"{who} is {escape(change.role)} of {name} again."
        case Thing.NAME:
            return f"{name} is called {escape(incident.name)} again."
        case Thing.FIELD:
            return f"{listed(map(escape, was))} of {name} {'are' if len(was) > 1 else 'is'} as before."


def _lead(incident: Incident) -> str:
    leads = f"{person(incident.lead) if incident.lead else 'nobody'} leads INC-{incident.id}"
    if incident.lead and not incident.lead_by_hand:
        return f"{leads} as before; who acknowledges may take the lead."
    return f"{leads} again."
