"""A trial: somebody tests how they are paged, by Slack and by each of their doors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.process import Contact

FIRST_DOOR = "slack"
RUNS = timedelta(minutes=2)
"""How long a trial is waited for before its person may begin another."""


@dataclass(frozen=True, slots=True)
class Way:
    """One door of a trial: taken by its service at `handed_at`, said to have arrived at `confirmed_at`."""

    door: str
    handed_at: datetime | None = None
    confirmed_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """One test of a person's doors."""

    id: int
    person: str
    begun_at: datetime
    ways: Sequence[Way]
    dm_channel: str | None = None
    dm_ts: str | None = None

    def way(self, door: str) -> Way | None:
        return next((way for way in self.ways if way.door == door), None)


def ways_of(contact: Contact) -> tuple[Way, ...]:
    """Return what a trial tries: Slack, and every door that the person has."""
    return tuple(Way(door) for door in (FIRST_DOOR, *contact.addresses))


def runs(trial: Trial, now: datetime) -> bool:
    """Say whether a trial is under way: something in it still waits, and it began a moment ago."""
    settled = all(way.confirmed_at or way.error for way in trial.ways)
    return not settled and now - trial.begun_at < RUNS
