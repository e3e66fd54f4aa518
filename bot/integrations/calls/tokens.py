"""A service that is called with a token of its own that lasts for a while."""

from abc import ABC, abstractmethod
from typing import Any

from bot.clock import Clock
from bot.integrations.destination import REFUSED, Denied, Destination
from bot.jobs import DeliveryFailed

SOONER = 60.0
"""Seconds before its end that a token is renewed."""


class Tokened(ABC):
    """Calls a service by its `api`, with a token that is asked for when there is none or it is over."""

    name: str

    def __init__(self, api: Destination, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._token = ""
        self._until = float("-inf")

    @abstractmethod
    async def _asked(self) -> Any:
        """Ask for a token; return what is answered, as OAuth has it. Raises DeliveryFailed."""

    async def _call(self, method: str, path: str, said: Any) -> tuple[int, Any]:
        """Call the service. Raises DeliveryFailed, or Gone for what is not there.

        A token may be worth nothing before its end, as when somebody revoked it: then there is a new one at
        once, as a call that was not made now is never made.
        """
        if self._clock.monotonic() < self._until:
            try:
                return await self._tried(method, path, said)
            except Denied:
                pass  # nothing was done
        await self._renew()
        return await self._tried(method, path, said)

    async def _tried(self, method: str, path: str, said: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            return await self._api.call(method, path, said=said, headers=headers)
        except DeliveryFailed:
            self._until = float("-inf")  # it may have been revoked: the next one asks anew
            raise

    async def _renew(self) -> None:
        now = self._clock.monotonic()
        try:
            found = await self._asked()
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise
            # the operator mends what it is asked with; it says nothing of what is called
            raise DeliveryFailed(failure.reason, after=REFUSED) from None
        token, lasts = (
            (found.get(one) for one in ("access_token", "expires_in")) if isinstance(found, dict) else ("", 0)
        )
        if not isinstance(token, str) or not isinstance(lasts, int):
            raise DeliveryFailed(f"{self.name} gave no token")
        self._token, self._until = token, now + lasts - SOONER
