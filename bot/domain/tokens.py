"""Tokens: how a program proves to the API who it is, and what it may do there."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.actors import Actor, Machine, MachineKind

PREFIX = "muster_"
"""What each of our tokens begins with, so that a scanner of secrets knows one."""
PRIVATE = "incidents:private"
"""Without it a token knows of no private incident, whoever it acts for."""
WALL = "wall"
"""It opens the board for a screen in the office, and nothing else."""
SCOPES = {
    "alerts:read": "read alerts",
    "blocks:read": "read which incidents halt deployments and changes of feature flags",
    "follow_ups:read": "read follow-ups",
    "follow_ups:write": "add, change and end follow-ups",
    "incidents:read": "read incidents, their updates, actions, timelines, roles, fields and figures",
    "incidents:write": "declare incidents and change all of that",
    PRIVATE: "know of private incidents and private follow-ups too, with one of the others",
    "oncall:read": "read who is on call, schedules and overrides",
    "oncall:write": "make and cancel overrides",
    "outbox:read": "see what could not be sent, and why",
    "outbox:write": "send that again, or drop it",
    "pages:write": "page teams and people, acknowledge pages",
    WALL: "show the board of public incidents on a screen, at an address that has the token in it",
}
"""What a token may be made for. Each is said in the API's document too."""

SAME_ANSWER = timedelta(days=1)
"""For how long a request that comes again with its key is answered the same."""
NOTED = timedelta(minutes=1)
"""How often at most it is noted that a token was used."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept. It never says what it is itself. It may act for a `person`."""

    id: int
    name: str
    scopes: frozenset[str]
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None
    person: str = ""

    @property
    def actor(self) -> Actor:
        """Whoever does what this token asks for."""
        return self.person or Machine(MachineKind.TOKEN, self.name)

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
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
