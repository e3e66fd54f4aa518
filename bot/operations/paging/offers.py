"""Handing a page to a person who accepts it. Until then it calls whom it called, and its time runs on."""

from dataclasses import dataclass

from bot.domain.errors import NotThem, Refused
from bot.domain.facts import OfferChanged, OfferDeclined, OfferMade, PageOffered
from bot.domain.incidents.incident import Incident
from bot.domain.paging.escalations import Call
from bot.domain.paging.offers import TOO_LATE, OfferState, PageOffer
from bot.domain.paging.pages import Page
from bot.domain.rights import Right
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.answers import own_page
from bot.operations.paging.by_name import refuse_at_work, refuse_uncallable
from bot.operations.paging.engaged import at_work
from bot.operations.paging.escalate import next_after
from bot.operations.paging.notify import companions_of
from bot.operations.paging.placing import let_in
from bot.operations.rights import allow
from bot.operations.workspace.people import refuse_for_role
from storage import incidents, members, offers, pages
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer with all that its message shows. `after` is whom the page calls next, `now` the page that its
    path came to.
    """

    offer: PageOffer
    page: Page
    incident: Incident | None
    after: Call | None
    now: Page
    gone: bool
    """Whether its person was removed from the private incident."""


def to_offer(tx: Tx, page_id: int, *, by: str) -> tuple[Page, Incident | None, PageOffer | None]:
    """Return a page that somebody may offer, its incident, and the offer that another one would withdraw."""
    page = own_page(tx, page_id, by)
    before = offers.latest(tx, [one.id for one in (page, *companions_of(tx, page))])
    open_one = before if before and before.state is OfferState.OPEN else None
    return page, incidents.get(tx, page.incident) if page.incident else None, open_one


def offer_page(tx: Tx, page_id: int, person: str, words: str, *, by: str) -> int:
    """Ask a person to take a page over, and return the offer. An open offer to somebody else is withdrawn.

    Refuses whom no page can reach, and who is paged for the same or at work on it already.
    """
    page, incident, before = to_offer(tx, page_id, by=by)
    _refuse(tx, page, incident, person, by)
    if before and before.person == person:
        raise NotThem(f"<@{person}> is asked already, and has not answered yet.")
    if before:
        _close(tx, before, OfferState.WITHDRAWN)
    words = "" if incident and incident.private else words
    number = offers.add(tx, page.id, by, person, words)
    if incident:
        tx.record(
            PageOffered(incident=incident.id, by=by, page=page.id, role=page.role, person=person, text=words)
        )
    tx.record(OfferMade(page=page.id, offer=number))
    return number


def accept(tx: Tx, offer_id: int, *, by: str) -> Page:
    """Answer a page in its asker's place, in the role of its level, with all that calls them for the same."""
    offer, page = _open(tx, offer_id, by)
    if by in members.gone(tx, page.incident):
        raise Refused(
            f"You left the channel of INC-{page.incident}, or were removed from it: people in it can invite "
            "you again."
        )
    if page.incident:
        let_in(tx, page.incident, by)  # before the answer: who accepted may know of the incident
    theirs = [page, *companions_of(tx, page)]
    _close(tx, offer, OfferState.ACCEPTED)
    for one in theirs:
        if pages.get(tx, one.id).pending:
            acknowledge(tx, one.id, by=by, handed=True)
    return pages.get(tx, page.id)


def decline(tx: Tx, offer_id: int, *, by: str) -> None:
    """Leave a page with whom it calls, and tell them."""
    offer, page = _open(tx, offer_id, by)
    _close(tx, offer, OfferState.DECLINED)
    if page.incident:
        tx.record(
            OfferDeclined(incident=page.incident, by=by, page=page.id, role=page.role, person=offer.asker)
        )


def unreached(tx: Tx, offer_id: int) -> None:
    """Tell the asker that Slack did not take the message of an offer."""
    offer = offers.get(tx, offer_id)
    if offer.state is OfferState.OPEN:
        _close(tx, offer, OfferState.UNREACHED)


def offered(tx: Tx, offer_id: int) -> Offered:
    offer = offers.get(tx, offer_id)
    page = pages.get(tx, offer.page)
    after = None if page.last_level or not page.pending else next_after(tx, page, offer.asker)
    incident = incidents.get(tx, page.incident) if page.incident else None
    now, gone = pages.latest(tx, page), offer.person in members.gone(tx, page.incident)
    return Offered(offer, page, incident, after, now, gone)


def _open(tx: Tx, offer_id: int, by: str) -> tuple[PageOffer, Page]:
    """Return an offer that somebody may answer now. Refuses what is over, and what is another's."""
    offer = offers.to(tx, offer_id, by)
    allow(tx, by, Right.WORK)
    page = pages.get(tx, offer.page)
    stands = offer.stands(page)
    if stands is not OfferState.OPEN:
        raise Refused(TOO_LATE[stands])
    return offer, page


def _close(tx: Tx, offer: PageOffer, state: OfferState) -> None:
    if not offers.close(tx, offer, state):
        raise Refused(TOO_LATE[offers.get(tx, offer.id).state])
    tx.record(OfferChanged(page=offer.page, offer=offer.id))


def _refuse(tx: Tx, page: Page, incident: Incident | None, person: str, by: str) -> None:
    refuse_uncallable(tx, person, by)
    refuse_for_role(tx, person)
    if incident:
        refuse_at_work(tx, incident, person)
    elif person in at_work(tx, page.escalation) or person in page.called:
        raise NotThem(f"<@{person}> is being paged for it already, or at work on it.")
