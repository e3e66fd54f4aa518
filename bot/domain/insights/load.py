"""Whom pages called in a time: in all, at night and at weekends, by person and by shift; and follow-ups."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
from zoneinfo import ZoneInfo

from bot.domain.oncall.load import Called, Figures, figures, together
from bot.domain.oncall.shifts import Shift
from bot.domain.paging.pages import PageState


@dataclass(frozen=True, slots=True)
class Call:
    """One page of one person: of an incident or of none, by a team. Those of a `drill` are left out.

    `state` says what became of it; whoever acknowledged one may be somebody else.
    """

    incident: int | None
    team: str
    called: Called
    drill: bool = False
    state: PageState = PageState.PENDING


class Stands(StrEnum):
    """How a follow-up stands: the last two are in no figure."""

    MADE = "made"
    DONE = "done"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"
    DRILLS = "drills"


@dataclass(frozen=True, slots=True)
class FollowUpFigures:
    """How the follow-ups of a time's incidents stand now: `cancelled` ones, and those of `drills`, are left
    out.
    """

    made: int
    done: int
    overdue: int
    cancelled: int = 0
    drills: int = 0


@dataclass(frozen=True, slots=True)
class ShiftLoad:
    """The pages of a schedule by shift, as the schedule is now: how many shifts had none, the middle, and
    the most in one. `each` has the shifts with their pages. A gap with nobody on call is no shift.
    """

    schedule: str
    shifts: int
    calm: int
    median: float
    most: int
    each: Sequence[tuple[Shift, Sequence[Call]]]


@dataclass(frozen=True, slots=True)
class Paged:
    """All pages. `people` has those whose figures may be shown to whoever asks, `called` how many there are,
    `most` the most that called one person. `calls` are the pages, `zones` the clocks of whom they called, and
    `drills` those that are left out.
    """

    whole: Figures
    people: Sequence[tuple[str, Figures]]
    called: int
    most: int
    shifts: Sequence[ShiftLoad]
    calls: Sequence[Call] = ()
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    drills: Sequence[Call] = ()


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
    counted = [one for one in calls if not one.drill]
    for one in counted:
        by_person.setdefault(one.called.person, []).append(one)
    zones = {who: zone_of(who) for who in {one.called.person for one in calls}}
    each = {
        who: figures([one.called for one in theirs], zones.__getitem__) for who, theirs in by_person.items()
    }
    people = [
        (who, each[who]) for who, theirs in by_person.items() if shown(who, {one.team for one in theirs})
    ]
    return Paged(
        together(each.values(), (one.called for one in counted)),
        sorted(people, key=lambda one: (-one[1].pages, one[0])),
        len(by_person),
        max(map(len, by_person.values()), default=0),
        [
            _shift_load(name, counted, teams, manned)
            for name, (teams, theirs) in shifts.items()
            if (manned := [one for one in theirs if one.people])
        ],
        counted,
        zones,
        [one for one in calls if one.drill],
    )


def _shift_load(
    schedule: str, calls: Sequence[Call], teams: Collection[str], shifts: Sequence[Shift]
) -> ShiftLoad:
    """Count the pages of each shift: both are in the order of time."""
    theirs = sorted((one for one in calls if one.team in teams), key=lambda one: one.called.at)
    each, place = list[tuple[Shift, Sequence[Call]]](), 0
    for shift in shifts:
        while place < len(theirs) and theirs[place].called.at < shift.start:
            place += 1
        begun = place
        while place < len(theirs) and theirs[place].called.at < shift.end:
            place += 1
        each.append((shift, theirs[begun:place]))
    counts = [len(found) for _, found in each]
    return ShiftLoad(schedule, len(counts), counts.count(0), float(median(counts)), max(counts), each)
