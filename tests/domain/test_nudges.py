"""Nudges: when each is wanted, and when it waits for the morning or for Monday."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.incidents.incident import Severity, Status, Summary
from bot.domain.incidents.nudges import SNOOZES, again_at, held_until, meant
from bot.domain.incidents.timers import State, TimerKind, wanted, weekdays_after
from bot.domain.process import Nudges
from tests.fakes import NOON, process
from tests.values import an_incident

PROCESS = process()
NEW = (
    TimerKind.UNACKNOWLEDGED,
    TimerKind.ONLY_REPORTER,
    TimerKind.SUMMARY,
    TimerKind.MONITORING,
    TimerKind.STILL_OPEN,
)
BARE = an_incident(status=Status.MONITORING, reporter="UREP", lead="UREP", summary=Summary())


def kinds(incident, **state):
    return {kind for kind in wanted(State(incident, PROCESS, NOON, **state)) if kind in NEW}


@pytest.mark.parametrize("status", Status)
def test_each_is_wanted_while_it_is_worked_on_and_none_after(status):
    expected = set(NEW) - ({TimerKind.MONITORING} if status is not Status.MONITORING else set())

    assert kinds(replace(BARE, status=status)) == (expected if status.active else set())


@pytest.mark.parametrize(
    ("change", "state", "gone"),
    [
        ({"waits_until": NOON}, {}, set(NEW)),
        ({"correcting": True}, {}, set(NEW)),
        ({"near_miss": True}, {}, set(NEW)),
        ({"engaged_at": NOON}, {}, {TimerKind.UNACKNOWLEDGED}),
        ({}, {"at_work": frozenset({"UEOC"})}, {TimerKind.UNACKNOWLEDGED}),
        ({}, {"at_work": frozenset({"UREP"})}, {TimerKind.UNACKNOWLEDGED, TimerKind.ONLY_REPORTER}),
        ({"lead": "UEOC"}, {}, {TimerKind.ONLY_REPORTER}),
        ({"lead_by_hand": True}, {}, {TimerKind.ONLY_REPORTER}),
        ({"summary": Summary("Disk full")}, {}, {TimerKind.SUMMARY}),
        ({"status": Status.FIXING}, {}, {TimerKind.MONITORING}),
    ],
)
def test_each_goes_once_what_it_asks_for_is_there(change, state, gone):
    assert kinds(replace(BARE, **change), **state) == set(NEW) - gone


def test_each_comes_after_its_time_and_never_where_it_is_turned_off():
    found = wanted(State(BARE, PROCESS, NOON))
    off = replace(PROCESS, nudges=Nudges(None, None, None, None, None, 0))

    after = {kind: (found[kind].due_at - NOON) / timedelta(minutes=1) for kind in NEW}
    assert after == dict(zip(NEW, (20, 30, 30, 120, 3 * 24 * 60), strict=True))
    assert not {*NEW, TimerKind.FIELDS} & wanted(State(BARE, off, NOON, lacks=True)).keys()


@pytest.mark.parametrize(("day", "days", "ends"), [(6, 1, 9), (6, 3, 11), (5, 3, 10), (7, 1, 9), (2, 5, 9)])
def test_weekdays_are_counted_over_a_weekend(day, days, ends):
    start = datetime(2026, 3, day, 15, tzinfo=UTC)

    assert weekdays_after(start, days) == start.replace(day=ends)


@pytest.mark.parametrize(
    ("kind", "high", "waits"),
    [
        (TimerKind.SUMMARY, False, [0.5, 2, 72, 72]),  # from a Friday
        (TimerKind.MONITORING, True, [0.5, 2, 24, 24]),
        (TimerKind.UNACKNOWLEDGED, False, [0.5, 0.5, 0.5, 0.5]),
    ],
)
def test_what_may_wait_comes_ever_more_rarely(kind, high, waits):
    friday, usual = datetime(2026, 3, 6, 15, tzinfo=UTC), timedelta(minutes=30)

    found = [again_at(kind, came, usual, friday, high=high) - friday for came in range(1, 5)]

    assert [one / timedelta(hours=1) for one in found] == waits


S3, S1 = an_incident(severity=Severity.S3), an_incident(severity=Severity.S1)


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("Europe/Berlin", "2026-03-28 22:00"),  # the clocks go forward in it
        ("Europe/Berlin", "2026-10-25 02:30"),  # and back
        ("America/New_York", "2026-03-08 00:30"),
        ("America/New_York", "2026-10-31 23:59"),
        ("UTC", "2026-06-01 07:59"),
    ],
)
def test_at_night_an_s3_waits_for_eight_where_the_lead_is_and_an_s1_does_not(zone, night):
    now = datetime.fromisoformat(night).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    until = held_until(TimerKind.SUMMARY, S3, now, zone)

    assert until
    there = until.astimezone(ZoneInfo(zone))
    assert (there.hour, there.minute) == (8, 0)
    assert timedelta() < until - now < timedelta(hours=11)
    assert held_until(TimerKind.SUMMARY, S3, until, zone) is None
    assert held_until(TimerKind.SUMMARY, S1, now, zone) is None
    assert held_until(TimerKind.INVESTIGATING, S3, now, zone) is None


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("severity", Severity)
def test_over_simulated_weeks_still_open_comes_on_weekdays_by_day(zone, severity):
    incident, told = an_incident(severity=severity), []
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    due = weekdays_after(now, 3)
    while due < now + timedelta(weeks=10):  # both changes to summer time are in them
        held = held_until(TimerKind.STILL_OPEN, incident, due, zone)
        if not held:
            told.append(due.astimezone(ZoneInfo(zone)))
        due = held or due + timedelta(days=1)

    assert {one.weekday() for one in told} == set(range(5))
    assert len({one.date() for one in told}) == len(told) >= 45
    assert all(8 <= one.hour < 22 for one in told)


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [
        ("summary 2h", TimerKind.SUMMARY, "2h"),
        ("still-open", TimerKind.STILL_OPEN, ""),
        ("Open", TimerKind.STILL_OPEN, ""),
        ("only reporter 1d", TimerKind.ONLY_REPORTER, "1d"),
        ("lead", TimerKind.ONLY_REPORTER, ""),
        ("summaries", None, "summaries"),
    ],
)
def test_a_nudge_is_named_by_a_word(text, kind, rest):
    assert meant(text) == (kind, rest)


def test_every_nudge_can_be_snoozed():
    assert set(SNOOZES) == {*NEW, TimerKind.UPDATE, TimerKind.FIELDS}
