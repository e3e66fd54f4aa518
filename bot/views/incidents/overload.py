"""Too much for one person: what is offered to them, and how another IM is asked for."""

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.overload import Help, Offer
from bot.domain.process import IM
from bot.views.blocks import Element, Message, actions, button, confirm, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import listed, person
from bot.views.naming import go_on, title, way_in
from bot.views.paging.vacancy import PAGE_TEAM, PAGE_TEAM_ABOVE

ASK, HELP = "overload_ask_im", "overload_help"


def press(incident: Incident, found: Help) -> Element:
    """Return the button that does what is offered."""
    match found.offer:
        case Offer.ANOTHER_IM:
            return button("Ask for another IM", ASK, incident.id)
        case Offer.PAGE_IM:
            return button("Page the IM", PAGE_TEAM, f"{incident.id}:{found.team}")
        case _:
            return button("Page the Infrastructure Leader", PAGE_TEAM_ABOVE, f"{incident.id}:{found.team}")


@says_drill
def offered(incident: Incident, found: Help) -> Message:
    """Say to somebody what they have to do at once, and who can help."""
    which = listed(f"INC-{one}" for one in found.incidents)
    of = f"{len(found.incidents)} open {'S1 and S2 ' if found.role == IM else ''}incidents"
    many = (
        f"*You are {found.role} of {of}* ({which})." if found.incidents else "*Several people are at work.*"
    )
    match found.offer:
        case Offer.ANOTHER_IM:
            then = f"Too much? Another IM can take {title(incident)} over from you."
        case Offer.PAGE_IM:
            then = f"Too much? The IM can coordinate {title(incident)} for you."
        case _ if found.role == IM:
            then = f"Nobody has taken {title(incident)} over: leadership can find somebody."
        case _:
            then = f"Still too much? Leadership can find more people for {title(incident)}."
    return message(f"{many} {then}", section(f"{many} {then}"), actions(press(incident, found)))


@says_drill
def no_more(incident: Incident, im: str | None, asker: str, *, asked: bool) -> Message:
    """Return what is left of an offer."""
    if not incident.watched:
        return message(f"{title(incident)} is {incident.status}: nothing is left to hand over.")
    if asked and im == asker:
        return message(f"You asked for another IM for {title(incident)}. You hear when one comes.")
    who = (
        f"{person(im)} is IM of {title(incident)}."
        if im and im != asker
        else "Help is called, or not needed."
    )
    return message(f"{who} `/inc roles INC-{incident.id}` shows who does what.")


@says_drill
def wanted(incident: Incident, asker: str) -> Message:
    """Ask where IMs are. Nobody there may know which private incident it is for."""
    if incident.private:
        text = f"*Another IM is needed*: {person(asker)} has more than one incident. "
        text += "Can you help? Write to them in a direct message."
        return message(text, section(text))
    text = f"*{title(incident)} ({incident.severity}) needs another IM*: {person(asker)} has more than one."
    text += f" Channel: {way_in(incident)}."
    sure = confirm("Take it over?", f"You become IM of INC-{incident.id}, and coordinate it.", "Take it over")
    return message(text, section(text), actions(button("I can help", HELP, incident.id, confirm=sure)))


@says_drill
def helped(incident: Incident, im: str | None) -> Message:
    """Return what is left of the question."""
    if incident.private:
        return message("Another IM is not looked for any more. Thank you.")
    if im and incident.watched:
        return message(f"{person(im)} is IM of {title(incident)} now. Thank you: no other is needed.")
    return message(f"{title(incident)} needs no other IM any more.")


def asks(incident: Incident) -> Message:
    return message(
        f"I asked for another IM for INC-{incident.id}. If nobody comes in 15 minutes, I offer leadership."
    )


def took_over(incident: Incident) -> Message:
    return message(f"You are IM of INC-{incident.id} now. {go_on(incident)}.")
