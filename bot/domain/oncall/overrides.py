"""Overrides: for a time, somebody else is on call than the schedule's layers say.

An override has moments of its own and names nobody's turn, so it keeps its dates when a rotation changes.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate

from bot.domain.errors import Refused
from bot.domain.oncall.schedules import FOREVER, Turn

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Override:
    """From `start` until `end`, in UTC, `person` is on call instead of `replaces`; without, of everybody.

    The `id` is that of a stored one.
    """

    start: datetime
    end: datetime
    person: str
    replaces: str = ""
    id: int = 0


class Overrides:
    """The overrides of one schedule, in the order in which they were made.

    Each changes what those before it have left. So whoever covers for somebody can be covered for, too.
    """

    def __init__(self, overrides: Iterable[Override] = ()) -> None:
        self._all = sorted(enumerate(overrides), key=lambda one: one[1].start)
        self._starts = [one.start for _, one in self._all]
        self._over = list(accumulate((one.end for _, one in self._all), max))
        """When all that start before this one or with it are over."""

    @property
    def people(self) -> Turn:
        """Everybody whom they put on call or replace."""
        named = (who for _, one in self._all for who in (one.person, one.replaces) if who)
        return tuple(dict.fromkeys(named))

    def renamed(self, names: Mapping[str, str]) -> "Overrides":
        """Return the overrides with other names for those people who have one."""
        return Overrides(
            replace(
                one, person=names.get(one.person, one.person), replaces=names.get(one.replaces, one.replaces)
            )
            for _, one in sorted(self._all, key=lambda one: one[0])
        )

    def at(self, moment: datetime, people: Turn) -> tuple[Turn, datetime]:
        """Return who is on call where the layers have `people`, and until when these overrides stay so."""
        number = bisect_right(self._starts, moment)
        until = self._starts[number] if number < len(self._starts) else FOREVER
        active = []
        while number and moment < self._over[number - 1]:
            number -= 1
            if moment < self._all[number][1].end:
                active.append(self._all[number])
        for _, one in sorted(active, key=lambda one: one[0]):
            until = min(until, one.end)
            people = _changed(people, one)
        return people, until

    def overlapping(self, new: Override) -> Override | None:
        """Return the first override of the same people that holds any moment of the new one."""
        return next(
            (
                one
                for _, one in self._all
                if one.replaces == new.replaces and one.start < new.end and new.start < one.end
            ),
            None,
        )


NONE = Overrides()


def accepted(new: Override, others: Overrides, now: datetime) -> Override:
    """Return an override as it is kept, from now on at the earliest as the past stays; or refuse it."""
    if not new.person or new.person == new.replaces:
        raise Refused("Name who is on call instead.")
    if new.end <= new.start:
        raise Refused("An override has to end after it starts.")
    if new.end <= now:
        raise Refused("This time is over already. An override can only change who is on call from now on.")
    if new.end - new.start > LONGEST:
        raise Refused("An override lasts a year at most. For longer, change the schedule in `muster.yml`.")
    kept = replace(new, start=max(new.start, now))
    if other := others.overlapping(kept):
        start, end = (f"{moment:%Y-%m-%d %H:%M}" for moment in (other.start, other.end))
        raise Refused(
            f"There is an override from {start} to {end} UTC already. "
            "Choose another time, or remove that one first."
        )
    return kept


def _changed(people: Turn, by: Override) -> Turn:
    if not by.replaces:
        return (by.person,)
    return tuple(dict.fromkeys(by.person if one == by.replaces else one for one in people))
