"""Pages by a contact method, for when Slack is away or the configuration wants both."""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial

from bot import leases
from bot.config.contact_methods import ContactMethods
from bot.domain.facts import NotificationDue, NotificationTestBegun
from bot.domain.incidents.incident import Incident
from bot.domain.paging.notifications import MANY, Notification, NotificationState
from bot.domain.paging.pages import Page
from bot.integrations.carrier import Carrier
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.paging.contact_methods import give_contact_method_up
from bot.operations.paging.notification_tests import contact_method_tried
from bot.operations.paging.notify import contact_of, notified, overtaken
from bot.unit_of_work import UnitOfWork
from bot.views.paging import contact_methods as view
from bot.web.links import Links
from storage import incidents, notification_tests, notifications, pages
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.contact_methods")

TIMEOUT = 20.0
"""Seconds that a service may take; less than a lease. Apprise gives each connection a few."""


@dataclass(frozen=True, slots=True)
class ContactMethodSender:
    """Hands messages to a carrier, and does not wait for it for ever."""

    _uow: UnitOfWork
    _contact_methods: ContactMethods
    _links: Links
    _carrier: Carrier

    def jobs(self) -> list[Job]:
        lane = "contact_method:{notification}"
        return [
            Job("contact_method.send_page", {NotificationDue}, self.send, lane, _given_up, urgent=True),
            Job(
                "contact_method.try",
                {NotificationTestBegun},
                self.attempt,
                "notification_test:{notification_test}:{contact_method}",
                _not_tried,
                about=_each_contact_method,
            ),
        ]

    async def send(self, delivery: Delivery) -> Effect | None:
        """Send a page that still waits. After an attempt of unknown fate it is sent again, and says so."""
        number = delivery.subject["notification"]
        seen, page, incident, address, storm = await self._uow.read(_call, number)
        if not page.pending or not page.responder or seen.state is NotificationState.SENT:
            return partial(overtaken, notification_id=number)
        link = self._links.to_acknowledge(page.id, page.responder)
        text = view.page(page, incident, link, again=delivery.uncertain, storm=storm)
        await self._hand_over(seen.contact_method, address, text)
        said = {"page": page.id, "contact_method": seen.contact_method}
        log.info("page sent by a contact method", extra=said)
        return partial(notified, notification_id=number)

    async def attempt(self, delivery: Delivery) -> Effect:
        """Send a test. It is tried once: whoever tests wants to hear what is wrong."""
        test = await self._uow.read(notification_tests.get, delivery.subject["notification_test"])
        contact_method, error = delivery.subject["contact_method"], None
        address = await self._uow.read(_address, test.person, contact_method)
        link = self._links.to_confirm(test.id, contact_method)
        try:
            await self._hand_over(contact_method, address, view.notification_test(contact_method, link))
        except DeliveryFailed as failure:
            error = failure.reason
        tried = partial(contact_method_tried, notification_test_id=test.id)
        return partial(tried, contact_method=contact_method, error=error)

    async def _hand_over(self, contact_method: str, address: str | None, text: str) -> None:
        """Give a text to the carrier. Raises DeliveryFailed, without the address or URL in it."""
        if contact_method not in self._contact_methods or not address:
            raise DeliveryFailed(f"{contact_method} is configured no more", permanent=True)
        leases.check()
        try:
            async with asyncio.timeout(TIMEOUT):
                await self._carrier.carry(self._contact_methods[contact_method].url(address), text)
        except TimeoutError:
            raise DeliveryFailed(f"no answer in {TIMEOUT:.0f} s", uncertain=True) from None


def _call(
    tx: Tx, notification_id: int
) -> tuple[Notification, Page, Incident | None, str | None, view.Storm | None]:
    notification = notifications.get(tx, notification_id)
    page = pages.get(tx, notification.page)
    incident = incidents.get(tx, page.incident) if page.incident else None
    address = _address(tx, page.responder, notification.contact_method) if page.responder else None
    return notification, page, incident, address, _storm(tx, page)


def _storm(tx: Tx, page: Page) -> view.Storm | None:
    """Return how much calls the page's person, when one text has to stand for all of it."""
    if not page.responder or not pages.call_more_than(tx, page.responder, MANY):
        return None
    number, worst = pages.calling(tx, page.responder)
    return view.Storm(number, incidents.get(tx, worst) if worst else None)


def _each_contact_method(_: Tx, fact: NotificationTestBegun) -> Subjects:
    number = fact.notification_test
    return [{"notification_test": number, "contact_method": method} for method in fact.contact_methods]


def _address(tx: Tx, person: str, contact_method: str) -> str | None:
    return contact_of(tx, person).addresses.get(contact_method)


def _not_tried(tx: Tx, delivery: Delivery, reason: str) -> None:
    subject = delivery.subject
    contact_method_tried(tx, subject["notification_test"], subject["contact_method"], reason)


def _given_up(tx: Tx, delivery: Delivery, reason: str) -> None:
    page = pages.get(tx, delivery.subject["page"])
    said = {"page": page.id, "incident": page.incident, "reason": reason}
    log.error("a contact method is of no use", extra=said)
    give_contact_method_up(tx, delivery.subject["notification"], reason)
