"""Follow-ups in Slack: their owners are reminded, and a channel gets the week's digest."""

import logging
from datetime import timedelta

from bot.domain import facts
from bot.domain.actors import BOT
from bot.domain.incidents.weekend import zone_of
from bot.domain.work.follow_ups import FollowUp
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Job
from bot.operations.work.follow_up_reminders import minding
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.work import follow_up as view
from storage import follow_ups, incidents, places, reading
from storage.outbox import Delivery
from storage.places import Place
from storage.reading import Part
from storage.transaction import Tx

log = logging.getLogger("muster.follow_ups")

SEARCH_AGAIN = timedelta(seconds=5)
WEEK = timedelta(days=7)


class FollowUps:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        return [
            Job("slack.remind_of_follow_up", {facts.FollowUpDue}, self.remind, "follow_up:{person}", _untold),
            Job("slack.sum_up_follow_ups", {facts.FollowUpsSummed}, self.sum_up, "follow_ups", _unsaid),
        ]

    async def remind(self, delivery: Delivery) -> None:
        """Tell the owner, unless it was done, or given to somebody else, meanwhile."""
        person = delivery.subject["person"]
        if shown := await self._uow.read(_reminder, delivery.subject["action"], person):
            await self._slack.post(delivery, person, shown, readable=False)

    async def sum_up(self, delivery: Delivery) -> None:
        name = delivery.subject["place"]
        place, searching, shown = await self._uow.read(_digest, name)
        if not place and searching:
            raise DeliveryFailed(f"#{name} is still being looked for", after=SEARCH_AGAIN, held=True)
        if not place or place.archived:
            why = f"#{name} does not exist, is archived, or the bot cannot see it"
            raise DeliveryFailed(why, permanent=True)
        if shown:
            await self._slack.post(delivery, place.id, shown)


def _reminder(tx: Tx, action_id: int, person: str) -> Message | None:
    one = follow_ups.get(tx, action_id)
    if not one or not one.open:
        return None
    incident, minds = incidents.get(tx, one.action.incident), minding(tx, one)
    if not minds or person != minds.id:
        return None
    return view.due(one, incident, tx.now.astimezone(zone_of(minds.tz)).date(), person)


def _digest(tx: Tx, name: str) -> tuple[Place | None, bool, Message | None]:
    """Return the channel, whether it may yet be found, and what anybody may read of the open follow-ups."""
    found = follow_ups.visible(tx, BOT, follow_ups.Sought(), private=False)
    shown = [one for one in found if not one.action.private and not _drill(tx, one)]
    done = follow_ups.finished_since(tx, tx.now - WEEK)
    said = view.digest(shown, done, tx.now.date()) if shown or done else None
    return places.named(tx, name), not reading.whole(tx, Part.PRIVATE, Part.PUBLIC), said


def _drill(tx: Tx, one: FollowUp) -> bool:
    return incidents.get(tx, one.action.incident).drill


def _untold(tx: Tx, delivery: Delivery, reason: str) -> None:
    what = f"<@{delivery.subject['person']}> could not be reminded of a follow-up"
    problem(tx, delivery.subject["incident"], what, reason, "It is in the list: `/inc followups`.")


def _unsaid(_: Tx, delivery: Delivery, reason: str) -> None:
    said = {"channel": delivery.subject["place"], "reason": reason}
    log.error("the digest of follow-ups could not be posted", extra=said)
