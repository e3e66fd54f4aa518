"""Pages by a contact method, for when Slack is away or the configuration wants both."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from bot import leases
from bot.config.contact_methods import ContactMethod, ContactMethods
from bot.config.services import NTFY, SMTP, TWILIO_CALL, TWILIO_SMS
from bot.domain.facts import NotificationDue, NotificationTestBegun, VerificationCodeAsked
from bot.domain.incidents.incident import Incident
from bot.domain.paging.calling import Storm, is_loud
from bot.domain.paging.contact_methods import OwnMethod, VerificationCode
from bot.domain.paging.notifications import Notification
from bot.domain.paging.pages import Page
from bot.domain.paging.replies import code_of
from bot.integrations.carrier import AppriseSender, Carrier
from bot.integrations.ntfy import Ntfy
from bot.integrations.outgoing import Outgoing, Sender
from bot.integrations.smtp import Smtp
from bot.integrations.twilio import TwilioCall, TwilioSms
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.paging.contact_methods import attempt_failed, give_contact_method_up
from bot.operations.paging.notification_tests import contact_method_tried
from bot.operations.paging.notify import called, contact_of, notified, overtaken
from bot.operations.paging.own_contact_methods import code_not_sent
from bot.unit_of_work import UnitOfWork
from bot.views.paging import contact_methods as view
from bot.views.paging import voice
from bot.web.links import Links
from storage import contact_methods, notification_tests, notifications, pages, verification_codes
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.contact_methods")

TIMEOUT = 20.0
"""Seconds that a service may take; less than a lease. Apprise gives each connection a few."""

_OURS: Mapping[str, Callable[[Mapping[str, str]], Sender]] = {
    TWILIO_CALL: TwilioCall,
    TWILIO_SMS: TwilioSms,
    NTFY: Ntfy,
    SMTP: Smtp,
}


def senders(configured: ContactMethods, carrier: Carrier) -> Mapping[str, Sender]:
    """Return what sends by each contact method; Apprise URLs leave by the carrier."""
    return {name: _sender(one, carrier) for name, one in configured.items()}


def _sender(one: ContactMethod, carrier: Carrier) -> Sender:
    return _OURS[one.service](one.settings) if one.service else AppriseSender(one, carrier)


@dataclass(frozen=True, slots=True)
class ContactMethodSender:
    """Hands messages to their senders, and waits for none for ever."""

    _uow: UnitOfWork
    _links: Links
    _senders: Mapping[str, Sender]

    def jobs(self) -> list[Job]:
        lane = "contact_method:{notification}"
        return [
            Job(
                "contact_method.send_page",
                {NotificationDue},
                self.send,
                lane,
                _given_up,
                urgent=True,
                on_retry=_failed,
            ),
            Job(
                "contact_method.try",
                {NotificationTestBegun},
                self.attempt,
                "notification_test:{notification_test}:{contact_method}",
                _not_tried,
                about=_each_contact_method,
            ),
            Job(
                "contact_method.send_code",
                {VerificationCodeAsked},
                self.send_code,
                "verification_code:{code}",
                _code_given_up,
            ),
        ]

    async def send(self, delivery: Delivery) -> Effect | None:
        """Send a page that still waits. After an attempt of unknown fate it is sent again, and says so."""
        number = delivery.subject["notification"]
        seen, page, incident, address, storm = await self._uow.read(_call, number)
        if not page.pending or not page.responder or not seen.leaves(self._uow.clock.now()):
            return partial(overtaken, notification_id=number)
        link = self._links.to_acknowledge(page.id, page.responder)
        message = Outgoing(
            address or "",
            view.page(
                page,
                incident,
                link,
                again=delivery.uncertain,
                storm=storm,
                code=code_of(page.id)
                if isinstance(self._senders.get(seen.contact_method), TwilioSms)
                else "",
            ),
            spoken=voice.without_keys(page, incident, storm),
            loud=is_loud(page, incident.severity if incident else None),
            link=link,
            button=self._links.to_press(page.id, page.responder),
            call=self._links.to_call(number, page.responder),
            report=self._links.to_report(number, page.responder),
        )
        await self._hand_over(seen.contact_method, message)
        said = {"page": page.id, "contact_method": seen.contact_method}
        log.info("page sent by a contact method", extra=said)
        return partial(notified, notification_id=number)

    async def attempt(self, delivery: Delivery) -> Effect:
        """Send a test. It is tried once: whoever tests wants to hear what is wrong."""
        test = await self._uow.read(notification_tests.get, delivery.subject["notification_test"])
        contact_method, error = delivery.subject["contact_method"], None
        address = await self._uow.read(_address, test.person, contact_method)
        link = self._links.to_confirm(test.id, contact_method)
        message = Outgoing(
            address or "",
            view.notification_test(contact_method, link),
            spoken=voice.test_without_keys(contact_method),
            loud=True,
            link=link,
            call=self._links.to_call_for_test(test.id, contact_method),
        )
        try:
            await self._hand_over(contact_method, message)
        except DeliveryFailed as failure:
            error = failure.reason
        tried = partial(contact_method_tried, notification_test_id=test.id)
        return partial(tried, contact_method=contact_method, error=error)

    async def send_code(self, delivery: Delivery) -> Effect | None:
        """Send a code, unless it is over or its address was removed. It is tried once, like a test."""
        code, method = await self._uow.read(_code_and_method, **delivery.subject)
        if not method or not code.holds(self._uow.clock.now()):
            return None
        digits = self._links.code(method, code)
        message = Outgoing(method.address, view.code(digits), spoken=voice.code(digits), loud=True)
        try:
            await self._hand_over(method.name, message)
        except DeliveryFailed as failure:
            return partial(code_not_sent, code_id=code.id, why=failure.reason)
        return None

    async def _hand_over(self, contact_method: str, message: Outgoing) -> None:
        """Give a message to its sender. Raises DeliveryFailed, without the address or URL in it."""
        if contact_method not in self._senders or not message.address:
            raise DeliveryFailed(f"{contact_method} is configured no more", permanent=True)
        leases.check()
        try:
            async with asyncio.timeout(TIMEOUT):
                await self._senders[contact_method].send(message)
        except TimeoutError:
            raise DeliveryFailed(f"no answer in {TIMEOUT:.0f} s", uncertain=True) from None


def _call(
    tx: Tx, notification_id: int
) -> tuple[Notification, Page, Incident | None, str | None, Storm | None]:
    notification = notifications.get(tx, notification_id)
    page, incident, storm = called(tx, notification_id)
    address = _address(tx, page.responder, notification.contact_method) if page.responder else None
    return notification, page, incident, address, storm


def _code_and_method(tx: Tx, code: int, person: str) -> tuple[VerificationCode, OwnMethod | None]:
    found = verification_codes.get(tx, code)
    theirs = contact_methods.of(tx, person)
    return found, next((one for one in theirs if one.id == found.contact_method), None)


def _code_given_up(tx: Tx, delivery: Delivery, reason: str) -> None:
    code_not_sent(tx, delivery.subject["code"], reason)


def _each_contact_method(_: Tx, fact: NotificationTestBegun) -> Subjects:
    number = fact.notification_test
    return [{"notification_test": number, "contact_method": method} for method in fact.contact_methods]


def _address(tx: Tx, person: str, contact_method: str) -> str | None:
    return contact_of(tx, person).addresses.get(contact_method)


def _not_tried(tx: Tx, delivery: Delivery, reason: str) -> None:
    subject = delivery.subject
    contact_method_tried(tx, subject["notification_test"], subject["contact_method"], reason)


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    attempt_failed(tx, delivery.subject["notification"], reason)


def _given_up(tx: Tx, delivery: Delivery, reason: str) -> None:
    page = pages.get(tx, delivery.subject["page"])
    said = {"page": page.id, "incident": page.incident, "reason": reason}
    log.error("a contact method is of no use", extra=said)
    give_contact_method_up(tx, delivery.subject["notification"], reason)
