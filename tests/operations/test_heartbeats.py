"""Heartbeats by a schedule, with a grace, by instance, and what a restart or a set clock does to them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.alerts.heartbeats import Expected
from bot.domain.alerts.routing import Heartbeat
from bot.domain.errors import Refused
from bot.domain.incidents.timers import TimerKind
from bot.domain.oncall.schedules import Restriction, WorkingHours
from bot.operations.alerts import heartbeats
from bot.operations.alerts.heartbeats import beat, expect, forget_heartbeat
from bot.operations.audit import clocks, repair
from storage import clocks as stored_clocks
from storage import heartbeats as kept
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.look import acted_on
from tests.operations.test_alerts import all_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERY = Heartbeat("backup", HOUR, "")
HOSTS = Heartbeat("cron", HOUR, "", instances=True)


class Nightly:
    """Half past two each night, in UTC."""

    def after(self, moment: datetime) -> datetime:
        run = moment.replace(hour=2, minute=30, second=0, microsecond=0)
        return run if run > moment else run + DAY

    def __str__(self) -> str:
        return "30 2 * * * (UTC)"


NIGHTLY = Heartbeat("backup", timedelta(), "", runs=Nightly(), grace=HOUR)


def expected(office: Office, *those: Heartbeat) -> None:
    """Start with these in the configuration."""
    named: Mapping[str, Heartbeat] = {one.name: one for one in those}
    office.uow.process = replace(office.uow.process, heartbeats=named)
    office.perform(expect)


def shown(office: Office) -> list[Expected]:
    return office.read(kept.every_expected)


def waits(office: Office) -> timedelta | None:
    (one,) = shown(office)
    return one.due_at - office.clock.now() if one.due_at else None


def test_what_runs_by_a_schedule_is_missed_when_its_grace_is_over(office: Office) -> None:
    expected(office, NIGHTLY)
    office.clock.advance(minutes=14 * 60 + 40)
    office.perform(beat, "backup")
    assert waits(office) == timedelta(hours=24, minutes=50)

    office.clock.advance(minutes=24 * 60 + 51)
    acted_on(office, TimerKind.HEARTBEAT)

    (alert,) = all_of(office)
    assert alert.title == (
        "backup was not heard of for 1 d, and is expected by 30 2 * * * (UTC), 1 h later at most"
    )
    assert waits(office) is None
    office.perform(beat, "backup")
    assert not all_of(office)[0].open


def test_an_interval_has_its_grace_too(office: Office) -> None:
    expected(office, replace(EVERY, grace=timedelta(minutes=5)))

    office.perform(beat, "backup")

    assert waits(office) == timedelta(minutes=65)


@pytest.mark.parametrize("by", [-HOUR, HOUR])
def test_a_clock_that_is_set_moves_an_interval_and_no_schedule(office: Office, by: timedelta) -> None:
    expected(office, EVERY, replace(NIGHTLY, name="nightly"))
    before = {one.name: one.due_at for one in shown(office)}

    office.perform(stored_clocks.shift, by, office.clock.now() + HOUR)

    after = {one.name: one.due_at for one in shown(office)}
    assert after["nightly"] == before["nightly"]
    assert after["backup"]
    assert before["backup"]
    assert after["backup"] - before["backup"] == by


@pytest.mark.parametrize(
    ("before", "now", "wait"),
    [
        (EVERY, EVERY, timedelta(minutes=40)),
        (replace(EVERY, every=DAY), EVERY, timedelta(minutes=40)),
        (EVERY, replace(EVERY, every=DAY), timedelta(hours=23, minutes=40)),
        (replace(EVERY, every=DAY), replace(EVERY, every=timedelta(minutes=10)), timedelta(minutes=10)),
        (EVERY, NIGHTLY, timedelta(hours=15, minutes=10)),
        (NIGHTLY, EVERY, timedelta(minutes=40)),
    ],
)
def test_what_the_configuration_says_anew_counts_from_the_next_start(
    office: Office, before: Heartbeat, now: Heartbeat, wait: timedelta
) -> None:
    expected(office, before)
    office.perform(beat, "backup")
    office.clock.advance(minutes=20)

    for _ in range(2):
        expected(office, now)

    assert waits(office) == wait


def test_starting_again_and_again_never_puts_off_what_is_missed(office: Office) -> None:
    expected(office, EVERY)

    for _ in range(7):
        office.clock.advance(minutes=9)
        expected(office, EVERY)
    acted_on(office, TimerKind.HEARTBEAT)

    assert [one.key for one in all_of(office)] == ["backup"]


def test_an_instance_is_forgotten_and_expected_again_once_it_is_heard_of(office: Office) -> None:
    expected(office, HOSTS)
    for one in ("a", "b"):
        office.perform(beat, "cron", one)
    office.clock.advance(minutes=61)
    acted_on(office, TimerKind.HEARTBEAT)

    office.perform(forget_heartbeat, "cron/b", by="UEOC")

    assert [one.name for one in shown(office)] == ["cron/a"]
    assert {one.key: one.open for one in all_of(office)} == {"cron/a": True, "cron/b": False}
    office.perform(beat, "cron", "b")
    assert [(one.name, bool(one.due_at)) for one in shown(office)] == [("cron/a", False), ("cron/b", True)]


@pytest.mark.parametrize(
    ("name", "said"),
    [("cron/bb", "Did you mean `cron/b1`"), ("backup", "stands in `muster.yml`"), ("x", "No heartbeat `x`")],
)
def test_what_cannot_be_forgotten_is_said(office: Office, name: str, said: str) -> None:
    expected(office, HOSTS, EVERY)
    office.perform(beat, "cron", "b1")

    with pytest.raises(Refused, match=said):
        office.perform(forget_heartbeat, name, by="UEOC")

    assert len(shown(office)) == 2


def test_no_more_than_so_many_instances_are_expected(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "MOST", 2)
    expected(office, HOSTS)
    for one in ("a", "b", "a"):
        office.perform(beat, "cron", one)

    with pytest.raises(Refused, match="no further instance"):
        office.perform(beat, "cron", "c")


@pytest.mark.parametrize("every", [timedelta(days=30), timedelta(days=365)])
def test_what_is_rarely_heard_of_is_no_fault(office: Office, every: timedelta) -> None:
    expected(office, replace(EVERY, every=every))

    assert office.read(clocks) == []


def test_a_time_that_cannot_be_right_is_waited_for_anew(office: Office) -> None:
    expected(office, EVERY)
    office.perform(_spoilt)

    (finding,) = office.read(clocks)
    office.perform(repair, finding)

    assert waits(office) == HOUR


def _spoilt(tx: Tx) -> None:
    tx.write("UPDATE timers SET due_at = 'x' WHERE kind = 'heartbeat'")


@pytest.mark.parametrize(
    ("heard", "due"),
    [
        ("2026-03-02 00:00", "2026-03-02 03:00"),
        ("2026-03-02 02:30", "2026-03-03 03:00"),
        ("2026-03-02 12:00", "2026-03-03 03:00"),
        ("2026-03-06 02:10", "2026-03-09 03:00"),
    ],
)
def test_a_heartbeat_is_expected_in_each_of_its_windows(heard: str, due: str) -> None:
    nights = WorkingHours(UTC, (Restriction(frozenset(range(5)), time(2), time(3)),))
    nightly = Heartbeat("backup", timedelta(), "", windows=nights)

    found = nightly.due(datetime.fromisoformat(f"{heard}+00:00"))

    assert f"{found:%Y-%m-%d %H:%M}" == due
