"""Figures of lives that chance made, found again by a slow script that shares nothing with Muster."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.alerts.routing import Rule, Then
from bot.domain.alerts.signals import Signal, State
from bot.domain.errors import Refused
from bot.domain.incidents.fields import FieldType
from bot.domain.incidents.incident import Draft, Severity, Status
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.incidents.timers import TimerKind
from bot.domain.incidents.times import Moment
from bot.domain.insights.behind import behind, calls_behind, shifts_behind
from bot.domain.insights.insight import Insight
from bot.domain.insights.measures import Heard
from bot.domain.insights.periods import Period
from bot.domain.insights.rules import InsightRules
from bot.domain.oncall.schedules import Layer, Schedule
from bot.operations.alerts.intake import take
from bot.operations.alerts.judging import false_alarm
from bot.operations.incidents.declare import declare
from bot.operations.incidents.fields import set_fields
from bot.operations.incidents.lifecycle import change_status, reopen
from bot.operations.incidents.merging import merge
from bot.operations.incidents.near_miss import note_near_miss, turn_real
from bot.operations.incidents.public_notices import publish
from bot.operations.incidents.public_status import set_public_status
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.times import set_times
from bot.operations.incidents.triage import accept
from bot.operations.insights import reading
from bot.operations.paging.acknowledge import acknowledge_incident
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.work.actions import Plan
from bot.operations.work.follow_ups import NewFollowUp, add_follow_up, cancel_follow_up, finish_follow_up
from bot.operations.work.update import post_update
from bot.operations.workspace.people import learned
from storage import escalations
from storage.alerts import Taken
from storage.people import Person
from storage.sqlite import MEMORY, SqliteDatabase
from tests.conftest import PEOPLE, Office
from tests.fakes import FakeClock, process, scheduled
from tests.operations import recomputed
from tests.operations.look import acted_on
from tests.operations.test_insights import figures

MINUTE = timedelta(minutes=1)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), UTC)
ZONES = {"UEOC": "UTC", "UIM": "Asia/Tokyo", "UCMOC": "America/Los_Angeles", "ULEADER": "Europe/Berlin"}
FIELDS = ("Affected services", "Customer impact", "Root cause", "Externally facing")
VALUES = ("api, web", "API", "", "yes", "no", "bad deploy")
READERS = ("UREP", "USOMEBODY", "UEOC")
RULES = (
    Rule(Then.TRIAGE, name="disk", sources=("disk",)),
    Rule(Then.ACTIVE, name="net", sources=("net",)),
    Rule(Then.PAGE, name="page", sources=("cpu",), team="dotcom EOC"),
)


class Lives:
    """Incidents, and what people, time and alerts do with them: what the rules refuse does not happen."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        begun = recomputed.FIRST_SHIFT.replace(tzinfo=None)  # as clocks there show it
        turns = Layer("all", ZoneInfo("UTC"), begun, timedelta(days=1), (("UEOC",), ("UEOC2",)))
        rules = scheduled(process(), Schedule("EOC", (turns,), managers=("UREP",)))
        fields = {name: FieldType(name) for name in FIELDS} | dict(rules.fields)
        by = InsightRules(cause="Root cause")
        rules = replace(rules, insights=by, alert_rules=RULES, admins=("UREP",), fields=fields)
        self.office = Office(SqliteDatabase(MEMORY), rules, self.clock)
        people = [Person(who, who.lower(), None, True, ZONES.get(who, "UTC")) for who in PEOPLE]
        self.office.perform(learned, people, [])
        self.count = 0

    def live(self, deed: str, which: int, severity: Severity, minutes: int) -> None:
        self.clock.advance(minutes=minutes)
        number = which % self.count + 1 if self.count else 0
        if deed == "declare" or not number:
            self._declare(severity, which)
        else:
            with suppress(Refused):
                self._do(deed, number, which, severity)
        self.office.perform(escalate_overdue, *self.office.read(escalations.overdue, 20))
        while acted_on(self.office, TimerKind.ALERTS):
            pass
        self.count = max(row["id"] for row in self._raw("incidents"))

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
        draft = replace(draft, private=which % 6 == 4)
        self.office.perform(declare, draft, by="UREP", form=None)

    def _do(self, deed: str, number: int, which: int, severity: Severity) -> None:
        perform, lead, now = self.office.perform, self._lead(number), self.clock.now()
        responder, name = ("UEOC", "UIM", "ULEADER")[which % 3], FIELDS[which % 4]
        status, ends = list(PublicStatus)[which % len(PublicStatus)], (finish_follow_up, cancel_follow_up)
        moment, at = list(Moment)[which % 6], now - which * MINUTE if which % 4 else None
        said = Signal(f"k{which}", "Disk full", State.FIRING, severity, group=f"g{which}")
        reason = "wrong" if which % 2 else ""
        due = now.date() + timedelta(days=which % 3) if which % 4 else None
        new = NewFollowUp("Do it", due=due, owner="UEOC", plan=Plan(private=which % 5 == 0))
        done: dict[str, Callable[[], object]] = {
            "acknowledge": lambda: perform(acknowledge_incident, number, by=responder),
            "reopen": lambda: perform(reopen, number, "again", by="UREP", back=which % 3 != 0),
            "merge": lambda: perform(merge, number, number % self.count + 1, by="UREP"),
            "near miss": lambda: perform(note_near_miss, number, "no harm", by="UREP"),
            "real": lambda: perform(turn_real, number, "harm", by="UREP"),
            "severity": lambda: perform(change_severity, number, severity, by="UREP", reason=reason),
            "time": lambda: perform(set_times, number, {moment: at}, by="UREP"),
            "update": lambda: perform(
                post_update,
                number,
                f"We look {which}",
                by="UREP",
                status=Status.FIXING,
                severity=severity,
                next_in=which % 9 * MINUTE or None,
            ),
            "field": lambda: perform(set_fields, number, {name: VALUES[which % 6]}, by="UREP"),
            "alert": lambda: perform(take, [[Taken(("disk", "net", "cpu")[which % 3], said, "{}")]]),
            "false alarm": lambda: perform(false_alarm, number, "nothing", changes=False, by=lead or "UREP"),
            "follow-up": lambda: perform(add_follow_up, number, new, by="UREP"),
            "done": lambda: perform(ends[which % 2], which % 12 + 1, by="UREP"),
            "public": lambda: perform(set_public_status, number, status, by="UREP"),
            "publish": lambda: perform(publish, number, "We look into it.", by="UCMOC"),
            "accept": lambda: perform(accept, number, by="UEOC"),
            "night": lambda: self.clock.advance(minutes=which * 3),
        }
        if deed in done:
            done[deed]()
        else:
            perform(change_status, number, Status(deed), by=lead, reason="it is so")

    def _lead(self, number: int) -> str:
        return str(next(row["lead"] for row in self._raw("incidents") if row["id"] == number))

    def _raw(self, table: str) -> list[recomputed.Raw]:
        return self.office.read(lambda tx: tx.all(f"SELECT * FROM {table} ORDER BY 1"))

    def raw(self) -> dict[str, list[recomputed.Raw]]:
        return {name: self._raw(name) for name in recomputed.TABLES}


