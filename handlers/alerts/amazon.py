"""Whether a message of Amazon SNS is taken: signed by Amazon, of a topic that we take, about an alert."""

import logging
from collections.abc import Mapping
from typing import Any, Protocol

from bot.domain.alerts.routing import Source
from bot.domain.errors import Refused
from bot.intake.sns import CONFIRM, ENDED
from bot.intake.sns_signed import is_signed, of_amazon

log = logging.getLogger("muster.alerts")

NOT_SIGNED = "Amazon SNS did not sign this; raw message delivery is to be off"
NO_TOPIC = "its topic is not among the `topics` of the source"


class Amazon(Protocol):
    """What is asked of Amazon. What cannot be asked now raises AmazonAway."""

    async def certificate(self, url: str) -> bytes: ...

    async def confirm(self, url: str) -> None: ...


async def looked_at(told: Mapping[str, Any], source: Source, amazon: Amazon) -> None:
    """See that Amazon signed a message, and confirm a subscription that it asks for. Raises Refused."""
    place = of_amazon(told.get("SigningCertURL"), ".pem")
    if not place or not is_signed(told, await amazon.certificate(place)):
        raise Refused(NOT_SIGNED)
    topic, kind = str(told.get("TopicArn")), told.get("Type")
    if source.topics and topic not in source.topics:
        raise Refused(NO_TOPIC)
    if kind == CONFIRM:
        await amazon.confirm(of_amazon(told.get("SubscribeURL")))
        log.info("a subscription was confirmed", extra={"source": source.name, "topic": topic})
    elif kind == ENDED:
        log.warning(
            "Amazon sends no alerts of a topic any more: somebody ended the subscription",
            extra={"source": source.name, "topic": topic},
        )
