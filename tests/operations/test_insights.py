"""The figures of a time, read from incidents as people live through them."""

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Draft, Severity, Status
from bot.domain.incidents.timers import TimerKind, Wanted
from bot.domain.incidents.times import Moment
from bot.domain.insights.insight import Insight
from bot.domain.insights.measures import Missing
from bot.domain.insights.periods import Period
from bot.domain.insights.rules import InsightRules
from bot.domain.oncall.schedules import Layer, Schedule
from bot.operations.incidents.declare import declare
from bot.operations.incidents.lifecycle import change_status, reopen
from bot.operations.incidents.merging import merge
from bot.operations.incidents.near_miss import note_near_miss, turn_real
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.timers import act
from bot.operations.incidents.times import set_times
from bot.operations.insights import reading
from bot.operations.insights.monthly import ALL, wait_for_month
from bot.operations.insights.reading import begun, insight, read_on
from bot.operations.paging.acknowledge import acknowledge_incident
from bot.operations.workspace.people import learned
from storage import timers
from storage.people import Person
from storage.sqlite import MEMORY, SqliteDatabase
from storage.transaction import Tx
from tests.conftest import PEOPLE, Office
from tests.fakes import NOON, FakeClock, process, scheduled
from tests.operations import recomputed
from tests.operations.given import given_incident

WHOLE = Period(date(2026, 1, 1), date(2027, 12, 31), UTC)
MINUTE = timedelta(minutes=1)


def figures(office: Office, by: str = "UREP", period: Period = WHOLE) -> Insight:
    gathered = office.read(begun, period, by=by)
    while not gathered.done:
        gathered = office.read(read_on, gathered)
    return office.read(insight, gathered)