DEEDS = (
    *("declare", "declare", "acknowledge", "acknowledge", "reopen", "merge", "near miss", "real", "severity"),
    *("time", *(one.value for one in Status if one is not Status.MERGED)),
    *("update", "update", "field", "field", "alert", "false alarm", "follow-up", "done", "public", "publish"),
    *("accept", "night"),
)
DECLARED, LIVED = 12, 170
"""So many incidents, and so many things that people try with them."""


SEEDS = (*range(3), *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(3, 9)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slow_script_that_shares_nothing_finds_the_same_in_the_raw_rows(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "INCIDENTS", 4)
    monkeypatch.setattr(reading, "CALLS", 5)
    chance, lives = Random(seed), Lives()
    for number in range(DECLARED):
        lives.live("declare", chance.randrange(42), chance.choice(list(Severity)), number % 3)
    for _ in range(LIVED):
        deed, severity = chance.choice(DEEDS), chance.choice(list(Severity))
        lives.live(deed, chance.randrange(210), severity, chance.randrange(9))
    lives.clock.advance(minutes=1)
    raw, now = lives.raw(), lives.clock.now()

    found = {who: figures(lives.office, who, MARCH) for who in READERS}

    for who in READERS:
        expected = recomputed.figures(raw, who, now)
        said = _as_said(found[who])
        assert {name: said[name] for name in expected} == expected, who
        _opens_as_many(found[who])
    lives.office.database.close()


def _as_said(now: Insight) -> dict[str, Any]:
    found, paged = now.figures, now.paged
    return {
        "declared": found.declared,
        "excluded": {why.value: count for why, count in found.excluded.items()},
        "severity": {one.value: count for one, count in found.by_severity.items() if count},
        "service": {name.casefold(): count for name, count in found.by_service},
        "cause": {name.casefold(): count for name, count in found.by_cause},
        "took": {
            name.value: (one.spread.n, one.spread.median, one.spread.p90)
            for name, one in found.measures.items()
            if one.spread.n and name.value != "Time to engage"
        },
        "apart": {name.value: one.apart.n for name, one in found.measures.items() if one.apart.n},
        "updates": (found.updates.count, found.updates.of),
        "heard": {one.value: count for one, count in found.heard.items() if count},
        "noise": {
            one.rule: {why.value: count for why, count in one.by.items() if count} for one in found.noise
        },
        "pages": (paged.whole.pages, paged.whole.night, paged.whole.weekend, paged.whole.acknowledged),
        "people": {who: (one.pages, one.night, one.weekend) for who, one in paged.people},
        "called": (paged.called, paged.most),
        "drills": len(paged.drills),
        "shifts": {
            (shift.start - recomputed.FIRST_SHIFT).days: len(calls)
            for load in paged.shifts
            for shift, calls in load.each
            if calls
        },
        "follow-ups": (now.follow_ups.made, now.follow_ups.done, now.follow_ups.overdue),
    }


def _opens_as_many(now: Insight) -> None:
    """Hold that as many are behind a figure as it says."""
    found, paged = now.figures, now.paged
    counts = {
        "all": found.counted,
        **{f"excluded:{why}": count for why, count in found.excluded.items()},
        **{f"severity:{one}": count for one, count in found.by_severity.items()},
        **{f"type:{name}": count for name, count in found.by_type},
        **{f"service:{name}": count for name, count in found.by_service},
        **{f"cause:{name}": count for name, count in found.by_cause},
        **{f"heard:{one}": count for one, count in found.heard.items()},
        "hour": found.in_the_hour.of,
        f"heard:{Heard.IN_TIME}": found.in_the_hour.count,
    }
    for measure, one in found.measures.items():
        counts |= {f"took:{measure}": one.spread.n, f"apart:{measure}": one.apart.n}
        counts |= {f"missing:{measure}:{why}": count for why, count in one.missing.items()}
    for noise in found.noise:
        counts |= {f"rule:{noise.rule}": noise.opened}
        counts |= {f"noise:{why}:{noise.rule}": count for why, count in noise.by.items()}
    assert {key: len(behind(now.incidents, key) or ()) for key in counts} == counts
    assert sum(one.updates_late for one, _ in behind(now.incidents, "late") or ()) == (
        found.updates.of - found.updates.count
    )
    pages = {"": paged.whole} | {f":{who}": one for who, one in paged.people}
    for who, load in pages.items():
        of = {
            "all": load.pages,
            "night": load.night,
            "weekend": load.weekend,
            "acknowledged": load.acknowledged,
        }
        assert {part: len(calls_behind(paged, f"pages:{part}{who}") or ()) for part in of} == of
    for shifts in paged.shifts:
        assert len(shifts_behind(paged, f"calm:{shifts.schedule}") or ()) == shifts.calm
