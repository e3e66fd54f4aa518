"""Overrides: for a time, other people are on call than the schedule's layers say.

An override has moments of its own and names nobody's turn, so it keeps its dates when a rotation changes.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.errors import Refused
from bot.domain.oncall.schedules import FOREVER, Turn

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Override:
    """From `start` until `end`, in UTC, these people are on call and nobody else."""

    start: datetime
    end: datetime
    people: Turn


class Overrides:
    """The overrides of one schedule, in order. Of two that overlap the one that starts later is followed."""

    name = "override"

    def __init__(self, overrides: Iterable[Override] = ()) -> None:
        self._all = sorted(overrides, key=lambda one: (one.start, one.end))
        self._starts = [one.start for one in self._all]

    def at(self, moment: datetime) -> tuple[Turn, datetime]:
        """Return who is on call by an override, which may be nobody, and until when that stays so."""
        after = bisect_right(self._starts, moment)
        following = self._starts[after] if after < len(self._starts) else FOREVER
        if after and moment < (current := self._all[after - 1]).end:
            return current.people, min(current.end, following)
        return (), following

    def overlapping(self, start: datetime, end: datetime) -> Override | None:
        """Return the first override that holds any moment from `start` until `end`."""
        return next((one for one in self._all if one.start < end and start < one.end), None)


NONE = Overrides()


def accepted(new: Override, others: Overrides, now: datetime) -> Override:
    """Return an override as it is kept, from now on at the earliest as the past stays; or refuse it."""
    if not new.people:
        raise Refused("Name who is on call instead.")
    if new.end <= new.start:
        raise Refused("An override has to end after it starts.")
    if new.end <= now:
        raise Refused("This time is over already. An override can only change who is on call from now on.")
    if new.end - new.start > LONGEST:
        raise Refused("An override lasts a year at most. For longer, change the schedule in `muster.yml`.")
    kept = replace(new, start=max(new.start, now))
    if other := others.overlapping(kept.start, kept.end):
        start, end = (f"{moment:%Y-%m-%d %H:%M}" for moment in (other.start, other.end))
        raise Refused(
            f"There is an override from {start} to {end} UTC already. "
            "Choose another time, or remove that one first."
        )
    return kept
