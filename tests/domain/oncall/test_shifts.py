"""Who is on call, when that changes, and where nobody is."""

from datetime import timedelta

import pytest

from bot.domain.oncall.overrides import NONE, Overrides
from bot.domain.oncall.shifts import (
    HORIZON,
    Shift,
    Twice,
    coverage,
    decided,
    gaps,
    next_shift_of,
    on_call,
    shadowing,
    shifts,
    twice_on,
)
from tests.domain.oncall.values import BERLIN, DAY, hours, layer, override, schedule, utc

BASE = layer("ana", "ben", start="2026-01-05 09:00", name="base")
HOLIDAYS = layer("cem", start="2026-01-06 00:00", end="2026-01-07 00:00", name="holidays")
LAYERED = schedule(BASE, HOLIDAYS)
SUN = schedule(
    layer("asa", start="2026-01-05 00:00", only=(hours("00:00-08:00"),), name="Asia"),
    layer("eve", start="2026-01-05 00:00", only=(hours("08:00-16:00"),), name="Europe"),
    layer("abe", start="2026-01-05 00:00", only=(hours("16:00-00:00"),), name="America"),
)
WORKDAYS = schedule(layer("ana", "ben", start="2026-01-05 09:00", only=(hours("09:00-17:00", "01234"),)))


def told(found: list[Shift]) -> list[tuple[str, str, str]]:
    return [(f"{one.start:%d %R}", f"{one.end:%d %R}", "+".join(one.people)) for one in found]


@pytest.mark.parametrize(
    ("at", "person", "by"),
    [
        ("2026-01-05 08:59", None, ""),
        ("2026-01-05 09:00", "ana", "base"),
        ("2026-01-06 00:00", "cem", "holidays"),
        ("2026-01-06 23:59", "cem", "holidays"),
        ("2026-01-07 00:00", "ana", "base"),
        ("2026-01-12 09:00", "ben", "base"),
        ("2026-01-13 12:00", "dan", "override"),
        ("2026-01-13 13:00", "ben", "base"),
    ],
)
def test_a_later_layer_wins_and_an_override_wins_over_all(at: str, person: str | None, by: str) -> None:
    cover = Overrides([override("2026-01-13 12:00", "2026-01-13 13:00", "dan")])

    found = decided(LAYERED, cover, utc(at))

    assert (found.people, found.by) == ((person,) if person else (), by)
    assert on_call(LAYERED, cover, utc(at)) == found.people


def test_people_of_one_turn_are_on_call_together() -> None:
    pairs = schedule(layer("ana+ben", "cem", every=DAY))

    assert on_call(pairs, NONE, utc("2026-01-05 12:00")) == ("ana", "ben")
    assert on_call(pairs, NONE, utc("2026-01-06 12:00")) == ("cem",)


def test_who_shadows_is_told_unless_they_are_on_call_themselves() -> None:
    shadowed = schedule(BASE, shadow=(layer("new", "ana", every=DAY),))

    assert on_call(shadowed, NONE, utc("2026-01-05 12:00")) == ("ana",)
    assert shadowing(shadowed, NONE, utc("2026-01-05 12:00")) == ("new",)
    assert shadowing(shadowed, NONE, utc("2026-01-06 12:00")) == ()
    assert shadowing(schedule(BASE), NONE, utc("2026-01-06 12:00")) == ()


def test_shifts_have_exact_bounds_and_leave_no_hole() -> None:
    cover = Overrides([override("2026-01-06 12:00", "2026-01-07 01:30", "dan")])

    found = list(shifts(LAYERED, cover, utc("2026-01-05 08:00"), utc("2026-01-13 00:00")))

    assert told(found) == [
        ("05 08:00", "05 09:00", ""),
        ("05 09:00", "06 00:00", "ana"),
        ("06 00:00", "06 12:00", "cem"),
        ("06 12:00", "07 01:30", "dan"),
        ("07 01:30", "12 09:00", "ana"),
        ("12 09:00", "13 00:00", "ben"),
    ]


def test_the_sun_is_followed_and_one_person_has_one_shift() -> None:
    found = list(shifts(SUN, NONE, utc("2026-01-05 06:00"), utc("2026-01-06 09:00")))

    assert told(found) == [
        ("05 06:00", "05 08:00", "asa"),
        ("05 08:00", "05 16:00", "eve"),
        ("05 16:00", "06 00:00", "abe"),
        ("06 00:00", "06 08:00", "asa"),
        ("06 08:00", "06 09:00", "eve"),
    ]


def test_layers_that_follow_the_sun_in_their_own_zone_leave_no_gap_when_its_clocks_change() -> None:
    berlin = [hours("00:00-08:00"), hours("08:00-16:00"), hours("16:00-00:00")]
    around = schedule(*(layer(f"p{n}", zone=BERLIN, only=(one,)) for n, one in enumerate(berlin)))

    spring = list(shifts(around, NONE, utc("2026-03-28 23:00"), utc("2026-03-29 22:00")))
    autumn = list(shifts(around, NONE, utc("2026-10-24 22:00"), utc("2026-10-25 23:00")))

    assert [one.end - one.start for one in spring] == [timedelta(hours=n) for n in (7, 8, 8)]
    assert [one.end - one.start for one in autumn] == [timedelta(hours=n) for n in (9, 8, 8)]


