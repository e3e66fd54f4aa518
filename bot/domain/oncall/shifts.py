"""Who is on call: one function answers it for a moment, and everything else here asks that one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import combinations, product

from bot.domain.oncall.overrides import NONE, Overrides
from bot.domain.oncall.schedules import FOREVER, Schedule, Turn

HORIZON = timedelta(days=366)
"""How far a change or a shift is looked for: in a rotation of one person there never is one."""
HOUR = timedelta(hours=1)
OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Shift:
    """These people are on call from `start` until `end`, by the layer of this name or by an override.

    One without people is a gap.
    """

    start: datetime
    end: datetime
    people: Turn
    by: str = ""


@dataclass(frozen=True, slots=True)
class LastKnown:
    """Who is on call by each schedule with its calendar and overrides, as it was read last.

    It answers while the database is away. `phones` has the numbers of people, `gone` who has left.
    """

    schedules: Mapping[str, tuple[Schedule, Overrides]] = field(default_factory=dict)
    phones: Mapping[str, str] = field(default_factory=dict, repr=False)
    gone: frozenset[str] = frozenset()

    def on_call(self, schedule: Schedule, at: datetime) -> Turn:
        """Return who is on call; by a schedule that was not read yet as the configuration has it."""
        turn = on_call(*self.schedules.get(schedule.name, (schedule, NONE)), at)
        return tuple(who for who in turn if who not in self.gone)


@dataclass(frozen=True, slots=True)
class Hour:
    """A step of a coverage: everybody who is on call in it, and whether somebody is all the time."""

    start: datetime
    people: Turn
    covered: bool


@dataclass(frozen=True, slots=True)
class Twice:
    """One person is on call at two levels of one path: the second call is no help."""

    person: str
    levels: tuple[str, str]
    start: datetime
    end: datetime


def on_call(schedule: Schedule, overrides: Overrides, at: datetime) -> Turn:
    """Return who is on call at a moment: those of the last layer that has any, as overrides change them."""
    return decided(schedule, overrides, at).people


def shadowing(schedule: Schedule, overrides: Overrides, at: datetime) -> Turn:
    """Return who is told of a page and not paged: whoever shadows and is not on call."""
    if not schedule.shadow:
        return ()
    called = on_call(schedule, overrides, at)
    shadows = on_call(Schedule(schedule.name, schedule.shadow), NONE, at)
    return tuple(person for person in shadows if person not in called)


def decided(schedule: Schedule, overrides: Overrides, at: datetime) -> Shift:
    """Return who is on call at a moment, and by what; until its end, and perhaps longer, that stays so."""
    until, by = FOREVER, ""
    turn: Turn = ()
    for layer in reversed(schedule.sources):
        turn, holds = layer.at(at)
        until = min(until, holds)
        if turn:
            by = layer.name
            break
    people, holds = overrides.at(at, turn)
    return Shift(at, min(until, holds), people, by if people == turn else OVERRIDE)


def shifts(schedule: Schedule, overrides: Overrides, start: datetime, end: datetime) -> Iterator[Shift]:
    """Yield who is on call from `start` until `end`, each shift beginning where the one before it ends.

    What begins earlier or ends later is cut. Neighbours with the same people are one shift.
    """
    current, at = None, start
    while at < end:
        found = decided(schedule, overrides, at)
        at = min(found.end, end)
        if current and current.people == found.people:
            current = replace(current, end=at)
            continue
        if current:
            yield current
        current = replace(found, end=at)
    if current:
        yield current


def next_shift_of(person: str, schedule: Schedule, overrides: Overrides, at: datetime) -> Shift | None:
    """Return the shift that a person has now, from now on, or has next within `HORIZON`."""
    coming = shifts(schedule, overrides, at, at + HORIZON)
    return next((shift for shift in coming if person in shift.people), None)


def gaps(schedule: Schedule, overrides: Overrides, start: datetime, end: datetime) -> Iterator[Shift]:
    """Yield when nobody is on call."""
    return (shift for shift in shifts(schedule, overrides, start, end) if not shift.people)


def twice_on(path: Mapping[str, Sequence[Shift]]) -> Iterator[Twice]:
    """Yield who is on call at two levels of a path at once, given the shifts of each level's team."""
    for (first, ours), (second, theirs) in combinations(path.items(), 2):
        for one, other in product(ours, theirs):
            start, end = max(one.start, other.start), min(one.end, other.end)
            if start < end:
                both = [person for person in one.people if person in other.people]
                yield from (Twice(person, (first, second), start, end) for person in both)


def coverage(
    schedule: Schedule, overrides: Overrides, start: datetime, end: datetime, step: timedelta = HOUR
) -> list[Hour]:
    """Return who is on call from `start` until `end`, hour by hour."""
    count = -((start - end) // step)
    people: list[dict[str, None]] = [{} for _ in range(count)]
    covered = [True] * count
    for shift in shifts(schedule, overrides, start, end):
        for number in range((shift.start - start) // step, -((start - shift.end) // step)):
            people[number] |= dict.fromkeys(shift.people)
            covered[number] &= bool(shift.people)
    return [Hour(start + n * step, tuple(people[n]), covered[n]) for n in range(count)]
