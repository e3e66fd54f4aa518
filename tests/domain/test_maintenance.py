"""Scheduled maintenance: its plan, its states, and what time does with it."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refused
from bot.domain.maintenance import maintenance as rules
from bot.domain.maintenance.maintenance import Criticality, Maintenance, Passed, Plan, State
from bot.domain.maintenance.services import held, likely, named_in
from bot.domain.maintenance.typed import Typed, later, read, unclear
from bot.domain.oncall.spans import Span
from tests.fakes import NOON

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
UTC = ZoneInfo("UTC")


def window(start: float, end: float) -> Span:
    return Span(NOON + start * HOUR, NOON + end * HOUR)


def a_plan(start: float = 2, end: float = 4, grade: str = "C1", **more: object) -> Plan:
    return replace(Plan("Upgrade", Criticality(grade), window(start, end), "UIM"), **more)  # type: ignore[arg-type]


def planned(start: float = 2, end: float = 4, grade: str = "C1", **more: object) -> Maintenance:
    return replace(rules.planned(a_plan(start, end, grade, **more), "UREP", NOON), id=3)


RUNNING = replace(planned(), state=State.RUNNING, started_at=NOON + 2 * HOUR, told_at=NOON)
OVER = replace(RUNNING, state=State.OVER, ended_at=NOON + 3 * HOUR)


def walk(one: Maintenance, until: datetime) -> list[tuple[float, Passed]]:
    """Return what happens when it is looked at whenever it wants to be, by minutes from noon."""
    now, found = NOON, []
    while (due := rules.next_look(one, now)) and due <= until:
        now = max(due, now)
        one, happened = rules.passed(one, now)
        found += [((now - NOON) / MINUTE, what) for what in happened]
    return found


@pytest.mark.parametrize(
    ("grade", "expected"),
    [
        ("C1", [(90, Passed.NEAR), (120, Passed.STARTED), (240, Passed.OVERRAN), (300, Passed.STILL)]),
        ("C2", [(120, Passed.STARTED), (240, Passed.OVERRAN), (300, Passed.STILL)]),
    ],
)
def test_each_thing_happens_in_its_time(grade: str, expected: list[tuple[float, Passed]]) -> None:
    assert walk(planned(grade=grade), NOON + 5.5 * HOUR) == expected


def test_the_owner_is_asked_every_hour_until_it_counts_as_over() -> None:
    found = walk(planned(), NOON + 30 * HOUR)

    assert [at for at, what in found if what is Passed.STILL] == [240 + 60 * hour for hour in range(1, 12)]
    assert found[-1] == (16 * 60, Passed.LAPSED)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (89, []),
        (90, [Passed.NEAR]),
        (150, [Passed.NEAR, Passed.STARTED]),
        (300, [Passed.STARTED, Passed.OVERRAN]),
        (16 * 60, [Passed.LAPSED]),
    ],
)
def test_what_was_slept_through_happens_once(minutes: float, expected: list[Passed]) -> None:
    now = NOON + minutes * MINUTE

    one, happened = rules.passed(planned(), now)

    assert happened == expected
    assert rules.passed(one, now) == (one, [])


def test_a_timer_is_never_further_away_than_a_day() -> None:
    far = planned(24 * 30, 24 * 30 + 2)
    looks = [NOON]
    while looks[-1] < NOON + 31 * 24 * HOUR and (due := rules.next_look(far, looks[-1])):
        far, _ = rules.passed(far, due)
        looks.append(due)

    assert max(after - before for before, after in pairwise(looks)) == rules.LOOK_AGAIN
    assert rules.next_look(OVER, NOON) is None


def test_one_that_begins_early_tells_those_on_call_at_once_and_keeps_its_end() -> None:
    one, happened = rules.passed(rules.started(planned(), NOON), NOON)

    assert (happened, one.state, one.started_at, one.ends_at) == (
        [Passed.NEAR],
        State.RUNNING,
        NOON,
        NOON + 4 * HOUR,
    )


def test_a_later_end_takes_the_overrun_back() -> None:
    late, _ = rules.passed(RUNNING, NOON + 4 * HOUR)
    assert late.overran_at

    more = rules.extended(late, NOON + 5 * HOUR, NOON + 4 * HOUR)

    assert not more.overran_at
    assert walk(more, NOON + 5 * HOUR) == [(300, Passed.OVERRAN)]


def test_a_new_start_has_those_on_call_told_anew_but_a_new_name_does_not() -> None:
    told = replace(planned(), told_at=NOON)

    assert rules.changed(told, a_plan(name="Other"), NOON).told_at == NOON
    assert rules.changed(told, a_plan(5, 6), NOON).told_at is None


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (a_plan(name=""), "What is to be done"),
        (a_plan(4, 2), "end before it begins"),
        (a_plan(-2, -1), "over already"),
        (a_plan(0, 24 * 7 + 1), "at most 7 days"),
        (a_plan(24 * 367, 24 * 367 + 1), "more than a year"),
        (a_plan(links=("ftp://a.test",)), "is no address"),
        (a_plan(links=("https://a.test b",)), "is no address"),
        (a_plan(links=tuple(f"https://{n}.test" for n in range(6))), "at most 5 links"),
        (a_plan(services=("x" * 101,)), "too long"),
        (a_plan(holds=True), "Alerts of which services"),
        (a_plan(services=tuple(map(str, range(21)))), "at most 20 services"),
    ],
)
def test_what_cannot_be_is_refused(plan: Plan, says: str) -> None:
    with pytest.raises(Refused, match=says):
        rules.planned(plan, "UREP", NOON)


def test_what_is_said_twice_is_kept_once() -> None:
    one = planned(people=("UIM", "UEOC", "UEOC"), services=("api", "API", "web"))

    assert (one.people, one.services, one.crew) == (("UEOC",), ("api", "web"), ("UIM", "UEOC"))


@pytest.mark.parametrize(
    ("seen", "act", "says"),
    [
        (RUNNING, lambda one: rules.started(one, NOON), "running already"),
        (OVER, lambda one: rules.started(one, NOON), "over already"),
        (planned(), lambda one: rules.ended(one, NOON), "has not begun"),
        (OVER, lambda one: rules.ended(one, NOON), "over already"),
        (RUNNING, lambda one: rules.cancelled(one, "", NOON), "end it instead"),
        (OVER, lambda one: rules.cancelled(one, "", NOON), "over already"),
        (RUNNING, lambda one: rules.extended(one, NOON + 4 * HOUR, NOON), "planned for longer"),
        (RUNNING, lambda one: rules.extended(one, NOON + 24 * 9 * HOUR, NOON), "at most 7 days"),
        (RUNNING, lambda one: rules.changed(one, a_plan(1, 4), NOON), "start cannot change"),
        (planned(), lambda one: rules.changed(one, a_plan(), NOON), "nothing is changed"),
        (OVER, lambda one: rules.changed(one, a_plan(5, 6), NOON), "over already"),
    ],
)
def test_what_does_not_fit_its_state_is_refused(seen: Maintenance, act: object, says: str) -> None:
    with pytest.raises(Refused, match=says):
        act(seen)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("service", "hours", "expected"),
    [
        ("api", 1.99, False),
        ("api", 2, True),
        (" API ", 2.5, True),
        ("ap", 2.5, False),
        ("api", 3, False),
    ],
)
def test_alerts_of_a_service_are_held_from_its_start_until_its_end(
    service: str, hours: float, expected: bool
) -> None:
    one = replace(OVER, services=("api", "web"), holds=True)

    assert held([replace(one, holds=False)], service, NOON + hours * HOUR) is None
    assert bool(held([one], service, NOON + hours * HOUR)) is expected


def test_what_was_never_begun_holds_nothing_and_what_has_overrun_no_longer() -> None:
    one = planned(services=("api",), holds=True)
    off = rules.cancelled(one, "", NOON + HOUR)
    late = replace(RUNNING, services=("api",), holds=True)

    assert held([off, one], "api", NOON + 2.5 * HOUR) is None
    assert held([late], "api", NOON + 3.99 * HOUR) == late
    assert held([late], "api", NOON + 4 * HOUR) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The API is slow", "api"),
        ("api: 500", "api"),
        ("rapid failures", ""),
        ("api-gateway is down", ""),
        ("c++ fails", "c++"),
        ("", ""),
    ],
)
def test_a_service_is_guessed_by_a_word_of_its_own(text: str, expected: str) -> None:
    one = replace(RUNNING, services=("api", "c++"))

    assert named_in(one, text) == expected
    assert likely([replace(RUNNING, id=9), one], text) == (one if expected else None)


TWO_TO_FOUR = window(2, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Upgrade PG" C1 14:00-16:00', Typed("Upgrade PG", Criticality.C1, TWO_TO_FOUR)),
        ("Upgrade PG c1 14:00-16:00", Typed("Upgrade PG", Criticality.C1, TWO_TO_FOUR)),
        ("C1 Upgrade PG 14:00-16:00", Typed("Upgrade PG", Criticality.C1, TWO_TO_FOUR)),
        ("14:00-16:00 C1 “Upgrade PG”", Typed("Upgrade PG", Criticality.C1, TWO_TO_FOUR)),
        ("Upgrade PG to 16 14:00-16:00", Typed("Upgrade PG to 16", None, TWO_TO_FOUR)),
        ('"Move C2 to 3" today 14:00-16:00', Typed("Move C2 to 3", None, TWO_TO_FOUR)),
        ("Upgrade PG", Typed("Upgrade PG")),
        ('"PG" C4 services api hold alerts', Typed("PG", Criticality.C4, None, ("api",), (), holds=True)),
        ('"PG" C4 services api, web hold', Typed("PG", Criticality.C4, None, ("api", "web"), (), holds=True)),
        ("Lift the hold", Typed("Lift the hold")),
        ("Upgrade C9", Typed("Upgrade C9")),
        ('"Upgrade PG"', Typed("Upgrade PG")),
        ("", Typed()),
        ("Upgrade PG 14-16", Typed("Upgrade PG", None, TWO_TO_FOUR)),
        ("Upgrade PG 2pm-4pm", Typed("Upgrade PG", None, TWO_TO_FOUR)),
        ("Upgrade PG C1 today 14:00 for 2h", Typed("Upgrade PG", Criticality.C1, TWO_TO_FOUR)),
        ("Upgrade PG tomorow 9-11", Typed("Upgrade PG tomorow 9-11")),
        ("Upgrade PG tomorow 14:00-16:00", Typed("Upgrade PG tomorow 14:00-16:00")),
        (
            '"PG" C4 14:00-16:00 services api, web/x link https://a.test/7.',
            Typed("PG", Criticality.C4, TWO_TO_FOUR, ("api", "web/x"), ("https://a.test/7",)),
        ),
    ],
)
def test_what_is_typed_is_read(text: str, expected: Typed) -> None:
    assert read(text, UTC, NOON) == expected


@pytest.mark.parametrize("text", ['"PG" C1 tomorow 9:00-11:00', "PG C1 at some time", '"PG" half past nine'])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="I do not understand"):
        read(text, UTC, NOON)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Upgrade PG tomorow 9-11", ("9-11", "tomorrow")),
        ("Upgrade PG sometime 25:00-26:00", ("25:00-26:00", "")),
        ("Upgrade PG tomorrow at 9", ("tomorrow at 9", "")),
        ("Upgrade PG", ("", "")),
        ("Upgrade PG 15", ("", "")),
        ("Upgrade PG 14-16", ("", "")),
    ],
)
def test_what_looks_like_a_time_and_is_none_is_asked_about(text: str, asked: tuple[str, str]) -> None:
    assert unclear(read(text, UTC, NOON)) == asked


def test_times_are_those_of_the_persons_clocks_also_when_they_change() -> None:
    night = read('"PG" C2 2026-03-29 01:30 to 03:30', ZoneInfo("Europe/Berlin"), NOON).window

    assert night
    assert night.end - night.start == HOUR  # the clocks go from 02:00 to 03:00
    with pytest.raises(Refused, match="skip 02:30"):
        read('"PG" C2 2026-03-29 02:30 to 04:00', ZoneInfo("Europe/Berlin"), NOON)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("30m", 4.5),
        ("1h", 5),
        ("for 1 hour", 5),
        ("45", 4.75),
        ("half an hour", 4.5),
        ("by 90 minutes", 5.5),
        ("until 18:00", 6),
        ("18:00", 6),
    ],
)
def test_a_later_end_is_counted_from_the_planned_one_or_named(text: str, hours: float) -> None:
    assert later(text, NOON + 4 * HOUR, UTC, NOON) == NOON + hours * HOUR


def test_after_the_planned_end_it_is_counted_from_now() -> None:
    assert later("30m", NOON - HOUR, UTC, NOON) == NOON + HOUR / 2
    with pytest.raises(Refused, match="until 18:00"):
        later("longer", NOON, UTC, NOON)
