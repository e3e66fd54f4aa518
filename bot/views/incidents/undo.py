"""Undo: the button on a private confirmation, and what is answered to it."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.undoing import Change, Thing
from bot.views.blocks import Element, Message, actions, button, message
from bot.views.incidents import reopen
from bot.views.mrkdwn import cut, escape, listed, people, person

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
    incident: Incident, change: Change, *, let_go: Sequence[str] = (), stay: Sequence[str] = ()
) -> Message:
    """Say how it is again, and what became of the pages that the change had sent."""
    are = "are" if len(let_go) > 1 else "is"
    off = f" {people(let_go)} {are} not paged for it any more." if let_go else ""
    at_work = f" {people(stay)} answered, and {'stay' if len(stay) > 1 else 'stays'} at work." if stay else ""
    return message(f"Undone: {_now(incident, change)}{off}{at_work}")


def _now(incident: Incident, change: Change) -> str:
    name, was = f"INC-{incident.id}", change.was
    match change.thing:
        case Thing.SEVERITY | Thing.STATUS:
            return f"{name} is {was[change.thing]} again."
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
