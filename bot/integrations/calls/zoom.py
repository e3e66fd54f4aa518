"""Zoom's meetings, by a server-to-server OAuth app: one for an incident, ended when it is closed."""

import base64
import re
from typing import Any
from urllib.parse import quote

from bot.clock import Clock
from bot.config.calls import ZoomSettings
from bot.integrations.calls.tokens import Tokened
from bot.integrations.destination import Destination, Gone
from bot.jobs import DeliveryFailed

RECURRING = 3
"""The type of a meeting without a time: it can be joined again after everybody has left."""
_JOIN = re.compile(r"https://[\w.-]+/j/(?P<number>\d+)(?:\?|$)")


class Zoom(Tokened):
    """Makes meetings. Raises DeliveryFailed."""

    name = "Zoom"

    def __init__(self, settings: ZoomSettings, clock: Clock) -> None:
        super().__init__(Destination("Zoom", settings.api, {}, clock), clock)
        basic = base64.b64encode(f"{settings.client}:{settings.secret}".encode()).decode()
        self._oauth = Destination("Zoom", settings.oauth, {"Authorization": f"Basic {basic}"}, clock)
        self._settings = settings

    async def create(self, incident: int) -> str:
        """Make a meeting and return the address to join it; which user hosts it goes by the incident."""
        hosts = self._settings.hosts
        host = hosts[incident % len(hosts)]  # a user hosts one meeting at a time
        said = {
            # whose calendar it is in may not be one of the incident's people
            "topic": f"INC-{incident}",
            "type": RECURRING,
            "settings": {"join_before_host": True, "waiting_room": False, "meeting_authentication": True},
        }
        _, found = await self._call("POST", f"v2/users/{quote(host, safe='@')}/meetings", said)
        address = found.get("join_url") if isinstance(found, dict) else None
        if not isinstance(address, str) or not address.startswith("https://"):
            raise DeliveryFailed("Zoom answered what is no meeting", uncertain=True)
        return address

    def owns(self, address: str) -> bool:
        return bool(_JOIN.match(address))

    async def end(self, address: str) -> None:
        """End a meeting for whoever is still in it."""
        found = _JOIN.match(address)
        if not found:
            return
        try:
            await self._call("PUT", f"v2/meetings/{found['number']}/status", {"action": "end"})
        except Gone:
            return
        except DeliveryFailed as failure:
            if not failure.permanent:  # else it is over already
                raise

    async def _asked(self) -> Any:
        asked = {"grant_type": "account_credentials", "account_id": self._settings.account}
        return (await self._oauth.call("POST", "oauth/token", asked=asked))[1]
