"""How a text leaves by an Apprise URL: whatever Apprise knows, each time in a thread of its own."""

import logging
import re
import threading
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from bot.config.contact_methods import ContactMethod, apprise
from bot.integrations.outgoing import Outgoing
from bot.integrations.threads import in_a_thread
from bot.jobs import DeliveryFailed

log = logging.getLogger("muster.contact_methods")

_STATUS = re.compile(r"\berror=(\d{3})\b")


class Carrier(Protocol):
    """Brings texts to URLs."""

    async def carry(self, url: str, text: str) -> None:
        """Hand a text over. Raises DeliveryFailed, without the URL in it."""
        ...


class AppriseCarrier:
    """Hands texts to Apprise, in threads that neither the loop nor a stop waits for."""

    def __init__(self) -> None:
        self._heard = _Heard()

    async def carry(self, url: str, text: str) -> None:
        service = apprise().Apprise.instantiate(url, suppress_exceptions=True)
        if service is None:
            raise DeliveryFailed("Apprise does not understand the address", permanent=True)
        failure = await in_a_thread(partial(self._heard.outcome, service, text))
        if failure is not None:
            raise failure


@dataclass(frozen=True, slots=True)
class AppriseSender:
    """Sends texts by a contact method that is an Apprise URL."""

    _contact_method: ContactMethod
    _carrier: Carrier

    async def send(self, message: Outgoing) -> None:
        await self._carrier.carry(self._contact_method.url(message.address), message.text)


class _Heard(logging.Handler):
    """Listens to what Apprise logs, for the status alone: the rest holds addresses, and goes nowhere."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._here = threading.local()
        logger = logging.getLogger("apprise")
        logger.handlers[:] = [self]
        logger.setLevel(logging.WARNING)
        logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        if found := _STATUS.search(record.getMessage()):
            self._here.status = found[1]

    def outcome(self, service: Any, text: str) -> DeliveryFailed | None:
        """Send a text from the thread of the caller, and return what went wrong."""
        try:
            if service.notify(body=text, body_format=apprise().NotifyFormat.TEXT):
                return None
        except Exception as error:
            log.exception("a contact method hit a bug")
            return DeliveryFailed(f"it broke: {type(error).__name__}", uncertain=True)
        status = getattr(self._here, "status", None)
        if status:
            return DeliveryFailed(f"it answered {status}")
        return DeliveryFailed("it could not be reached", uncertain=True)
