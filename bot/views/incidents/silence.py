"""Whether somebody who acknowledged is still on it: the question, and what is left of it."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.silence import ANSWER_WITHIN
from bot.domain.paging.pages import Page
from bot.views.blocks import Message, actions, button, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import escape, lasting, listed
from bot.views.naming import go_on, title, way_in
from bot.views.paging.page import calls, take, waiting

ON_IT, AGAIN = "silence_on_it", "silence_page_again"


@says_drill
def asked(incident: Incident, roles: Sequence[str], minutes: int) -> Message:
    named = _named(roles)
    text = (
        f"*{title(incident)}: still on it?* You are {named}, and I have seen nothing from you for "
        f"{minutes} min. Press a button, or write in {way_in(incident)}. "
        f"In {lasting(ANSWER_WITHIN)} I page the {named} again."
    )
    again = f"Page the {' and '.join(roles)} again"
    return message(
        text,
        section(text),
        actions(button("I am on it", ON_IT, incident.id, style="primary"), button(again, AGAIN, incident.id)),
    )


@says_drill
def over(
    incident: Incident, roles: Sequence[str], paged: Sequence[Page], viewer: str, *, minded: bool
) -> Message:
    """Return what is left of the question: pages for the role, or it is still theirs and `minded`.

    Whom a page calls has its buttons in that page's own message.
    """
    if paged:
        now = calls(paged, viewer)
        text = " ".join([f"{title(incident)}: the {_named(roles)} is paged again.", *map(_waits, now)])
        presses = [actions(take(one.id, one.called)) for one in now if viewer not in one.called]
        return message(text, section(text), *presses)
    if minded:
        return message(f"{title(incident)}: you are on it. Thank you, nobody is paged.")
    return message(f"{title(incident)}: you need not say any more if you are on it.")


def _waits(page: Page) -> str:
    return f"{waiting(page)}."


def noted(incident: Incident) -> Message:
    return message(f"Thank you: you are on INC-{incident.id}. {go_on(incident)}.")


def paged(incident: Incident) -> Message:
    return message(f"Others are paged for INC-{incident.id}. `/inc INC-{incident.id}` shows whom.")


def _named(roles: Sequence[str]) -> str:
    return listed(map(escape, roles))
