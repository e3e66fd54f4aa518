"""What figures are: periods, what is measured and what is left out, and what many come to."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.domain.actors import Machine, MachineKind
from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.publicity import Publicity
from bot.domain.incidents.times import Moment, Move
from bot.domain.insights.behind import behind, calls_behind, shifts_behind, start_of
from bot.domain.insights.figures import figures_of, spread
from bot.domain.insights.load import Call, paged
from bot.domain.insights.measures import Course, Excluded, Heard, Measure, Missing, Verdict, measured
from bot.domain.insights.periods import Period, WrongDay, choices, meant, month_of
from bot.domain.insights.rules import month_before, next_post
from bot.domain.oncall.load import Called
from bot.domain.oncall.shifts import Shift
from tests.fakes import NOON, process
from tests.values import a_course

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RULES = process()


def resolved(*moves: Move, **changes: object) -> Course:
    """Return how INC-7 went, which Ana resolved after an hour."""
    ending = Move(NOON + HOUR, "Investigating", "Resolved", "UANA")
    given = {"status": Status.CLOSED, "resolved_at": NOON + HOUR, "moves": (*moves, ending)}
    return a_course(**{**given, **changes})


def minutes(*each: float) -> list[timedelta]:
    return [one * MINUTE for one in each]


# Periods


def test_a_day_on_which_clocks_change_is_whole() -> None:
    spring, autumn = Period(date(2026, 3, 29), date(2026, 3, 29), BERLIN), date(2026, 10, 25)

    assert spring.end - spring.start == 23 * HOUR
    assert Period(autumn, autumn, BERLIN).end - Period(autumn, autumn, BERLIN).start == 25 * HOUR


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2018, 11, 4), "America/Sao_Paulo", 23),  # it began at one o'clock
        (date(2011, 12, 30), "Pacific/Apia", 0),  # it was left out
        (date(2026, 4, 5), "Australia/Lord_Howe", 24.5),
    ],
)
def test_a_day_is_as_long_as_it_was_there(day: date, zone: str, hours: float) -> None:
    found = Period(day, day, ZoneInfo(zone))

    assert found.end - found.start == hours * HOUR
    assert (found.before.end, Period(day + timedelta(days=1), day, found.zone).start) == (
        found.start,
        found.end,
    )


def test_the_time_before_has_as_many_days_and_ends_where_this_one_begins() -> None:
    november = month_of(date(2026, 11, 9), BERLIN)

    assert (november.first, november.last, november.days) == (date(2026, 11, 1), date(2026, 11, 30), 30)
    assert november.before == Period(date(2026, 10, 2), date(2026, 10, 31), BERLIN)
    assert november.before.end == november.start


@pytest.mark.parametrize(
    ("first", "last", "step", "count"),
    [
        (date(2026, 1, 1), date(2026, 1, 31), "day", 31),
        (date(2026, 1, 1), date(2026, 3, 31), "week", 14),
        (date(2026, 1, 15), date(2026, 12, 31), "month", 12),
        (date(2026, 1, 1), date(2026, 1, 1), "day", 1),
        (date(2016, 2, 29), date(2026, 2, 28), "year", 11),
        (date(1970, 1, 1), date(2100, 12, 31), "year", 131),
    ],
)
def test_parts_have_each_day_once(first: date, last: date, step: str, count: int) -> None:
    period = Period(first, last, BERLIN)

    parts = list(period.parts())

    assert (period.step, len(parts), parts[0].first, parts[-1].last) == (step, count, first, last)
    assert all(one.last + timedelta(days=1) == then.first for one, then in pairwise(parts))


def test_an_address_without_days_means_this_month_until_today() -> None:
    assert meant("", "", UTC, NOON) == Period(date(2026, 3, 1), date(2026, 3, 2), UTC)
    assert meant("", "2026-02-10", UTC, NOON) == Period(date(2026, 2, 1), date(2026, 2, 10), UTC)
    assert meant("2026-02-10", "", UTC, NOON) == Period(date(2026, 2, 10), date(2026, 3, 2), UTC)
    assert meant("2026-05-01", "", UTC, NOON) == Period(date(2026, 5, 1), date(2026, 5, 1), UTC)
    assert [one.days for _, one in choices(UTC, NOON)] == [2, 28, 90, 61, 365]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("1969-12-31", "2026-01-01", "from"),
        ("2026-01-01", "2101-01-01", "to"),
        ("2026-02-30", "", "from"),
        ("2026-02-02", "2026-02-01", "from"),
    ],
)
def test_a_day_that_cannot_be_meant_names_its_field(first: str, last: str, field: str) -> None:
    with pytest.raises(WrongDay) as refused:
        meant(first, last, UTC, NOON)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("after", "zone", "at"),
    [
        (datetime(2026, 4, 1, 8, 59, tzinfo=UTC), UTC, datetime(2026, 4, 1, 9, tzinfo=UTC)),
        (datetime(2026, 4, 1, 9, tzinfo=UTC), UTC, datetime(2026, 5, 1, 9, tzinfo=UTC)),
        (datetime(2026, 7, 20, tzinfo=UTC), UTC, datetime(2026, 8, 3, 9, tzinfo=UTC)),  # 1 August: Saturday
        (datetime(2026, 10, 31, tzinfo=UTC), UTC, datetime(2026, 11, 2, 9, tzinfo=UTC)),  # a Sunday
        (datetime(2026, 11, 15, tzinfo=UTC), BERLIN, datetime(2026, 12, 1, 8, tzinfo=UTC)),
        (datetime(2026, 5, 31, 22, 30, tzinfo=UTC), BERLIN, datetime(2026, 6, 1, 7, tzinfo=UTC)),
    ],
)
def test_a_month_is_posted_on_the_first_working_morning_after_it(
    after: datetime, zone: ZoneInfo, at: datetime
) -> None:
    assert next_post(after, zone) == at
    assert month_before(at, zone) == (at.replace(day=1) - timedelta(days=1)).date().replace(day=1)


# One incident


def test_each_measure_counts_from_and_until_what_it_says() -> None:
    course = resolved(
        Move(NOON + 20 * MINUTE, "Fixing", "Monitoring", "UANA"),
        Move(NOON + 30 * MINUTE, "Monitoring", "Investigating", "UANA"),
        engaged_at=NOON + 5 * MINUTE,
        called_at=NOON + MINUTE,
        answered_at=NOON + 4 * MINUTE,
        mobilised_at=NOON + 9 * MINUTE,
        by_hand={Moment.IMPACT_START: (NOON - 7 * MINUTE).isoformat()},
        change="https://git.test/1",
    )

    found = measured(course, RULES, NOON)

    expected = (7, 3, 5, 9, 60, 60, 67)
    assert found.took == dict(zip(Measure, minutes(*expected), strict=True))
    assert not found.missing


@pytest.mark.parametrize(
    ("course", "measure", "why"),
    [
        (resolved(), Measure.DETECT, Missing.NO_IMPACT),
        (resolved(), Measure.ACKNOWLEDGE, Missing.NOT_PAGED),
        (resolved(), Measure.MOBILISE, Missing.NOT_PAGED),
        (a_course(called_at=NOON), Measure.MOBILISE, Missing.NOT_YET),
        (resolved(called_at=NOON), Measure.MOBILISE, Missing.NEVER),
        (resolved(called_at=NOON), Measure.ACKNOWLEDGE, Missing.NEVER),
        (a_course(called_at=NOON), Measure.ACKNOWLEDGE, Missing.NOT_YET),
        (a_course(), Measure.RESOLVE, Missing.NOT_YET),
        (resolved(retrospective=True), Measure.RESOLVE, Missing.AFTERWARDS),
        (
            resolved(by_hand={Moment.RESOLVED: (NOON - MINUTE).isoformat()}),
            Measure.RESOLVE,
            Missing.NEVER,
        ),
    ],
)
def test_it_is_said_why_something_is_not_known(course: Course, measure: Measure, why: Missing) -> None:
    found = measured(course, RULES, NOON)

    assert measure not in found.took
    assert found.missing[measure] is why


@pytest.mark.parametrize(
    ("course", "why"),
    [
        (resolved(Move(NOON, "Closed", "Investigating", "UREP", True)), Missing.REOPENED),
        (resolved(Move(NOON, "Cancelled", "Investigating", "UREP", None)), Missing.REOPENED),
        (resolved(Move(NOON, "Closed", "Investigating", "UREP", False)), None),
        (
            resolved(moves=(Move(NOON, "Fixing", "Resolved", Machine(MachineKind.ALERT, "ci")),)),
            Missing.BY_MACHINE,
        ),
    ],
)
def test_what_came_back_or_a_machine_resolved_stands_apart(course: Course, why: Missing | None) -> None:
    found = measured(course, RULES, NOON)

    assert found.missing.get(Measure.RESOLVE) is why
    assert (Measure.RESOLVE in found.apart) is bool(why)
    assert (Measure.RESOLVE in found.took) is not bool(why)


@pytest.mark.parametrize(
    ("changes", "heard"),
    [
        ({"told_at": NOON + 59 * MINUTE}, Heard.IN_TIME),
        ({"told_at": NOON + 61 * MINUTE}, Heard.LATE),
        ({}, Heard.LATE),
        ({"publicity": Publicity(unpublished="nobody noticed")}, Heard.REASONED),
        ({"internal": True}, None),
        ({"highest": Severity.S3}, None),
        ({"highest": Severity.S3, "customer_impact": True}, Heard.LATE),
    ],
)
def test_customers_hear_within_the_hour(changes: dict[str, object], heard: Heard | None) -> None:
    course = a_course(**{"highest": Severity.S1, **changes})

    assert measured(course, RULES, NOON + 2 * HOUR).heard is heard


def test_who_still_has_time_is_not_late() -> None:
    assert measured(a_course(highest=Severity.S1), RULES, NOON + MINUTE).heard is Heard.WAITING


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"rule": None}, None),
        ({}, Verdict.REAL),
        ({"lead": ""}, Verdict.WAITING),
        ({"status": Status.TRIAGE}, Verdict.WAITING),
        ({"status": Status.MERGED}, Verdict.REAL),
        ({"status": Status.DECLINED}, Verdict.NOTHING),
        ({"status": Status.CANCELLED, "false_alarm": True}, Verdict.WRONG),
        ({"drill": True}, None),
    ],
)
def test_what_alerts_opened_is_judged(changes: dict[str, object], verdict: Verdict | None) -> None:
    assert measured(a_course(**{"rule": "disk", **changes}), RULES, NOON).verdict is verdict


# Many


def test_half_take_no_longer_than_the_median_and_nine_of_ten_no_longer_than_the_other() -> None:
    assert spread([]).median is None
    assert spread(minutes(3)) == spread([3 * MINUTE])
    assert (spread(minutes(3)).median, spread(minutes(3)).p90) == (3 * MINUTE, 3 * MINUTE)
    assert spread(minutes(9, 1, 2, 4)).median == 3 * MINUTE
    assert spread(minutes(*range(1, 11))).p90 == 9 * MINUTE
    assert spread(minutes(*range(1, 12))).p90 == 10 * MINUTE


def test_what_is_left_out_is_in_no_figure_but_is_counted() -> None:
    left = [
        a_course(drill=True, near_miss=True),
        a_course(near_miss=True, status=Status.MERGED),
        a_course(status=Status.MERGED),
        a_course(status=Status.TRIAGE),
    ]

    found = figures_of([measured(one, RULES, NOON) for one in [*left, resolved()]])

    assert (found.declared, found.counted) == (5, 1)
    assert found.excluded == {
        Excluded.DRILL: 1,
        Excluded.NEAR_MISS: 1,
        Excluded.MERGED: 1,
        Excluded.TRIAGE: 1,
    }
    assert found.measures[Measure.RESOLVE].spread.n == 1


def test_names_are_counted_whatever_their_case_and_what_nobody_set_comes_last() -> None:
    services = ("API, web", "api", "api, API", "", "web", "")

    found = figures_of([measured(a_course(services=one), RULES, NOON) for one in services])

    assert found.by_service == [("API", 3), ("web", 2), ("", 2)]


def test_the_incidents_behind_a_figure_are_as_many_as_it_says() -> None:
    courses = [
        resolved(id=1, services="API", highest=Severity.S1),
        resolved(id=2, resolved_at=NOON + 2 * HOUR, services="api, web", cause="a bug"),
        a_course(id=3, status=Status.CANCELLED, rule="disk"),
    ]
    found = [measured(one, RULES, NOON + 3 * HOUR) for one in courses]

    def ids(key: str) -> list[int]:
        return [one.id for one, _ in behind(found, key) or ()]

    assert ids("all") == [2, 1]
    assert ids("severity:S1") == [1]
    assert ids("service:Api") == [2, 1]
    assert ids("cause:") == [1]
    assert ids("heard:later, or not at all") == [1]
    assert ids("took:Time to resolve") == [2, 1]
    assert ids("excluded:cancelled") == [3]
    assert ids("rule:disk") == [3]
    assert ids("took:anything") == []
    assert ids("missing:Time to detect:start of the impact not set") == [2, 1]
    assert ids("missing:Time to detect") == []
    assert ids("hour") == [1]
    assert ids("noise:declined or cancelled:disk") == [3]
    assert ids("noise:real:disk") == []
    assert behind(found, "anything:all") is None


def test_pages_count_on_the_clock_of_whom_they_called_and_by_shift() -> None:
    zones = {"UEOC": BERLIN, "UIM": ZoneInfo("Asia/Tokyo")}
    calls = [
        Call(1, "eoc", Called("UEOC", NOON, MINUTE)),
        Call(1, "im", Called("UIM", NOON + 2 * HOUR, None)),  # 23:00 in Tokyo
        Call(2, "eoc", Called("UEOC", NOON + 2 * HOUR, None)),
    ]
    shifts = [Shift(NOON + start * HOUR, NOON + (start + 1) * HOUR, ("UEOC",)) for start in range(4)]

    found = paged(calls, lambda who, _: who == "UEOC", {"EOC": (["eoc"], shifts)}, zones.__getitem__)

    assert (found.whole.pages, found.whole.night, found.called, found.most) == (3, 1, 2, 2)
    assert [(who, one.pages, one.night) for who, one in found.people] == [("UEOC", 2, 0)]
    (load,) = found.shifts
    assert (load.shifts, load.calm, load.median, load.most) == (4, 2, 0.5, 1)


def test_a_time_with_nobody_on_call_is_no_shift_without_a_page() -> None:
    calls = [Call(1, "eoc", Called("UEOC", NOON + start * HOUR, None)) for start in range(2)]
    turns = [("UEOC",), (), ("UEOC",)]
    shifts = [Shift(NOON + start * HOUR, NOON + (start + 1) * HOUR, who) for start, who in enumerate(turns)]

    found = paged(
        calls, lambda *_: True, {"EOC": (["eoc"], shifts), "IM": (["im"], [shifts[1]])}, lambda _: BERLIN
    )

    (load,) = found.shifts
    assert (load.shifts, load.calm, load.median, load.most) == (2, 1, 0.5, 1)
    assert shifts_behind(found, "shifts:EOC") == [(shifts[0], 1), (shifts[2], 0)]


def test_the_pages_behind_a_figure_are_those_it_counts_and_people_are_named_where_they_may_be() -> None:
    zones = {"UEOC": BERLIN, "UIM": ZoneInfo("Asia/Tokyo")}
    calls = [
        Call(1, "eoc", Called("UEOC", NOON, MINUTE)),
        Call(2, "im", Called("UIM", NOON + 2 * HOUR, None)),  # 23:00 in Tokyo
        Call(3, "eoc", Called("UEOC", NOON + 5 * 24 * HOUR, None)),  # a Saturday
        Call(9, "eoc", Called("UEOC", NOON, None), drill=True),
    ]
    shifts = [Shift(NOON + start * HOUR, NOON + (start + 1) * HOUR, ("UEOC",)) for start in range(2)]
    found = paged(calls, lambda who, _: who == "UEOC", {"EOC": (["eoc"], shifts)}, zones.__getitem__)

    def incidents(key: str) -> list[int | None] | None:
        calls = calls_behind(found, key)
        return None if calls is None else [one.incident for one in calls]

    assert incidents("pages:all") == [3, 2, 1]
    assert incidents("pages:night") == [2]
    assert incidents("pages:weekend") == [3]
    assert incidents("pages:acknowledged") == [1]
    assert incidents("pages:drills") == [9]
    assert incidents("pages:all:UEOC") == [3, 1]
    assert incidents("pages:night:UEOC") == []
    assert incidents(f"shift:{start_of(shifts[0])}:EOC") == [1]
    assert [number for _, number in shifts_behind(found, "shifts:EOC") or ()] == [1, 0]
    assert [shift for shift, _ in shifts_behind(found, "calm:EOC") or ()] == [shifts[1]]
    for none in ("pages:all:UIM", "pages:often", "shift:1:EOC", "all", "pages"):
        assert incidents(none) is None
    assert shifts_behind(found, "shifts:IM") is None
