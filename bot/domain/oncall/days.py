"""A schedule day by day, as somebody reads it on their own clock: who, where overridden, and the gaps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.domain.oncall.overrides import NONE, Overrides
from bot.domain.oncall.schedules import Schedule, Turn
from bot.domain.oncall.shifts import OVERRIDE, decided

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` until `end` these people are on call: nobody, where there are none.

    Where it is `overridden`, they are so instead of whom the layers have then.
    """

    start: datetime
    end: datetime
    people: Turn
    overridden: bool = False
    instead: Turn = ()


@dataclass(frozen=True, slots=True)
class Day:
    """What of the stretches lies within one day of the reader's."""

    date: date
    start: datetime
    end: datetime
    stretches: Sequence[Stretch]


def stretches(schedule: Schedule, overrides: Overrides, start: datetime, end: datetime) -> Iterator[Stretch]:
    """Yield who is on call from `start` until `end`, each beginning where the one before it ends.

    Unlike a shift, one ends too where an override begins or ends that changes nobody's turn.
    """
    current, at = None, start
    while at < end:
        found, planned = decided(schedule, overrides, at), decided(schedule, NONE, at)
        overridden = found.by == OVERRIDE
        instead = tuple(who for who in planned.people if who not in found.people) if overridden else ()
        until = min(found.end, end)  # which is no later than when the turn ends that an override covers
        new = Stretch(at, until, found.people, overridden, instead)
        at = until
        if current and replace(current, start=new.start, end=new.end) == new:
            current = replace(current, end=new.end)
            continue
        if current:
            yield current
        current = new
    if current:
        yield current


def days(found: Iterable[Stretch], first: date, count: int, zone: tzinfo) -> list[Day]:
    """Return `count` days from `first` on, as the clocks of `zone` have them, with what lies in each."""
    all_of = list(found)
    each = []
    for number in range(count):
        start, end = (midnight(first + (number + n) * _DAY, zone) for n in (0, 1))
        within = [
            replace(one, start=max(one.start, start), end=min(one.end, end))
            for one in all_of
            if one.start < end and start < one.end
        ]
        each.append(Day(first + number * _DAY, start, end, within))
    return each


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return when a day begins on the clocks of a zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
