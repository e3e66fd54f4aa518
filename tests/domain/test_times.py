"""The times of an incident: what is known by itself, what people set, and what follows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status
from bot.domain.incidents.times import Moment, Times, durations, problems, times, typed, watch_now
from bot.domain.timeline.entries import Entry, Kind
from tests.fakes import NOON
from tests.values import an_incident


def after(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def moved(at: int, before: Status, to: Status) -> Entry:
    return Entry(1, 7, Kind.STATUS, after(at), "UIM", data={"before": before.value, "after": to.value})


def given(name: Moment, at: str) -> Entry:
    return Entry(2, 7, Kind.TIME, NOON, "UIM", data={"name": name.value, "before": "", "after": at})


FIXED = [
    moved(10, Status.INVESTIGATING, Status.MONITORING),
    moved(20, Status.MONITORING, Status.FIXING),
    moved(30, Status.FIXING, Status.MONITORING),
    moved(60, Status.MONITORING, Status.RESOLVED),
]


@pytest.mark.parametrize(
    ("status", "moves", "mitigated", "ended"),
    [
        (Status.INVESTIGATING, [], None, None),
        (Status.MONITORING, FIXED[:1], 10, None),
        (Status.FIXING, FIXED[:2], None, None),
        (Status.MONITORING, FIXED[:3], 30, None),
        (Status.RESOLVED, FIXED, 30, 30),
        (Status.RESOLVED, [moved(40, Status.INVESTIGATING, Status.RESOLVED)], 40, 40),
    ],
)
def test_it_is_mitigated_when_it_last_left_work_and_the_impact_is_over_when_it_is_resolved(
    status: Status, moves: list[Entry], mitigated: int | None, ended: int | None
) -> None:
    known = times(an_incident(status=status, declared_at=NOON), moves, [])

    assert known[Moment.DETECTED] == NOON
    assert known[Moment.MITIGATED] == (mitigated and after(mitigated))
    assert known[Moment.IMPACT_END] == (ended and after(ended))


def test_what_people_set_last_counts_until_they_have_it_set_by_itself_again() -> None:
    incident = an_incident(declared_at=NOON)
    early = [given(Moment.DETECTED, after(-5).isoformat()), given(Moment.DETECTED, after(-7).isoformat())]

    assert times(incident, [], early)[Moment.DETECTED] == after(-7)
    assert times(incident, [], [*early, given(Moment.DETECTED, "")])[Moment.DETECTED] == NOON


def test_durations_follow_from_the_times_that_are_known() -> None:
    known: Times = dict.fromkeys(Moment) | {
        Moment.IMPACT_START: after(-10),
        Moment.DETECTED: NOON,
        Moment.IMPACT_END: after(30),
    }

    assert durations(known) == [
        ("Impact lasted", timedelta(minutes=40)),
        ("Time to detect", timedelta(minutes=10)),
    ]


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({Moment.IMPACT_START: after(-10)}, {}),
        ({Moment.IMPACT_END: after(-10), Moment.IMPACT_START: after(-20)}, {}),
        ({Moment.IMPACT_END: after(61)}, {Moment.IMPACT_END: "That time is still to come."}),
        (
            {Moment.IMPACT_START: after(20), Moment.IMPACT_END: after(10)},
            {Moment.IMPACT_END: "Impact end cannot be before Impact start."},
        ),
        ({Moment.ENGAGED: after(-1)}, {Moment.ENGAGED: "Engaged cannot be before Detected."}),
        ({Moment.ENGAGED: None}, {}),
        (
            {Moment.IMPACT_START: datetime(26, 3, 2, tzinfo=UTC)},
            {Moment.IMPACT_START: "That time is before 1970. Look at its year: `2026-12-25 14:05`."},
        ),
    ],
)
def test_a_wrong_time_is_named_with_what_is_wrong(changed: Times, wrong: dict[Moment, str]) -> None:
    known = times(an_incident(declared_at=NOON, engaged_at=after(5)), [], [])

    assert problems(known, changed, after(60)) == wrong


@pytest.mark.parametrize(
    ("text", "name", "at"),
    [
        ("impact-start 11:05", Moment.IMPACT_START, datetime(2026, 3, 2, 10, 5, tzinfo=UTC)),
        ("Impact start: at 11:05", Moment.IMPACT_START, datetime(2026, 3, 2, 10, 5, tzinfo=UTC)),
        ("mitigated now", Moment.MITIGATED, NOON),
        ("mitigated 12:05pm", Moment.MITIGATED, datetime(2026, 3, 2, 11, 5, tzinfo=UTC)),
        ("mitigated 2 hours ago", Moment.MITIGATED, datetime(2026, 3, 2, 10, 0, tzinfo=UTC)),
        ("impact_end yesterday 23:00", Moment.IMPACT_END, datetime(2026, 3, 1, 22, 0, tzinfo=UTC)),
        ("detected -", Moment.DETECTED, None),
    ],
)
def test_a_time_is_typed_in_one_line_on_the_clocks_of_whoever_types(
    text: str, name: Moment, at: datetime | None
) -> None:
    assert typed(text, ZoneInfo("Europe/Berlin"), NOON) == (name, at)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("lunch 12:00", "One of: Impact start, Detected"), ("detected soon", "Write `14:05`")],
)
def test_what_is_not_understood_says_what_is_expected(text: str, expected: str) -> None:
    with pytest.raises(Refused, match=expected):
        typed(text, ZoneInfo("UTC"), NOON)


@pytest.mark.parametrize(
    ("status", "changed", "proposed"),
    [
        (Status.INVESTIGATING, {Moment.IMPACT_END: NOON}, True),
        (Status.FIXING, {Moment.IMPACT_END: NOON}, True),
        (Status.FIXING, {Moment.IMPACT_END: None, Moment.IMPACT_START: NOON}, False),
        (Status.MONITORING, {Moment.IMPACT_END: NOON}, False),
        (Status.RESOLVED, {Moment.IMPACT_END: NOON}, False),
    ],
)
def test_monitoring_is_proposed_once_the_impact_is_over(
    status: Status, changed: Times, proposed: bool
) -> None:
    assert watch_now(an_incident(status=status), changed) is proposed
