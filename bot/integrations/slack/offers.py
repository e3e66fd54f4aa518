"""Offers of a page: one quiet direct message to whom it is offered, edited as it stands."""

import logging
from functools import partial

from bot.domain import facts
from bot.domain.paging.offers import OfferState
from bot.integrations.slack.client import SlackClient
from bot.jobs import Effect, Job, Subjects
from bot.operations.paging.offers import Offered, offered, unreached
from bot.unit_of_work import Guarded, UnitOfWork
from bot.views.blocks import Message
from bot.views.paging import offers as view
from storage import offers, pages
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.offers")


_SHOWS_PAGE = {OfferState.OPEN, OfferState.ACCEPTED}
"""Offers whose messages show how the page stands."""


class PageOffers:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        lane = "offer:{offer}"
        shows = {facts.OfferChanged, facts.PageEnded, facts.OnMyWay, facts.TurnedPrivate}
        return [
            Job("slack.offer_page", {facts.OfferMade}, self.send, lane, _unreached),
            Job("slack.redraw_offer", shows, self.redraw, lane, _unsaid, about=_shown, coalesce=True),
        ]

    async def send(self, delivery: Delivery) -> Effect | None:
        """Ask the person, unless the offer is over by now."""
        found = await self._uow.read(offered, delivery.subject["offer"])
        if found.gone or found.offer.stands(found.page) is not OfferState.OPEN:
            return None
        posted = await self._slack.post(delivery, found.offer.person, _drawn(found), readable=False)
        effect = partial(offers.record_message, offer_id=found.offer.id, channel=posted.channel, ts=posted.ts)
        return Guarded(effect)

    async def redraw(self, delivery: Delivery) -> None:
        found = await self._uow.read(offered, delivery.subject["offer"])
        if found.offer.channel and found.offer.ts:
            await self._slack.redraw(delivery, found.offer.channel, found.offer.ts, _drawn(found))


def _drawn(found: Offered) -> Message:
    return view.asked(
        found.offer, found.page, found.incident, after=found.after, now=found.now, gone=found.gone
    )


def _shown(
    tx: Tx, fact: facts.OfferChanged | facts.PageEnded | facts.OnMyWay | facts.TurnedPrivate
) -> Subjects:
    """Return the offers whose messages show something else than is so."""
    if isinstance(fact, facts.TurnedPrivate):
        numbers = [page.id for page in pages.of_incident(tx, fact.incident)]
        return [{"offer": one.id} for number in numbers for one in offers.of_page(tx, number)]
    if isinstance(fact, facts.OfferChanged):
        return [{"offer": fact.offer}]
    return [{"offer": one.id} for one in offers.of_page(tx, fact.page) if one.state in _SHOWS_PAGE]


def _unreached(tx: Tx, delivery: Delivery, reason: str) -> None:
    log.warning("an offer could not be sent", extra={"reason": reason})
    unreached(tx, delivery.subject["offer"])


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    log.warning("not said", extra={"job": delivery.job, "reason": reason})