def test_neighbours_with_the_same_person_are_one_shift() -> None:
    weekend = schedule(layer("ana", only=(hours("17:00-00:00", "4"), hours("00:00-00:00", "56"))))

    found = list(shifts(weekend, NONE, utc("2026-01-09 00:00"), utc("2026-01-13 00:00")))

    assert told(found) == [
        ("09 00:00", "09 17:00", ""),
        ("09 17:00", "12 00:00", "ana"),
        ("12 00:00", "13 00:00", ""),
    ]


def test_nothing_is_asked_of_no_time() -> None:
    assert list(shifts(LAYERED, NONE, utc("2026-01-05 09:00"), utc("2026-01-05 09:00"))) == []


@pytest.mark.parametrize(
    ("at", "change"),
    [
        ("2026-01-01 00:00", "2026-01-05 09:00"),
        ("2026-01-05 09:00", "2026-01-06 00:00"),
        ("2026-01-06 05:00", "2026-01-07 00:00"),
        ("2026-01-12 08:59", "2026-01-12 09:00"),
    ],
)
def test_a_shift_ends_when_other_people_are_on_call(at: str, change: str) -> None:
    first = next(shifts(LAYERED, NONE, utc(at), utc(at) + HORIZON))

    assert first.end == utc(change)


def test_a_rotation_of_one_person_never_changes() -> None:
    start = utc("2026-02-01 00:00")

    (only,) = shifts(schedule(layer("ana", every=DAY)), NONE, start, start + HORIZON)

    assert only.end == start + HORIZON


@pytest.mark.parametrize(
    ("person", "at", "shift"),
    [
        ("ana", "2026-01-05 10:00", ("05 10:00", "06 00:00", "ana")),
        ("ana", "2026-01-06 10:00", ("07 00:00", "12 09:00", "ana")),
        ("ben", "2026-01-05 10:00", ("12 09:00", "19 09:00", "ben")),
        ("cem", "2026-01-07 00:00", None),
    ],
)
def test_the_next_shift_of_a_person_is_found(
    person: str, at: str, shift: tuple[str, str, str] | None
) -> None:
    found = next_shift_of(person, LAYERED, NONE, utc(at))

    assert told([found] if found else []) == ([shift] if shift else [])


def test_gaps_are_when_nobody_is_on_call() -> None:
    found = list(gaps(WORKDAYS, NONE, utc("2026-01-08 12:00"), utc("2026-01-12 12:00")))

    assert told(found) == [
        ("08 17:00", "09 09:00", ""),
        ("09 17:00", "12 09:00", ""),
    ]


def test_an_override_closes_a_gap() -> None:
    cover = Overrides([override("2026-01-09 16:00", "2026-01-12 10:00", "dan")])

    assert list(gaps(WORKDAYS, cover, utc("2026-01-09 12:00"), utc("2026-01-12 12:00"))) == []


def test_one_person_at_two_levels_of_a_path_is_found() -> None:
    start, end = utc("2026-01-05 09:00"), utc("2026-01-26 09:00")
    path = {
        "EOC": list(shifts(LAYERED, NONE, start, end)),
        "IM": list(shifts(schedule(layer("ida", "ana", "ben")), NONE, start, end)),
        "leaders": [Shift(start, end, ("lea",))],
    }

    assert list(twice_on(path)) == []

    path["leaders"] = [Shift(utc("2026-01-11 00:00"), end, ("lea", "ana"))]

    assert list(twice_on(path)) == [
        Twice("ana", ("EOC", "leaders"), utc("2026-01-11 00:00"), utc("2026-01-12 09:00")),
        Twice("ana", ("EOC", "leaders"), utc("2026-01-19 09:00"), utc("2026-01-26 09:00")),
        Twice("ana", ("IM", "leaders"), utc("2026-01-12 09:00"), utc("2026-01-19 09:00")),
    ]


def test_coverage_tells_hour_by_hour_who_is_on_call_and_whether_somebody_always_is() -> None:
    cover = Overrides([override("2026-01-05 10:15", "2026-01-05 10:45", "dan")])

    found = coverage(WORKDAYS, cover, utc("2026-01-05 08:30"), utc("2026-01-05 11:45"))

    assert [(f"{one.start:%R}", one.people, one.covered) for one in found] == [
        ("08:30", ("ana",), False),
        ("09:30", ("ana", "dan"), True),
        ("10:30", ("dan", "ana"), True),
        ("11:30", ("ana",), True),
    ]


def test_overrides_keep_their_dates_when_the_rotation_changes() -> None:
    cover = Overrides([override("2026-01-13 12:00", "2026-01-13 13:00", "dan")])
    changed = schedule(layer("eve", "abe", zone=BERLIN, start="2026-01-06 17:00", every=DAY))

    for each in (LAYERED, changed):
        found = list(shifts(each, cover, utc("2026-01-13 00:00"), utc("2026-01-14 00:00")))
        assert [one for one in found if one.people == ("dan",)] == [
            Shift(utc("2026-01-13 12:00"), utc("2026-01-13 13:00"), ("dan",), "override")
        ]
