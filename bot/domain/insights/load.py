"""Whom pages called in a time: in all, at night and at weekends, by person and by shift; and follow-ups."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from zoneinfo import ZoneInfo

from bot.domain.oncall.load import Called, Figures, figures
from bot.domain.oncall.shifts import Shift


@dataclass(frozen=True, slots=True)
class Call:
    """One page of one person: of an incident or of none, by a team."""

    incident: int | None
    team: str
    called: Called


@dataclass(frozen=True, slots=True)
class FollowUpFigures:
    """How the follow-ups of a time's incidents stand now: cancelled ones are left out."""

    made: int
    done: int
    overdue: int


@dataclass(frozen=True, slots=True)
class ShiftLoad:
    """The pages of a schedule by shift, as the schedule is now: how many shifts had none, the middle, and
    the most in one.
    """

    schedule: str
    shifts: int
    calm: int
    median: float
    most: int


@dataclass(frozen=True, slots=True)
class Paged:
    """All pages. `people` has those whose figures may be shown to whoever asks, `called` how many there are,
    `most` the most that called one person.
    """

    whole: Figures
    people: Sequence[tuple[str, Figures]]
    called: int
    most: int
    shifts: Sequence[ShiftLoad]


def paged(
    calls: Sequence[Call],
    shown: Callable[[str, Collection[str]], bool],
    shifts: Mapping[str, tuple[Collection[str], Sequence[Shift]]],
    zone_of: Callable[[str], ZoneInfo],
) -> Paged:
    """Return what pages come to. `shown` says of a person, paged by these teams, whether their own figures
    may be shown; `shifts` has each schedule's teams and its shifts of the time.
    """
    by_person: dict[str, list[Call]] = {}
    for one in calls:
        by_person.setdefault(one.called.person, []).append(one)
    people = [
        (who, figures([one.called for one in theirs], zone_of))
        for who, theirs in by_person.items()
        if shown(who, {one.team for one in theirs})
    ]
    return Paged(
        figures([one.called for one in calls], zone_of),
        sorted(people, key=lambda one: (-one[1].pages, one[0])),
        len(by_person),
        max(map(len, by_person.values()), default=0),
        [_shift_load(name, calls, teams, theirs) for name, (teams, theirs) in shifts.items() if theirs],
    )


def _shift_load(
    schedule: str, calls: Sequence[Call], teams: Collection[str], shifts: Sequence[Shift]
) -> ShiftLoad:
    """Count the pages of each shift: both are in the order of time."""
    times = sorted(one.called.at for one in calls if one.team in teams)
    counts, place = [], 0
    for shift in shifts:
        while place < len(times) and times[place] < shift.start:
            place += 1
        begun = place
        while place < len(times) and times[place] < shift.end:
            place += 1
        counts.append(place - begun)
    return ShiftLoad(schedule, len(counts), counts.count(0), float(median(counts)), max(counts))
