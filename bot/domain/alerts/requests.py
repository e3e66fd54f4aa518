"""Requests with alerts, as they are found by their trace, and what their alerts came to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache


class Result(StrEnum):
    """What is counted of a source.

    `taken` is what it told, and of that `duplicate` what fires already, `unmatched` what is over without
    having fired, and `unreadable` what could not be read. What fires anew is decided about later: it `opened`
    an incident, `joined` one, `paged` without one, or is `kept` for people to look at, `shelved`, `held` by a
    maintenance, or `waits` for working time. Of that `unrouted` is what no rule matched.
    """

    TAKEN = "taken"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    UNMATCHED = "unmatched"
    UNREADABLE = "unreadable"
    OPENED = "opened"
    JOINED = "joined"
    PAGED = "paged"
    KEPT = "kept"
    SHELVED = "shelved"
    HELD = "held"
    WAITS = "waits"
    UNROUTED = "unrouted"


_BEGINNINGS = {
    "opened ": Result.OPENED,
    "joined ": Result.JOINED,
    "paged ": Result.PAGED,
    "put aside": Result.SHELVED,
    "held by ": Result.HELD,
    "waits for ": Result.WAITS,
}


@lru_cache(maxsize=1000)
def result_of(outcome: str) -> Result:
    """Return as what the outcome of an alert is counted, by how it begins."""
    return next(
        (found for beginning, found in _BEGINNINGS.items() if outcome.startswith(beginning)), Result.KEPT
    )


def joined_page(page: int) -> str:
    """Return the outcome of an alert whose group is called for already."""
    return f"joined page {page}, which its group has"


@dataclass(frozen=True, slots=True)
class Traced:
    """What a request told of an alert. Without an `alert` none was open that it could have meant."""

    trace: str
    source: str
    told: str
    alert: int | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that was not taken: from where, and why. Without a `source` nobody knows whose it was."""

    trace: str
    source: str
    address: str
    reason: str
    at: datetime
