"""Tokens: how a program proves to the API who it is, and what it may do there."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

PREFIX = "muster_"
"""What each of our tokens begins with, so that a scanner of secrets knows one."""
SCOPES = {"blocks:read": "read which incidents halt deployments and changes of feature flags"}

NOTED = timedelta(minutes=1)
"""How often at most it is noted that a token was used."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept. It never says what it is itself."""

    id: int
    name: str
    scopes: frozenset[str]
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None

    def state(self, now: datetime) -> str:
        """Return `valid`, or why it is not."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= now else "valid"

    def unnoted(self, now: datetime) -> bool:
        """Say whether its use is to be noted."""
        return self.used_at is None or now - self.used_at >= NOTED


def hashed(token: str) -> str:
    """Return what is kept of a token. It is long and random: no salt, and no slow hash, is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
