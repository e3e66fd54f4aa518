"""Events to webhooks: one delivery each, by the outbox, in order for each incident."""

import hashlib
import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from bot.clock import Clock
from bot.config.webhooks import WebhookSettings
from bot.domain.errors import Refused
from bot.domain.facts import Fact, OfIncident
from bot.domain.webhook_events import event_of, heard, wants
from bot.domain.webhooks import Standing, fingerprint, wait
from bot.integrations.webhooks.endpoint import GONE, Endpoint, UnderWay
from bot.integrations.webhooks.guard import Guard
from bot.integrations.webhooks.payloads import hidden, payload
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.webhooks import JOB, webhook_failed, webhook_works
from bot.unit_of_work import UnitOfWork
from storage import incidents, webhooks
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.webhooks")

_BUGS = (AttributeError, LookupError, TypeError, ValueError, Refused)
"""What a mistake in telling a fact raises. No decision fails for it: it may be one that pages."""


class Webhooks:
    """All that are configured. `database` tells events of ours from those of another Muster."""

    def __init__(
        self,
        uow: UnitOfWork,
        settings: Sequence[WebhookSettings],
        clock: Clock,
        database: str,
        guard: Guard | None = None,
    ) -> None:
        guard, under_way = guard or Guard(), UnderWay()
        self._each = [
            Webhook(uow, Endpoint(one, clock, guard, under_way), clock, database) for one in settings
        ]

    def jobs(self) -> list[Job]:
        return [one.job() for one in self._each]


class Webhook:
    """One tool that is told of what happens."""

    def __init__(self, uow: UnitOfWork, endpoint: Endpoint, clock: Clock, database: str) -> None:
        self._uow = uow
        self._endpoint = endpoint
        self._clock = clock
        self._database = database
        self._settings = endpoint.settings
        self._address = fingerprint(endpoint.settings.url)

    def job(self) -> Job:
        name = self._settings.name
        return Job(
            f"{JOB}{name}",
            heard(self._settings.events),
            self.send,
            f"webhook:{name}:{{incident}}",
            self._given_up,
            about=self._told,
            on_retry=self._failed,
        )

    def _told(self, tx: Tx, fact: Fact) -> Subjects:
        """Return the event that is told of a fact, as it is now; none while the webhook is disabled."""
        if not wants(self._settings.events, event_of(fact).type):
            return ()
        if webhooks.of(tx, self._settings.name, self._address).disabled_at:
            return ()
        try:
            said = payload(tx, fact, private=self._settings.private)
        except _BUGS:
            log.exception("%s could not be told", type(fact).__name__)
            return ()
        return ({"incident": fact.incident if isinstance(fact, OfIncident) else 0, "said": said},)

    async def send(self, delivery: Delivery) -> Effect | None:
        """Send an event. Every attempt has the same id, so one that arrived before is no second event."""
        name = self._settings.name
        standing, private = await self._uow.read(self._seen, delivery.subject["incident"])
        if standing.disabled_at:
            raise DeliveryFailed(f"the webhook {name} is disabled: {standing.error}", permanent=True)
        said = {**delivery.subject["said"], "sequence": delivery.id}
        if private:  # since it happened
            said["data"] = hidden(delivery.subject["incident"])
        try:
            await self._endpoint.send(self._message_id(delivery), said)
        except DeliveryFailed as failure:
            raise self._later(delivery, failure) from None
        return partial(webhook_works, name=name) if standing.failing_from else None

    def _seen(self, tx: Tx, incident: int) -> tuple[Standing, bool]:
        """Return how it stands, and whether the incident is one of which it is told the number alone."""
        standing = webhooks.of(tx, self._settings.name, self._address)
        return standing, bool(incident and not self._settings.private and incidents.get(tx, incident).private)

    def _message_id(self, delivery: Delivery) -> str:
        """Return the event's id. A restored database gives numbers out anew: the time is in it too."""
        parts = (self._database, delivery.id, delivery.subject["said"]["timestamp"])
        return f"msg_{hashlib.sha256(':'.join(map(str, parts)).encode()).hexdigest()[:32]}"

    def _later(self, delivery: Delivery, failure: DeliveryFailed) -> DeliveryFailed:
        """Return the failure with when it is tried again."""
        if failure.held or failure.permanent:
            return failure
        planned = wait(delivery.tries, delivery.id, self._clock.now() - delivery.created_at)
        after = max(planned, failure.after) if failure.after else planned
        return DeliveryFailed(failure.reason, uncertain=failure.uncertain, after=after)

    def _failed(self, tx: Tx, _: Delivery, reason: str) -> None:
        webhook_failed(tx, self._settings.name, self._address, reason)

    def _given_up(self, tx: Tx, delivery: Delivery, reason: str) -> None:
        said: dict[str, Any] = {"webhook": self._settings.name, "delivery": delivery.id, "reason": reason}
        log.warning("an event was given up; muster outbox lists it", extra=said)
        webhook_failed(tx, self._settings.name, self._address, reason, gone=reason == GONE)