class Lives:
    """Incidents, and what people and time do with them: what the rules refuse does not happen."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.office = Office(SqliteDatabase(MEMORY), process(), self.clock)
        people = [Person(who, who.lower(), None, True, "UTC") for who in PEOPLE]
        self.office.perform(learned, people, [])
        self.count = 0

    def live(self, deed: str, which: int, severity: Severity, minutes: int) -> None:
        self.clock.advance(minutes=minutes)
        number = which % self.count + 1 if self.count else 0
        if deed == "declare" or not number:
            self._declare(severity, which)
            return
        with suppress(Refused):
            self._do(deed, number, which, severity)

    def _declare(self, severity: Severity, which: int) -> None:
        kind = "Gameday" if which % 7 == 6 else "GitLab.com"
        draft = Draft("Disk full", kind, severity, triage=which % 5 == 1, near_miss=which % 5 == 2)
        if kind == "Gameday":
            draft = replace(draft, practice=("UREP",), near_miss=False)
        if which % 5 == 3 and kind != "Gameday":
            now = self.clock.now()
            over: dict[str, datetime] = {
                Moment.IMPACT_START: now - 90 * MINUTE,
                Moment.IMPACT_END: now - 30 * MINUTE,
            }
            draft = replace(draft, over=over)
        self.count = self.office.perform(declare, draft, by="UREP", form=None).id

    def _do(self, deed: str, number: int, which: int, severity: Severity) -> None:
        perform, lead = self.office.perform, self._lead(number)
        match deed:
            case "acknowledge":
                perform(acknowledge_incident, number, by=("UEOC", "UIM", "ULEADER")[which % 3])
            case "reopen":
                perform(reopen, number, "again", by="UREP", back=which % 3 != 0)
            case "merge":
                perform(merge, number, number % self.count + 1, by="UREP")
            case "near miss":
                perform(note_near_miss, number, "no harm", by="UREP")
            case "real":
                perform(turn_real, number, "harm", by="UREP")
            case "severity":
                perform(change_severity, number, severity, by="UREP", reason="wrong" if which % 2 else "")
            case "time":
                at = self.clock.now() - which * MINUTE
                perform(set_times, number, {list(Moment)[which % 6]: at if which % 4 else None}, by="UREP")
            case _:
                perform(change_status, number, Status(deed), by=lead, reason="it is so")

    def _lead(self, number: int) -> str:
        def lead(tx: Tx) -> str:
            rows = tx.all("SELECT lead FROM incidents WHERE id = :id", {"id": number})
            return str(rows[0]["lead"])

        return self.office.read(lead)


DEEDS = (
    *("declare", "declare", "acknowledge", "acknowledge", "reopen", "merge", "near miss", "real", "severity"),
    *("time", *(one.value for one in Status if one is not Status.MERGED)),
)
DECLARED, LIVED = 14, 220
"""So many incidents, and so many things that people try with them."""


@pytest.mark.parametrize("seed", range(8))
def test_a_slow_script_that_shares_nothing_finds_the_same_in_the_raw_timeline(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "INCIDENTS", 4)
    chance, lives = Random(seed), Lives()
    for number in range(DECLARED):
        lives.live("declare", chance.randrange(42), chance.choice(list(Severity)), number % 3)
    for _ in range(LIVED):
        deed, severity = chance.choice(DEEDS), chance.choice(list(Severity))
        lives.live(deed, chance.randrange(210), severity, chance.randrange(9))

    found = figures(lives.office).figures

    assert _as_said(found) == _recomputed(lives)
    lives.office.database.close()


def _as_said(found: Any) -> Any:
    return (
        found.declared,
        {why.value: count for why, count in found.excluded.items()},
        {one.value: count for one, count in found.by_severity.items() if count},
        {
            name.value: (one.spread.n, one.spread.median, one.spread.p90)
            for name, one in found.measures.items()
            if one.spread.n and name.value != "Time to engage"
        },
    )


def _recomputed(lives: Lives) -> Any:
    def raw(tx: Tx) -> Any:
        by_incident = defaultdict(list)
        for row in tx.all("SELECT * FROM entries ORDER BY id"):
            by_incident[row["incident"]].append(row)
        drills = {row["id"]: row["drill"] for row in tx.all("SELECT id, drill FROM incidents")}
        return by_incident, drills

    by_incident, drills = lives.office.read(raw)
    lived = {number: recomputed.replayed(rows, lives.clock.now()) for number, rows in by_incident.items()}
    why = {number: recomputed.left_out(life, bool(drills[number])) for number, life in lived.items()}
    counted = [life for number, life in lived.items() if not why[number]]
    took = defaultdict(list)
    for life in counted:
        for name, span in recomputed.spans(life).items():
            took[name].append(span)
    return (
        len(lived),
        dict(Counter(one for one in why.values() if one)),
        dict(Counter(life["highest"] for life in counted)),
        {name: (len(spans), *recomputed.middle(spans)) for name, spans in took.items()},
    )


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

    assert office.emitted() == [("MonthSummed", {"place": "incidents", "month": "2026-04-01"})]
    assert office.read(timers.due, 10) == []


def test_pages_are_counted_by_shift_a_schedule_at_a_time(office: Office) -> None:
    turns = Layer("all", ZoneInfo("UTC"), datetime(2026, 3, 1, 9), timedelta(days=1), (("UEOC",), ("UEOC2",)))  # noqa: DTZ001 - as clocks there show it
    given_incident(office)
    office.clock.advance(minutes=1)
    office.uow.process = scheduled(office.uow.process, Schedule("EOC", (turns,)))

    (march,) = figures(office, period=Period(date(2026, 3, 1), date(2026, 3, 31), UTC)).paged.shifts
    to_come = figures(office, period=Period(date(2026, 4, 1), date(2026, 4, 30), UTC)).paged.shifts
    year = figures(office, period=Period(date(2026, 1, 1), date(2026, 12, 31), UTC)).paged.shifts

    assert (march.schedule, march.shifts, march.calm, march.most) == ("EOC", 3, 2, 1)
    assert (to_come, year) == ([], [])
