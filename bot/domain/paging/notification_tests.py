"""A test notification: somebody tests how they are paged, by Slack and by each of their contact methods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.process import Contact

FIRST_CONTACT_METHOD = "slack"
RUNS = timedelta(minutes=2)
"""How long a test notification is waited for before its person may begin another."""


@dataclass(frozen=True, slots=True)
class MethodTest:
    """One method of a test: taken by its service at `handed_at`, said to have arrived at `confirmed_at`."""

    contact_method: str
    handed_at: datetime | None = None
    confirmed_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class NotificationTest:
    """One test of a person's contact methods."""

    id: int
    person: str
    begun_at: datetime
    ways: Sequence[MethodTest]
    dm_channel: str | None = None
    dm_ts: str | None = None

    def way(self, contact_method: str) -> MethodTest | None:
        return next((way for way in self.ways if way.contact_method == contact_method), None)


def ways_of(contact: Contact) -> tuple[MethodTest, ...]:
    """Return what a test notification tries: Slack, and every contact method that the person has."""
    return tuple(MethodTest(contact_method) for contact_method in (FIRST_CONTACT_METHOD, *contact.addresses))


def runs(notification_test: NotificationTest, now: datetime) -> bool:
    """Say whether a test is under way: something in it still waits, and it began a moment ago."""
    settled = all(way.confirmed_at or way.error for way in notification_test.ways)
    return not settled and now - notification_test.begun_at < RUNS
