"""Layers take turns on the local clock, whatever the clocks do."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.oncall.clock_changes import changes, odd_handovers
from bot.domain.oncall.schedules import FOREVER, instant
from tests.domain.oncall.values import BERLIN, DAY, KOLKATA, LORD_HOWE, NEW_YORK, hours, layer, utc

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "local", "moment"),
    [
        (BERLIN, "2026-03-29 01:59", "2026-03-29 00:59"),
        (BERLIN, "2026-03-29 02:30", "2026-03-29 01:30"),  # does not exist: 03:30
        (BERLIN, "2026-03-29 03:00", "2026-03-29 01:00"),
        (BERLIN, "2026-10-25 02:30", "2026-10-25 00:30"),  # comes twice
        (BERLIN, "2026-10-25 03:00", "2026-10-25 02:00"),
        (NEW_YORK, "2026-03-08 02:30", "2026-03-08 07:30"),
        (NEW_YORK, "2026-11-01 01:30", "2026-11-01 05:30"),
        (NEW_YORK, "2026-11-01 02:00", "2026-11-01 07:00"),
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-03 15:45"),  # half an hour is skipped: 02:45
        (LORD_HOWE, "2026-04-05 01:45", "2026-04-04 14:45"),  # half an hour comes twice
        (LORD_HOWE, "2026-04-05 02:00", "2026-04-04 15:30"),
        (KOLKATA, "2026-03-29 02:30", "2026-03-28 21:00"),
    ],
)
def test_a_local_time_is_read_as_calendars_read_it(zone: str, local: str, moment: str) -> None:
    assert instant(datetime.fromisoformat(local), ZoneInfo(zone)) == utc(moment)


@pytest.mark.parametrize(
    ("zone", "start", "length"),
    [
        (BERLIN, "2026-03-28 09:00", 23),
        (BERLIN, "2026-10-24 09:00", 25),
        (BERLIN, "2026-06-01 09:00", 24),
        (NEW_YORK, "2026-03-07 09:00", 23),
        (NEW_YORK, "2026-10-31 09:00", 25),
        (LORD_HOWE, "2026-10-03 09:00", 23.5),
        (LORD_HOWE, "2026-04-04 09:00", 24.5),
        (KOLKATA, "2026-03-28 09:00", 24),
    ],
)
def test_a_handover_keeps_its_time_of_day_when_clocks_change(zone: str, start: str, length: float) -> None:
    daily = layer("ana", "ben", zone=zone, start=start, every=DAY)
    begins = instant(daily.start, daily.zone)

    ends = begins + timedelta(hours=length)

    assert daily.at(begins) == daily.at(ends - timedelta(seconds=1)) == (("ana",), ends)
    assert daily.at(ends)[0] == ("ben",)


@pytest.mark.parametrize(
    ("at", "person"),
    [
        ("2026-03-29 01:15", "ana"),  # 03:15: the handover at 02:30 is at 03:30 today
        ("2026-03-29 01:30", "ben"),
        ("2026-03-30 00:30", "ana"),
        ("2026-10-25 00:15", "ana"),  # the first 02:15
        ("2026-10-25 00:30", "ben"),  # the first 02:30
        ("2026-10-25 01:15", "ben"),  # the second 02:15: no going back
        ("2026-10-25 01:30", "ben"),
        ("2026-10-26 01:29", "ben"),
        ("2026-10-26 01:30", "ana"),
    ],
)
def test_a_handover_in_an_odd_hour_happens_once(at: str, person: str) -> None:
    start = "2026-03-28 02:30" if at < "2026-06" else "2026-10-24 02:30"

    assert layer("ana", "ben", zone=BERLIN, start=start, every=DAY).at(utc(at))[0] == (person,)


@pytest.mark.parametrize(
    ("every", "at", "person"),
    [
        (8 * HOUR, "2026-01-05 08:59", None),
        (8 * HOUR, "2026-01-05 09:00", "ana"),
        (8 * HOUR, "2026-01-05 17:00", "ben"),
        (8 * HOUR, "2026-01-06 01:00", "cem"),
        (8 * HOUR, "2026-01-06 09:00", "ana"),
        (3 * DAY, "2026-01-08 08:59", "ana"),
        (3 * DAY, "2026-01-08 09:00", "ben"),
        (14 * DAY, "2026-01-19 09:00", "ben"),
        (14 * DAY, "2026-02-16 08:59", "cem"),
        (14 * DAY, "2026-02-16 09:00", "ana"),
        (365 * DAY, "2028-02-29 12:00", "cem"),
    ],
)
def test_turns_go_round(every: timedelta, at: str, person: str | None) -> None:
    found, _ = layer("ana", "ben", "cem", every=every).at(utc(at))

    assert found == ((person,) if person else ())


def test_shifts_of_eight_hours_begin_at_the_same_hours_all_year() -> None:
    around = layer("ana", "ben", "cem", zone=BERLIN, start="2026-03-28 08:00", every=8 * HOUR)

    local = [around.handover(n).astimezone(around.zone).hour for n in range(9)]

    assert local == [8, 16, 0] * 3
    assert around.handover(3) - around.handover(2) == 7 * HOUR


def test_a_turn_of_an_hour_that_does_not_exist_is_nobodys() -> None:
    hourly = layer("ana", "ben", "cem", zone=BERLIN, start="2026-03-29 01:00", every=HOUR)

    assert [hourly.at(utc(f"2026-03-29 0{n}:00"))[0] for n in range(3)] == [("ana",), ("cem",), ("ana",)]


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2026-01-05 08:59", ((), "2026-01-05 09:00")),
        ("2026-01-12 08:59", (("ana",), "2026-01-12 09:00")),
        ("2026-01-14 08:59", (("ben",), "2026-01-14 09:00")),
        ("2026-01-14 09:00", ((), None)),
    ],
)
def test_a_layer_is_silent_before_its_start_and_from_its_end(
    at: str, found: tuple[tuple[str, ...], str]
) -> None:
    people, until = found

    assert layer("ana", "ben", end="2026-01-14 09:00").at(utc(at)) == (
        people,
        utc(until) if until else FOREVER,
    )


NIGHT, WORK = hours("22:00-06:00", "4"), hours("09:00-17:00", "01234")


@pytest.mark.parametrize(
    ("at", "on", "until"),
    [
        ("2026-01-09 08:59", False, "2026-01-09 09:00"),
        ("2026-01-09 09:00", True, "2026-01-09 17:00"),
        ("2026-01-09 17:00", False, "2026-01-09 22:00"),  # a Friday
        ("2026-01-09 23:00", True, "2026-01-10 06:00"),
        ("2026-01-10 05:59", True, "2026-01-10 06:00"),
        ("2026-01-10 06:00", False, "2026-01-12 09:00"),
    ],
)
def test_restrictions_let_a_layer_speak_in_their_windows_only(at: str, on: bool, until: str) -> None:
    people, holds = layer("ana", start="2026-01-01 09:00", only=(WORK, NIGHT)).at(utc(at))

    assert (people == ("ana",), holds) == (on, utc(until))


def test_a_window_that_clocks_skip_is_not_there() -> None:
    skipped = layer("ana", zone=BERLIN, only=(hours("02:15-03:00", "6"),))

    assert skipped.at(utc("2026-03-28 12:00")) == ((), utc("2026-04-05 00:15"))
    assert skipped.at(utc("2026-03-29 01:10"))[0] == ()


def test_a_window_in_an_hour_that_comes_twice_is_there_both_times() -> None:
    double = layer("ana", zone=BERLIN, only=(hours("02:00-03:00"),))

    assert double.at(utc("2026-10-25 00:00")) == (("ana",), utc("2026-10-25 02:00"))


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        (
            BERLIN,
            [("2026-03-29 02:00", "2026-03-29 03:00", True), ("2026-10-25 02:00", "2026-10-25 03:00", False)],
        ),
        (
            NEW_YORK,
            [("2026-03-08 02:00", "2026-03-08 03:00", True), ("2026-11-01 01:00", "2026-11-01 02:00", False)],
        ),
        (
            LORD_HOWE,
            [("2026-04-05 01:30", "2026-04-05 02:00", False), ("2026-10-04 02:00", "2026-10-04 02:30", True)],
        ),
        (KOLKATA, []),
    ],
)
def test_the_changes_of_a_zone_are_found_to_the_minute(zone: str, found: list[tuple[str, str, bool]]) -> None:
    assert [
        (f"{one.start:%F %R}", f"{one.end:%F %R}", one.skipped) for one in changes(ZoneInfo(zone), 2026)
    ] == found


@pytest.mark.parametrize(
    ("zone", "start", "every", "found"),
    [
        (BERLIN, "2026-01-05 02:30", DAY, {True: "2026-03-29 02:30", False: "2026-10-25 02:30"}),
        (BERLIN, "2026-01-05 03:00", DAY, {}),
        (BERLIN, "2026-01-05 02:30", 7 * DAY, {}),  # a Monday
        (BERLIN, "2026-01-04 02:30", 7 * DAY, {True: "2026-03-29 02:30", False: "2026-10-25 02:30"}),
        (BERLIN, "2026-01-11 02:30", 14 * DAY, {False: "2027-10-31 02:30"}),
        (BERLIN, "2026-03-29 02:30", DAY, {True: "2026-03-29 02:30", False: "2026-10-25 02:30"}),
        (BERLIN, "2026-03-30 02:30", DAY, {True: "2027-03-28 02:30", False: "2026-10-25 02:30"}),
        (LORD_HOWE, "2026-01-05 01:45", DAY, {False: "2026-04-05 01:45"}),
        (KOLKATA, "2026-01-05 02:30", DAY, {}),
    ],
)
def test_handovers_at_which_clocks_change_are_found(
    zone: str, start: str, every: timedelta, found: dict[bool, str]
) -> None:
    odd = odd_handovers(layer("ana", "ben", zone=zone, start=start, every=every))

    assert {skipped: f"{local:%F %R}" for skipped, local in odd.items()} == found


def test_a_layer_that_ends_before_clocks_change_has_no_odd_handover() -> None:
    assert (
        odd_handovers(
            layer("a", "b", zone=BERLIN, start="2026-01-05 02:30", every=DAY, end="2026-03-29 02:30")
        )
        == {}
    )
    assert odd_handovers(layer("a", zone=BERLIN, start="2026-01-05 02:30", every=DAY)) == {}
