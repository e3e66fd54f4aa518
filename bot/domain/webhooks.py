"""Webhooks to tools outside: when one is tried again, and when it is left alone for good."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.retries import GIVE_UP_AFTER

WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
"""How long after each attempt the next one follows: the schedule of Standard Webhooks."""
DISABLED_AFTER = timedelta(days=5)
"""A webhook that took nothing for so long is disabled."""

_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class Standing:
    """How a webhook stands at an address: since when it has failed, and whether it is disabled."""

    name: str
    address: str
    failing_from: datetime | None = None
    disabled_at: datetime | None = None
    error: str = ""


def fingerprint(url: str) -> str:
    """Return what tells addresses apart without keeping them, as they may hold secrets."""
    return hashlib.sha256(url.encode()).hexdigest()


def wait(tries: int, delivery: int, age: timedelta) -> timedelta:
    """Return how long to wait after so many tries of a delivery of that age. The last one is a day old.

    The waits are spread a little, by the delivery's number, so that they repeat in a test.
    """
    planned = WAITS[min(tries, len(WAITS)) - 1] * (1 + 0.1 * (delivery * _GOLDEN % 1))
    left = GIVE_UP_AFTER - age
    return min(planned, left + timedelta(seconds=1)) if left > timedelta() else planned


def failed(standing: Standing, now: datetime, error: str, *, gone: bool = False) -> Standing:
    """Return how it stands after a failure; `gone`: its endpoint says that it is to be sent nothing more."""
    since = standing.failing_from or now
    disabled = standing.disabled_at or (now if gone or now - since >= DISABLED_AFTER else None)
    return Standing(standing.name, standing.address, since, disabled, error)
