"""How a text leaves by an Apprise URL: whatever Apprise knows, each time in a thread of its own."""

import asyncio
import logging
import re
import threading
from contextlib import suppress
from typing import Protocol

import apprise

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
        service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
        if service is None:
            raise DeliveryFailed("Apprise does not understand the address", permanent=True)
        failure = await self._in_a_thread(service, text)
        if failure is not None:
            raise failure

    def _in_a_thread(self, service: apprise.NotifyBase, text: str) -> asyncio.Future[DeliveryFailed | None]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[DeliveryFailed | None] = loop.create_future()

        def settle(failure: DeliveryFailed | None) -> None:
            if not done.done():
                done.set_result(failure)

        def work() -> None:
            failure = self._heard.outcome(service, text)
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settle, failure)

        threading.Thread(target=work, name="contact method", daemon=True).start()
        return done


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

    def outcome(self, service: apprise.NotifyBase, text: str) -> DeliveryFailed | None:
        """Send a text from the thread of the caller, and return what went wrong."""
        try:
            if service.notify(body=text, body_format=apprise.NotifyFormat.TEXT):
                return None
        except Exception as error:
            log.exception("a contact method hit a bug")
            return DeliveryFailed(f"it broke: {type(error).__name__}", uncertain=True)
        status = getattr(self._here, "status", None)
        if status:
            return DeliveryFailed(f"it answered {status}")
        return DeliveryFailed("it could not be reached", uncertain=True)
