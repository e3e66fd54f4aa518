"""Pages by a second door, for when Slack is away or the configuration wants both."""

import asyncio
import logging
from functools import partial

from bot import claims
from bot.config.doors import Doors
from bot.desk import Desk
from bot.domain.facts import NotificationDue, TrialBegun
from bot.domain.incidents.incident import Incident
from bot.domain.paging.notifications import MANY, Notification, NotificationState
from bot.domain.paging.pages import Page
from bot.integrations.carrier import Carrier
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.paging.doors import give_door_up
from bot.operations.paging.notify import contact_of, notified, overtaken
from bot.operations.paging.trials import door_tried
from bot.views.paging import second_door as view
from bot.web.links import Links
from storage import incidents, notifications, pages, trials
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.doors")

TIMEOUT = 20.0
"""Seconds that a service may take; less than a lease. Apprise gives each connection a few."""


class SecondDoor:
    """Hands messages to a carrier, and does not wait for it for ever."""

    def __init__(self, desk: Desk, doors: Doors, links: Links, carrier: Carrier) -> None:
        self._desk = desk
        self._doors = doors
        self._links = links
        self._carrier = carrier

    def jobs(self) -> list[Job]:
        lane = "door:{notification}"
        return [
            Job("door.send_page", {NotificationDue}, self.send, lane, _given_up, urgent=True),
            Job("door.try", {TrialBegun}, self.attempt, "trial:{trial}:{door}", _not_tried, about=_each_door),
        ]

    async def send(self, delivery: Delivery) -> Effect | None:
        """Send a page that still waits. After an attempt of unknown fate it is sent again, and says so."""
        number = delivery.subject["notification"]
        seen, page, incident, address, storm = await self._desk.read(_call, number)
        if not page.pending or not page.responder or seen.state is NotificationState.SENT:
            return partial(overtaken, notification_id=number)
        link = self._links.to_acknowledge(page.id, page.responder)
        text = view.page(page, incident, link, again=delivery.uncertain, storm=storm)
        await self._hand_over(seen.door, address, text)
        log.info("page sent by a second door", extra={"page": page.id, "door": seen.door})
        return partial(notified, notification_id=number)

    async def attempt(self, delivery: Delivery) -> Effect:
        """Send a test. It is tried once: whoever tests wants to hear what is wrong."""
        trial = await self._desk.read(trials.get, delivery.subject["trial"])
        door, error = delivery.subject["door"], None
        address = await self._desk.read(_address, trial.person, door)
        link = self._links.to_confirm(trial.id, door)
        try:
            await self._hand_over(door, address, view.trial(door, link))
        except DeliveryFailed as failure:
            error = failure.reason
        return partial(door_tried, trial_id=trial.id, door=door, error=error)

    async def _hand_over(self, door: str, address: str | None, text: str) -> None:
        """Give a text to the carrier. Raises DeliveryFailed, without the address or URL in it."""
        if door not in self._doors or not address:
            raise DeliveryFailed(f"{door} is configured no more", permanent=True)
        claims.check()
        try:
            async with asyncio.timeout(TIMEOUT):
                await self._carrier.carry(self._doors[door].url(address), text)
        except TimeoutError:
            raise DeliveryFailed(f"no answer in {TIMEOUT:.0f} s", uncertain=True) from None


def _call(
    tx: Tx, notification_id: int
) -> tuple[Notification, Page, Incident | None, str | None, view.Storm | None]:
    notification = notifications.get(tx, notification_id)
    page = pages.get(tx, notification.page)
    incident = incidents.get(tx, page.incident) if page.incident else None
    address = _address(tx, page.responder, notification.door) if page.responder else None
    return notification, page, incident, address, _storm(tx, page)


def _storm(tx: Tx, page: Page) -> view.Storm | None:
    """Return how much calls the page's person, when one text has to stand for all of it."""
    if not page.responder or not pages.call_more_than(tx, page.responder, MANY):
        return None
    number, worst = pages.calling(tx, page.responder)
    return view.Storm(number, incidents.get(tx, worst) if worst else None)


def _each_door(_: Tx, fact: TrialBegun) -> Subjects:
    return [{"trial": fact.trial, "door": door} for door in fact.doors]


def _address(tx: Tx, person: str, door: str) -> str | None:
    return contact_of(tx, person).addresses.get(door)


def _not_tried(tx: Tx, delivery: Delivery, reason: str) -> None:
    door_tried(tx, delivery.subject["trial"], delivery.subject["door"], reason)


def _given_up(tx: Tx, delivery: Delivery, reason: str) -> None:
    page = pages.get(tx, delivery.subject["page"])
    log.error("a door is of no use", extra={"page": page.id, "incident": page.incident, "reason": reason})
    give_door_up(tx, delivery.subject["notification"], reason)
