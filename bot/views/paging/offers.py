"""Handing a page to a person: the form, and the direct message in which they accept or decline."""

from typing import Any

from bot.domain.incidents.incident import Incident
from bot.domain.paging.escalations import Call
from bot.domain.paging.offers import OfferState, PageOffer
from bot.domain.paging.pages import Page, PageState
from bot.views.blocks import Message, actions, button, context, message, section
from bot.views.drill import says_drill
from bot.views.forms import input_block, modal, people_select, text_input
from bot.views.mrkdwn import escape, people, person, quote, time_of_day
from bot.views.naming import go_on, in_role, standing, title

FORM = "page_offer_form"
PERSON, WORDS = "person", "words"
ACCEPT = "page_offer_accept"
DECLINE = "page_offer_decline"


_OFFERED = {
    OfferState.OPEN: "_You asked {who} to take it: it stays with you until they accept._",
    OfferState.DECLINED: "*{who} declined to take it.*",
    OfferState.UNREACHED: "*{who} cannot be reached in Slack.* Ask somebody else.",
}


def offered(offer: PageOffer | None) -> str:
    """Say to the asker what became of their newest offer of a page."""
    return _OFFERED.get(offer.state, "").format(who=person(offer.person)) if offer else ""


def form(page: Page, incident: Incident | None, before: PageOffer | None) -> dict[str, Any]:
    """Return the form. `before` is an open offer, which another one withdraws."""
    of = f"INC-{page.incident}" if page.incident else "A page outside any incident"
    blocks = [context(f"{of} · Until they accept it stays with you, and its time runs on.")]
    if before:
        blocks.append(section(f"{person(before.person)} has not answered yet, and is told that it is over."))
    blocks.append(input_block("Whom do you ask?", people_select(PERSON), PERSON))
    if not (incident and incident.private):  # its texts are for its own channel
        blocks.append(input_block("In your words", text_input(WORDS, max_length=300), WORDS, optional=True))
    return modal("Hand the page to", "Ask them", FORM, blocks, str(page.id))


@says_drill
def asked(
    offer: PageOffer,
    page: Page,
    incident: Incident | None,
    *,
    after: Call | None = None,
    now: Page | None = None,
    gone: bool = False,
) -> Message:
    """Return the direct message to whom a page is offered, as it stands. `after` is whom it calls next,
    `now` the page that its path came to, `gone` that they were removed from the private incident.
    """
    what, asker = _what(page, incident), person(offer.asker)
    match offer.stands(page):
        case OfferState.OPEN if not gone:
            return _open(offer, page, incident, after)
        case OfferState.ACCEPTED if not gone:
            return message(f"*You accepted the page of {asker}*: {what}.{_go_on(incident, asker)}")
        case OfferState.DECLINED:
            return message(f"*You declined the page of {asker}*: {what}. It stays with them.")
        case OfferState.WITHDRAWN:
            return message(f"*{asker} asked somebody else*: {what}. You need not do anything.")
        case OfferState.OVER if page.state is PageState.ESCALATED and not gone:
            return message(f"*This page has moved on*: {what}.{_went_to(now)} You need not do anything.")
        case _:
            return message(f"*Over: {asker} needs nobody for this page any more*: {what}.")


def _went_to(now: Page | None) -> str:
    """Say whom a page called that moved on. Nothing redraws this when they answer: it stays true."""
    if not now or not now.called or now.rested:
        return ""
    return f" {people(now.called)} {'were' if len(now.called) > 1 else 'was'} paged."


def _go_on(incident: Incident | None, asker: str) -> str:
    return f" {go_on(incident)}." if incident else f" Now talk to {asker}."


def _open(offer: PageOffer, page: Page, incident: Incident | None, after: Call | None) -> Message:
    heading = f"*{person(offer.asker)} asks you to take a page over*: {_what(page, incident)}"
    if incident and not incident.private:
        heading = f"{heading} ({standing(incident)}), as {in_role(page.role, page.level_team)}"
    until = (
        f"Until *{time_of_day(page.escalation.due_at)}* it waits for {person(offer.asker)}, then "
        f"{_then(offer, page, after)}. Accept only if you can work on it now: you answer for it then."
    )
    blocks = [section(f"{heading}."), *([section(quote(offer.words, 300))] if offer.words else [])]
    presses = [button("Accept", ACCEPT, offer.id, style="primary"), button("Decline", DECLINE, offer.id)]
    return message(f"{heading}. {until}", *blocks, section(until), actions(*presses))


def _then(offer: PageOffer, page: Page, after: Call | None) -> str:
    """Say who is paged at the deadline. Nobody is mentioned: this is not their call yet."""
    if page.last_level:
        return f"{person(offer.asker)} is paged again"
    if not after:
        return "the next level is paged"
    if after.holder:
        return f"{person(after.holder)}, who is at work on it already, holds it"
    level = page.escalation.path[after.level]
    return f"{in_role(level.role, level.team)} is paged"


def _what(page: Page, incident: Incident | None) -> str:
    return title(incident) if incident else f"{escape(page.escalation.team)}, outside any incident"
