"""For any schedule: each moment has one answer, or is a gap that is reported; the naive walk agrees."""

from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refused
from bot.domain.oncall.overrides import NONE, Override, Overrides, accepted
from bot.domain.oncall.schedules import Layer, Restriction, Schedule
from bot.domain.oncall.shifts import coverage, gaps, on_call, shifts, twice_on
from tests.domain.oncall import naive
from tests.domain.oncall.values import BERLIN, KOLKATA, LORD_HOWE, NEW_YORK, utc

ZONES = tuple(map(ZoneInfo, (BERLIN, NEW_YORK, LORD_HOWE, KOLKATA)))
CHANGES = ("2026-03-08 07:00", "2026-03-29 01:00", "2026-04-04 15:00", "2026-10-03 15:30", "2026-10-25 01:00")
"""Where clocks of these zones change; and time enough around them for a few turns."""
SPAN = timedelta(days=4)
NOBODY = utc("2026-01-01 00:00")
PEOPLE = "abcdef"

times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
turns = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True).map(tuple)
restrictions = st.builds(Restriction, st.frozensets(st.integers(0, 6), min_size=1), times, times)


@st.composite
def layers(draw: st.DrawFn, around: datetime) -> Layer:
    start = around.replace(tzinfo=None) + timedelta(minutes=15 * draw(st.integers(-1500, 300)))
    length = draw(st.none() | st.integers(1, 1000))
    return Layer(
        "layer",
        draw(st.sampled_from(ZONES)),
        start,
        draw(st.sampled_from([1, 5, 8, 12, 24, 48, 168])) * timedelta(hours=1),
        tuple(draw(st.lists(turns, min_size=1, max_size=4))),
        start + timedelta(hours=length) if length else None,
        tuple(draw(st.lists(restrictions, max_size=2))),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Schedule, list[Override], datetime]:
    """Return a schedule, overrides that were accepted one by one, and a moment at which it begins."""
    around = utc(draw(st.sampled_from(CHANGES)))
    schedule = Schedule("any", tuple(draw(st.lists(layers(around), min_size=1, max_size=4))))
    kept: list[Override] = []
    for first, length in draw(st.lists(st.tuples(st.integers(-300, 300), st.integers(1, 200)), max_size=5)):
        start = around + timedelta(minutes=15 * first)
        replaced = draw(st.sampled_from(["", *PEOPLE]))
        new = Override(start, start + timedelta(minutes=15 * length), draw(st.sampled_from(PEOPLE)), replaced)
        try:
            kept.append(accepted(new, Overrides(kept), NOBODY))
        except Refused:
            continue
    return schedule, kept, around - SPAN / 2 + timedelta(minutes=draw(st.integers(-60, 60)))


@pytest.mark.proof
@given(worlds())
def test_every_moment_has_one_answer_or_is_reported_as_a_gap(
    world: tuple[Schedule, list[Override], datetime],
) -> None:
    schedule, kept, start = world
    overrides = Overrides(kept)
    end = start + SPAN

    found = list(shifts(schedule, overrides, start, end))
    holes = list(gaps(schedule, overrides, start, end))

    assert (found[0].start, found[-1].end) == (start, end)
    assert all(one.end == other.start and one.people != other.people for one, other in pairwise(found))
    assert all(one.start < one.end for one in found)
    for moment in (start + timedelta(minutes=15 * n) for n in range(4 * 24 * 4)):
        [shift] = [one for one in found if one.start <= moment < one.end]
        gap = any(one.start <= moment < one.end for one in holes)
        assert on_call(schedule, overrides, moment) == shift.people == naive.on_call(schedule, kept, moment)
        assert bool(shift.people) != gap


@given(worlds())
def test_just_before_each_bound_the_one_before_is_on_call(
    world: tuple[Schedule, list[Override], datetime],
) -> None:
    schedule, kept, start = world
    found = list(shifts(schedule, Overrides(kept), start, start + SPAN))

    for one, other in pairwise(found):
        assert naive.on_call(schedule, kept, one.end - timedelta(seconds=1)) == one.people
        assert naive.on_call(schedule, kept, one.end) == other.people


@given(worlds())
def test_what_is_told_of_a_schedule_agrees(world: tuple[Schedule, list[Override], datetime]) -> None:
    schedule, kept, start = world
    overrides, end = Overrides(kept), start + SPAN
    found = list(shifts(schedule, overrides, start, end))

    hours = coverage(schedule, overrides, start, end)

    assert [one.people[:1] for one in hours if one.covered] == [
        naive.on_call(schedule, kept, one.start)[:1] for one in hours if one.covered
    ]
    assert all(not one.covered for one in hours if not naive.on_call(schedule, kept, one.start))
    twice = {one.person for one in twice_on({"one": found, "other": found})}
    assert twice == {person for one in found for person in one.people}


@given(worlds())
def test_an_override_changes_no_moment_outside_of_it(
    world: tuple[Schedule, list[Override], datetime],
) -> None:
    schedule, kept, start = world
    moments = [start + n * timedelta(hours=1) for n in range(96)]

    for moment in moments:
        if not any(one.start <= moment < one.end for one in kept):
            assert on_call(schedule, Overrides(kept), moment) == on_call(schedule, NONE, moment)
