"""The figures of a time, read from incidents as people live through them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.incidents.timers import TimerKind, Wanted
from bot.domain.insights.insight import Insight
from bot.domain.insights.measures import Missing
from bot.domain.insights.periods import Period
from bot.domain.insights.rules import InsightRules
from bot.domain.oncall.schedules import Layer, Schedule
from bot.operations.incidents.timers import act
from bot.operations.insights.monthly import ALL, wait_for_month
from bot.operations.insights.reading import begun, insight, read_on
from storage import timers
from tests.conftest import Office
from tests.fakes import NOON, scheduled
from tests.operations.given import given_incident

WHOLE = Period(date(2026, 1, 1), date(2027, 12, 31), UTC)
MINUTE = timedelta(minutes=1)


def figures(office: Office, by: str = "UREP", period: Period = WHOLE) -> Insight:
    gathered = office.read(begun, period, by=by)
    while not gathered.done:
        gathered = office.read(read_on, gathered)
    return office.read(insight, gathered)


def test_a_persons_own_figures_are_shown_to_them_to_admins_and_to_who_manages_the_schedule(
    office: Office,
) -> None:
    managed = Schedule("EOC", (), managers=("UREP",))
    rules = scheduled(replace(office.uow.process, admins=("ULEADER",)), managed)
    given_incident(office, "S2")
    office.uow.process = rules

    shown = {
        who: [person for person, _ in figures(office, who).paged.people]
        for who in ("UEOC", "UREP", "ULEADER", "USOMEBODY")
    }

    assert shown == {
        "UEOC": ["UEOC"],
        "UREP": ["UEOC"],
        "ULEADER": ["UCMOC", "UEOC", "UIM"],
        "USOMEBODY": [],
    }
    assert figures(office, "USOMEBODY").paged.whole.pages == 3


def test_what_is_open_or_was_just_declared_is_counted_without_times(office: Office) -> None:
    given_incident(office)

    found = figures(office)

    assert (found.figures.declared, found.figures.counted) == (1, 1)
    assert {why for one in found.figures.measures.values() for why in one.missing} == {
        Missing.NO_IMPACT,
        Missing.NOT_YET,
    }
    assert not any(one.spread.n for one in found.figures.measures.values())


def test_a_timer_that_was_put_anywhere_waits_for_the_next_month(office: Office) -> None:
    office.uow.process = replace(office.uow.process, insights=InsightRules("incidents"))

    office.perform(wait_for_month)
    first = office.read(timers.of, ALL, TimerKind.INSIGHTS)
    office.perform(timers.put, ALL, TimerKind.INSIGHTS, Wanted("", NOON + timedelta(days=80)))
    office.perform(wait_for_month)
    again = office.read(timers.of, ALL, TimerKind.INSIGHTS)
    office.uow.process = replace(office.uow.process, insights=InsightRules())
    office.perform(wait_for_month)

    assert first
    assert again
    assert first.due_at == again.due_at == datetime(2026, 4, 1, 9, tzinfo=UTC)
    assert office.read(timers.of, ALL, TimerKind.INSIGHTS) is None


def test_what_was_missed_for_months_is_posted_once(office: Office) -> None:
    office.uow.process = replace(office.uow.process, insights=InsightRules("incidents"))
    office.perform(wait_for_month)
    office.clock.advance(minutes=90 * 24 * 60)
    office.perform(wait_for_month)
    (due,) = office.read(timers.due, 10)

    office.perform(act, due)

    assert office.emitted() == [
        ("MonthSummed", {"place": "incidents", "month": "2026-04-01", "since": "2026-03-01"})
    ]
    assert office.read(timers.due, 10) == []


def test_pages_are_counted_by_shift_a_schedule_at_a_time(office: Office) -> None:
    turns = Layer("all", ZoneInfo("UTC"), datetime(2026, 3, 1, 9), timedelta(days=1), (("UEOC",), ("UEOC2",)))  # noqa: DTZ001 - as clocks there show it
    given_incident(office)
    office.clock.advance(minutes=1)
    office.uow.process = scheduled(office.uow.process, Schedule("EOC", (turns,)))

    (march,) = figures(office, period=Period(date(2026, 3, 1), date(2026, 3, 31), UTC)).paged.shifts
    to_come = figures(office, period=Period(date(2026, 4, 1), date(2026, 4, 30), UTC)).paged.shifts
    year = figures(office, period=Period(date(2026, 1, 1), date(2026, 12, 31), UTC)).paged.shifts

    # Before nine on the first day nobody was on call: that is no shift.
    assert (march.schedule, march.shifts, march.calm, march.most) == ("EOC", 2, 1, 1)
    assert (to_come, year) == ([], [])
