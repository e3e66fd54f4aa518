"""Google Meet's spaces: one for an incident, made as a user of the Workspace by a service account."""

import base64
import json
import re
from typing import Any

from bot.clock import Clock
from bot.config.calls import MeetSettings
from bot.integrations.calls.tokens import Tokened
from bot.integrations.destination import Destination, Gone
from bot.jobs import DeliveryFailed

try:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
except ImportError:  # an extra
    rsa = None  # type: ignore[assignment]

SCOPE = "https://www.googleapis.com/auth/meetings.space.created"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LASTS = 3600
"""Seconds that a signed request for a token is good for, at most."""
EXTRA = "Google Meet needs the package cryptography: pip install 'muster-bot[alerts]'"
_JOIN = re.compile(r"https://meet\.google\.com/(?P<code>[a-z]+-[a-z]+-[a-z]+)")


class Meet(Tokened):
    """Makes spaces. Raises DeliveryFailed."""

    name = "Google Meet"

    def __init__(self, settings: MeetSettings, clock: Clock) -> None:
        super().__init__(Destination("Google Meet", settings.api, {}, clock), clock)
        self._oauth = Destination("Google", settings.oauth, {}, clock)
        self._settings = settings

    async def create(self, incident: int) -> str:
        """Make a space and return its address. Who is not of the organisation has to be let in."""
        _, found = await self._call("POST", "v2/spaces", {"config": {"accessType": "TRUSTED"}})
        address = found.get("meetingUri") if isinstance(found, dict) else None
        if not isinstance(address, str) or not address.startswith("https://"):
            raise DeliveryFailed("Google Meet answered what is no space", uncertain=True)
        return address

    def owns(self, address: str) -> bool:
        return bool(_JOIN.match(address))

    async def end(self, address: str) -> None:
        """End the call that is going on in a space, if there is one."""
        found = _JOIN.match(address)
        if not found:
            return
        try:
            _, space = await self._call("GET", f"v2/spaces/{found['code']}", None)
            if isinstance(space, dict) and space.get("activeConference"):
                await self._call("POST", f"v2/{space['name']}:endActiveConference", {})
        except Gone:
            return

    async def _asked(self) -> Any:
        form = {"grant_type": GRANT, "assertion": self._assertion()}
        return (await self._oauth.call("POST", "token", form=form))[1]

    def _assertion(self) -> str:
        """Return what asks for a token: a JWT signed with the service account's key (RFC 7523)."""
        if rsa is None:
            raise DeliveryFailed(EXTRA, permanent=True)
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self._settings.account,
            "sub": self._settings.user,
            "scope": SCOPE,
            "aud": f"{self._settings.oauth}/token",
            "iat": now,
            "exp": now + LASTS,
        }
        signed = ".".join(
            _encoded(json.dumps(one).encode()) for one in ({"alg": "RS256", "typ": "JWT"}, claims)
        )
        try:
            key = load_pem_private_key(self._settings.key.encode(), password=None)
        except ValueError:
            raise DeliveryFailed("the service account's private key cannot be read", permanent=True) from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise DeliveryFailed("the service account's key is no RSA key", permanent=True)
        return f"{signed}.{_encoded(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
