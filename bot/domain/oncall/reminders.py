"""When somebody is reminded that their shift begins, and when to look at a schedule again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.oncall.overrides import Overrides
from bot.domain.oncall.schedules import Schedule
from bot.domain.oncall.shifts import shifts

LOOK_AGAIN = timedelta(days=1)
"""Rotations and overrides change: nothing is planned for longer ahead."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """At `at` this person is reminded of the shift that begins at `start` and lasts until `end`."""

    at: datetime
    person: str
    start: datetime
    end: datetime


def between(schedule: Schedule, overrides: Overrides, after: datetime, until: datetime) -> list[Reminder]:
    """Return the reminders that are due after `after`, up to `until`, in their order."""
    notices = schedule.reminders
    if not notices:
        return []
    found = [
        Reminder(start - notice, person, start, end)
        for person, start, end in _beginning(schedule, overrides, after, until + max(notices))
        for notice in notices
        if after < start - notice <= until
    ]
    return sorted(found, key=lambda one: (one.at, one.person))


def next_look(schedule: Schedule, overrides: Overrides, now: datetime) -> datetime:
    """Return when there is somebody to remind, when a shift ends, or when to look again."""
    current = next(shifts(schedule, overrides, now, now + LOOK_AGAIN))
    return min([current.end, *(one.at for one in between(schedule, overrides, now, current.end))])


def _beginning(
    schedule: Schedule, overrides: Overrides, start: datetime, end: datetime
) -> Iterator[tuple[str, datetime, datetime]]:
    """Yield who begins a shift from `start` until `end`, and from when until when they have it."""
    before: tuple[str, ...] = ()
    for shift in shifts(schedule, overrides, start, end + _SHOWN):
        if start < shift.start <= end:
            yield from ((one, shift.start, shift.end) for one in shift.people if one not in before)
        before = shift.people


_SHOWN = timedelta(days=31)
"""How far ahead the end of a shift is looked for."""
