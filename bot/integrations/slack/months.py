"""The month's figures in a channel, of what everybody may know of."""

import logging
from datetime import date

from bot.domain import facts
from bot.domain.actors import BOT
from bot.domain.insights.insight import Insight
from bot.domain.insights.periods import Period, month_of, months_between
from bot.integrations.slack.client import SlackClient
from bot.integrations.slack.follow_ups import SEARCH_AGAIN
from bot.jobs import DeliveryFailed, Job
from bot.operations.insights.reading import Gathered, insight, read_on
from bot.unit_of_work import UnitOfWork
from bot.views.insights import month as view
from bot.web.links import Links
from storage import places, reading
from storage.outbox import Delivery
from storage.places import Place
from storage.reading import Part
from storage.transaction import Tx

log = logging.getLogger("muster.insights")
_THEN = "Name one under `insights: channel`, or unarchive it, and send this again"


class Months:
    def __init__(self, uow: UnitOfWork, slack: SlackClient, links: Links) -> None:
        self._uow, self._slack, self._links = uow, slack, links

    def jobs(self) -> list[Job]:
        return [Job("slack.sum_up_month", {facts.MonthSummed}, self.sum_up, "insights", _unsaid)]

    async def sum_up(self, delivery: Delivery) -> None:
        name = self._uow.process.insights.channel or delivery.subject["place"]  # as it is configured by now
        place, searching = await self._uow.read(_where, name)
        if not place and searching:
            raise DeliveryFailed(f"#{name} is still being looked for", after=SEARCH_AGAIN, held=True)
        if not place or place.archived:
            raise DeliveryFailed(f"{_why_not(name, place)}. {_THEN}", permanent=True)
        period = month_of(date.fromisoformat(delivery.subject["month"]), self._uow.process.insights.zone)
        found, before = await self._figures(period), await self._figures(period.before)
        missed = months_between(delivery.subject.get("since", str(period.first)), period.first)
        shown = view.month(found, before, view.PUBLIC, self._links.to_insights(period), missed)
        await self._slack.post(delivery, place.id, shown)

    async def _figures(self, period: Period) -> Insight:
        """Return what everybody may know of. Between two pieces pages leave."""
        gathered = Gathered(period, BOT, private=False)
        while not gathered.done:
            gathered = await self._uow.read(read_on, gathered)
        return await self._uow.read(insight, gathered)


def _where(tx: Tx, name: str) -> tuple[Place | None, bool]:
    """Return the channel, and whether it may yet be found."""
    return places.named(tx, name), not reading.whole(tx, Part.PRIVATE, Part.PUBLIC)


def _why_not(name: str, place: Place | None) -> str:
    return f"#{name} is archived" if place else f"no channel is named #{name}, or the bot cannot see it"


def _unsaid(_: Tx, delivery: Delivery, reason: str) -> None:
    said = {"channel": delivery.subject["place"], "reason": reason}
    log.error("the month's figures could not be posted", extra=said)
