"""Every command in any order, refused or not: what must hold of all incidents holds after each of them."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Draft, Severity, Status
from bot.domain.incidents.listing import Listed, Which
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.incidents.timers import TimerKind
from bot.domain.incidents.times import Moment
from bot.domain.process import IM
from bot.operations.incidents.declare import declare
from bot.operations.incidents.fields import add_link, remove_link, set_fields
from bot.operations.incidents.lifecycle import change_status, reopen
from bot.operations.incidents.merging import combine, merge
from bot.operations.incidents.near_miss import note_near_miss, turn_real
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.incidents.pause import pause
from bot.operations.incidents.privacy import make_private
from bot.operations.incidents.public_status import set_public_status
from bot.operations.incidents.role_requests import answer_for_role, ask_for_role
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.streams import close_stream, open_stream, post_stream_update
from bot.operations.incidents.timers import snooze, start, stop
from bot.operations.incidents.times import set_times
from bot.operations.incidents.triage import accept, decline
from bot.operations.incidents.undo import undo
from bot.operations.incidents.weekend import wait_until_monday, work_now
from bot.operations.paging.acknowledge import acknowledge_incident
from bot.operations.timeline.notes import change_note, note
from bot.operations.workspace.people import learned
from scheduler.ticks import Ticks
from storage import listing
from storage.people import Person
from storage.sqlite import MEMORY, SqliteDatabase
from storage.transaction import Row
from tests.conftest import PEOPLE, Office
from tests.fakes import FakeClock, process

ACTORS = ("UREP", "UEOC", "UIM", "ULEADER")
STRANGER = "USOMEBODY"
"""Somebody who does nothing, is never called and never invited."""
GRAPH = "https://graphs.example.com/1"
ONGOING = {"Triage", "Investigating", "Fixing", "Monitoring"}


@dataclass(frozen=True)
class Case:
    """Who does something, to which incident, with which other one, and how."""

    office: Office
    by: str
    number: int
    other: int
    severity: Severity

    def do(self, operation: Callable[..., Any], *given: Any, **named: Any) -> None:
        self.office.perform(operation, self.number, *given, by=self.by, **named)

    def last(self, rows: str) -> int:
        found = self.office.read(
            lambda tx: tx.all(f"SELECT MAX(id) AS id FROM {rows} AND incident = :n", {"n": self.number})
        )
        return int(found[0]["id"] or 0)


def _note_again(case: Case) -> None:
    case.office.perform(
        change_note,
        case.number,
        case.last("entries WHERE kind = 'note'"),
        text="Seen by day",
        at=case.office.clock.now() - timedelta(minutes=3),
        hidden=case.severity in {Severity.S1, Severity.S3},
        by=case.by,
    )


def _of_stream(operation: Callable[..., Any]) -> Callable[[Case], None]:
    def done(case: Case) -> None:
        if number := case.last("streams WHERE closed_at IS NULL"):
            case.office.perform(operation, number, "The lock is found", by=case.by)

    return done


def _answers(case: Case) -> None:
    takes = case.severity in {Severity.S1, Severity.S3}
    case.office.perform(answer_for_role, case.number, takes=takes, by=case.by)


COMMANDS: Mapping[str, Callable[[Case], None]] = {
    "ack": lambda case: case.do(acknowledge_incident),
    "accept": lambda case: case.do(accept),
    "decline": lambda case: case.do(decline),
    "severity": lambda case: case.do(change_severity, case.severity, reason="It is so"),
    "fixing": lambda case: case.do(change_status, Status.FIXING),
    "monitoring": lambda case: case.do(change_status, Status.MONITORING),
    "resolve": lambda case: case.do(change_status, Status.RESOLVED),
    "reopen": lambda case: case.do(reopen, "It came back"),
    "merge": lambda case: case.do(merge, case.other),
    "combine": lambda case: case.do(combine, [case.other]),
    "private": lambda case: case.do(make_private, "Customer data"),
    "nearmiss": lambda case: case.do(note_near_miss, "It did no harm"),
    "real": lambda case: case.do(turn_real, "It did"),
    "pause": lambda case: case.do(pause, case.office.clock.now() + timedelta(days=2), "The vendor"),
    "wait until monday": lambda case: case.do(wait_until_monday),
    "pause end": lambda case: case.do(work_now),
    "note": lambda case: case.do(note, "Seen at night"),
    "note edit": _note_again,
    "public": lambda case: case.do(set_public_status, list(PublicStatus)[int(case.severity[1]) - 1]),
    "field": lambda case: case.do(set_fields, {"Blocks Deployments": "yes"}),
    "link": lambda case: case.do(add_link, "Graph", GRAPH),
    "link remove": lambda case: case.do(remove_link, GRAPH),
    "time": lambda case: case.do(
        set_times, {Moment.IMPACT_START: case.office.clock.now() - timedelta(minutes=5)}
    ),
    "stream": lambda case: case.do(open_stream, f"s{case.severity}"),
    "stream update": _of_stream(post_stream_update),
    "stream close": _of_stream(close_stream),
    "lead": lambda case: case.do(hand_over, case.by),
    "role": lambda case: case.do(assign_role, IM, case.by),
    "role ask": lambda case: case.do(ask_for_role, IM, ACTORS[int(case.severity[1]) - 1]),
    "role answer": _answers,
    "snooze": lambda case: case.do(snooze, TimerKind.UPDATE, timedelta(hours=1)),
    "nudges stop": lambda case: case.do(stop, TimerKind.UPDATE),
    "nudges start": lambda case: case.do(start, TimerKind.UPDATE),
    "undo": lambda case: case.do(undo),
}


_TYPED: dict[str, Any] = {
    "command": st.sampled_from(sorted(COMMANDS)),
    "by": st.sampled_from(["", "", *ACTORS]),  # "" is whoever leads: they may do most
    "severity": st.sampled_from(Severity),
    "data": st.data(),
}
"""Given to three rules, so that more is typed than time passes."""


class Commands(RuleBasedStateMachine):
    """Three incidents at most, and whatever is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.office = Office(SqliteDatabase(MEMORY), process(), FakeClock())
        known = [Person(who, who.lower(), None, True, "UTC") for who in PEOPLE]
        self.office.perform(learned, known, [])
        self.entries: dict[int, str] = {}
        self.numbers: list[int] = []

    def teardown(self) -> None:
        self.office.database.close()

    @initialize(severity=st.sampled_from(Severity))
    def it_begins(self, severity: Severity) -> None:
        self.declare(severity, "begins")

    @precondition(lambda self: len(self.numbers) < 3)
    @rule(severity=st.sampled_from(Severity), how=st.sampled_from(["", "triage", "near miss", "private"]))
    def declare(self, severity: Severity, how: str) -> None:
        draft = Draft(
            "Disk full",
            "GitLab.com",
            severity,
            triage=how == "triage",
            near_miss=how == "near miss",
            private=how == "private",
        )
        self.numbers.append(self.office.perform(declare, draft, by="UREP", form=None).id)

    @rule(**_TYPED)
    def somebody_types(self, command: str, by: str, severity: Severity, data: st.DataObject) -> None:
        number, other = (data.draw(st.sampled_from(self.numbers)) for _ in range(2))
        lead = self._rows(f"SELECT lead FROM incidents WHERE id = {number}")[0]["lead"]
        with suppress(Refused):
            COMMANDS[command](Case(self.office, by or lead, number, other, severity))

    @rule(**_TYPED)
    def the_next_one_types(self, command: str, by: str, severity: Severity, data: st.DataObject) -> None:
        self.somebody_types(command, by, severity, data)

    @rule(**_TYPED)
    def another_one_types(self, command: str, by: str, severity: Severity, data: st.DataObject) -> None:
        self.somebody_types(command, by, severity, data)

    @precondition(lambda self: self._went_on())
    @rule(data=st.data())
    def where_one_went_on_is_merged_back(self, data: st.DataObject) -> None:
        """What two people do who each merge into the other's incident, the second one a moment later."""
        into = self._went_on()
        first = end = data.draw(st.sampled_from(sorted(into)))
        for _ in into:
            end = into.get(end, end)
        lead = self._rows(f"SELECT lead FROM incidents WHERE id = {end}")[0]["lead"]
        with suppress(Refused):
            COMMANDS["merge"](Case(self.office, lead, end, first, Severity.S2))

    @rule(minutes=st.sampled_from([1, 4, 15, 31, 2000]))
    def time_passes(self, minutes: int) -> None:
        self.office.clock.advance(minutes=minutes)
        asyncio.run(Ticks(self.office.uow).tick())

    # What holds

    def _went_on(self) -> dict[int, int]:
        """Return into which incident each duplicate was merged."""
        rows = self._rows("SELECT id, merged_into FROM incidents WHERE merged_into IS NOT NULL")
        return {one["id"]: one["merged_into"] for one in rows}

    def _rows(self, sql: str) -> list[Row]:
        return self.office.read(lambda tx: tx.all(sql))

    @invariant()
    def nobody_is_paged_for_what_is_over_or_did_no_harm(self) -> None:
        for page in self._rows(
            """SELECT incidents.* FROM pages JOIN escalations ON escalations.id = pages.escalation
            JOIN incidents ON incidents.id = escalations.incident WHERE pages.state = 'pending'"""
        ):
            assert page["status"] in ONGOING, page
            assert not page["near_miss"], page

    @invariant()
    def each_incident_has_one_lead_and_each_role_one_holder(self) -> None:
        held = [(one["incident"], one["role"]) for one in self._rows("SELECT incident, role FROM roles")]
        assert len(held) == len(set(held))
        for one in self._rows("SELECT * FROM incidents WHERE status <> 'Merged'"):
            assert one["lead"], one

    @invariant()
    def the_timeline_only_grows(self) -> None:
        now = {one["id"]: one["kind"] for one in self._rows("SELECT id, kind FROM entries")}
        assert self.entries.items() <= now.items()
        self.entries = now

    @invariant()
    def what_is_private_is_in_nobody_elses_list(self) -> None:
        private = {one["id"] for one in self._rows("SELECT id FROM incidents WHERE private = 1")}
        for which in (Which.OPEN, Which.ALL, Which.RECENT, Which.TRIAGE):
            wanted = Listed(which=which)
            seen = {one.id for one in self.office.read(listing.of, wanted, STRANGER, 100)}
            assert not seen & private
            assert self.office.read(listing.count, wanted, STRANGER) == len(seen)

    @invariant()
    def what_was_merged_goes_on_elsewhere_and_never_in_a_circle(self) -> None:
        into = self._went_on()
        for one in self._rows("SELECT * FROM incidents"):
            assert (one["status"] == "Merged") == (one["merged_into"] is not None), one
            end = one["id"]
            for _ in into:
                end = into.get(end, end)
            assert end not in into, f"INC-{one['id']} goes on nowhere"

    @invariant()
    def only_what_can_wait_is_paused(self) -> None:
        for one in self._rows("SELECT * FROM incidents WHERE waits_until IS NOT NULL"):
            assert one["severity"] in {"S3", "S4"}, one
            assert one["status"] in ONGOING, one

    @invariant()
    def stages_follow_each_other(self) -> None:
        for one in self._rows("SELECT * FROM incidents"):
            stages = [one[name] for name in ("declared_at", "engaged_at", "resolved_at") if one[name]]
            assert all(earlier <= later for earlier, later in pairwise(stages)), one

    @invariant()
    def nothing_reminds_of_what_is_over(self) -> None:
        for one in self._rows(
            """SELECT kind, status FROM timers JOIN incidents ON incidents.id = timers.subject
            WHERE kind IN ('investigating', 'unacknowledged', 'only_reporter', 'monitoring', 'cmoc')"""
        ):
            assert one["status"] in ONGOING, one


def examples(number: int) -> settings:
    return settings(
        max_examples=number,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )


class TestCommands(Commands.TestCase):  # type: ignore[misc,valid-type]
    settings = examples(6)


@pytest.mark.proof
class TestManyCommands(Commands.TestCase):  # type: ignore[misc,valid-type]
    settings = examples(25)
