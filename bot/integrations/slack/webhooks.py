"""Tells somebody that a webhook was disabled."""

import logging
from collections.abc import Mapping

from bot.domain.facts import WebhookDisabled
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Job
from bot.unit_of_work import UnitOfWork
from bot.views import webhooks as view
from storage import people, places
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.webhooks")


class WebhookWarnings:
    """`channels` names the channel that hears of each webhook; of others whoever is first on call does."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient, channels: Mapping[str, str]) -> None:
        self._uow = uow
        self._slack = slack
        self._channels = channels

    def jobs(self) -> list[Job]:
        return [
            Job("slack.tell_webhook_disabled", {WebhookDisabled}, self.tell, "webhook_told:{name}", _unsaid)
        ]

    async def tell(self, delivery: Delivery) -> None:
        name, why, gone = (delivery.subject[key] for key in ("name", "why", "gone"))
        to = await self._uow.read(self._whom, name)
        if not to:
            raise DeliveryFailed("nobody is on call, and no channel is named", permanent=True)
        readable = not to.startswith(("U", "W"))
        await self._slack.post(delivery, to, view.disabled(name, why, gone=gone), readable=readable)

    def _whom(self, tx: Tx, name: str) -> str:
        place = places.named(tx, self._channels.get(name, ""))
        if place and not place.archived:
            return place.id
        return next((who for called in people.on_call(tx).values() for who in called), "")


def _unsaid(_: Tx, delivery: Delivery, reason: str) -> None:
    said = {"webhook": delivery.subject["name"], "reason": reason}
    log.error("a webhook is disabled, and nobody could be told", extra=said)
