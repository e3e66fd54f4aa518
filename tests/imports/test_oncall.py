"""Grafana OnCall's exports: the highest level that has somebody counts, and all of that level."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from bot.domain.oncall.schedules import Turn
from bot.imports.conversion import converted
from tests.domain.oncall.values import BERLIN, KOLKATA, NEW_YORK
from tests.imports.rules import AUTUMN, SPRING, differences, imported, moment_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
USERS = [
    {"id": f"U{one}", "username": one, "email": f"{one.lower()}@example.com", "slack": []} for one in "ABCD"
]


def shift(turns: str = "A,B,C", **changes: Any) -> dict[str, Any]:
    """Return a shift of rolling users; `A+B,C` take turns, A and B together."""
    return {
        "id": "O1",
        "name": "Shift",
        "type": "rolling_users",
        "team_id": None,
        "time_zone": None,
        "level": 1,
        "start": "2026-01-05T09:00:00",
        "duration": 604_800,
        "frequency": "weekly",
        "interval": 1,
        "week_start": "MO",
        "by_day": None,
        "by_month": None,
        "by_monthday": None,
        "rolling_users": [[f"U{who}" for who in turn.split("+")] for turn in turns.split(",")],
        "start_rotation_from_user_index": 0,
        **changes,
    }


def export(*shifts: dict[str, Any], zone: str = BERLIN, policies: tuple[dict[str, Any], ...] = ()) -> str:
    numbered = [{**one, "id": f"O{n}"} for n, one in enumerate(shifts)]
    schedule = {
        "id": "S1",
        "name": "Primary",
        "type": "calendar",
        "team_id": None,
        "time_zone": zone,
        "on_call_now": [],
        "shifts": [one["id"] for one in numbered],
    }
    chain = {"id": "F1", "name": "Default", "team_id": None}
    lists = [[schedule], numbered, [chain] if policies else [], list(policies), USERS]
    return "\n".join(json.dumps({"count": len(one), "next": None, "results": one}) for one in lists)


class Rules:
    """OnCall's: each users' list has events of its own, which repeat after all lists had theirs."""

    def __init__(self, shifts: tuple[dict[str, Any], ...], zone: str) -> None:
        self._shifts, self._zone = shifts, zone

    def __call__(self, at: datetime) -> Turn:
        found: dict[int, set[str]] = {}
        for one in self._shifts:
            found.setdefault(one["level"], set()).update(self._of(one, at))
        people = next((found[level] for level in sorted(found, reverse=True) if found[level]), set())
        return tuple(f"{who[1:].lower()}@example.com" for who in people)

    def _of(self, one: dict[str, Any], at: datetime) -> set[str]:
        zone = ZoneInfo(one["time_zone"] or self._zone)
        lasts = timedelta(seconds=one["duration"])
        local = at.astimezone(zone).replace(tzinfo=None)
        found: set[str] = set()
        for start, users in self._events(one, local - lasts - 2 * DAY, local + 2 * DAY):
            if moment_of(start, zone) <= at < moment_of(start + lasts, zone):
                found |= set(users)
        return found

    def _events(
        self, one: dict[str, Any], first: datetime, last: datetime
    ) -> list[tuple[datetime, list[str]]]:
        start = datetime.fromisoformat(one["start"])
        until = datetime.fromisoformat(one.get("until") or "9999-01-01T00:00:00")
        if one["type"] == "single_event":
            return [(start, one["users"])]
        lists = one["rolling_users"] if one["type"] == "rolling_users" else [one["users"]]
        lists = (
            lists[one["start_rotation_from_user_index"] :] + lists[: one["start_rotation_from_user_index"]]
        )
        found = []
        step = HOUR if one["frequency"] == "hourly" else DAY
        event = start + max(0, (first - start) // step) * step
        while event <= min(last, until):
            if (number := self._number(one, start, event)) is not None:
                found.append((event, lists[number % len(lists)]))
            event += step
        return found

    def _number(self, one: dict[str, Any], start: datetime, event: datetime) -> int | None:
        """Return whose event it is, counted by hours, days or weeks, or None on a day without one."""
        days = [DAYS.index(day) for day in one["by_day"] or ()]
        if one["frequency"] == "weekly":
            begins = DAYS.index(one["week_start"])
            monday = start.date() - DAY * ((start.weekday() - begins) % 7)
            weeks = (event.date() - monday).days // 7
            right = event.weekday() in (days or [start.weekday()]) and weeks % one["interval"] == 0
            return weeks // one["interval"] if right else None
        length = (HOUR if one["frequency"] == "hourly" else DAY) * one["interval"]
        right = (event - start) % length == timedelta() and (not days or event.weekday() in days)
        return (event - start) // length if right else None


WORKING = ["MO", "TU", "WE", "TH", "FR"]
SHIFTS: dict[str, tuple[dict[str, Any], ...]] = {
    "weeks": (shift(),),
    "two weeks": (shift(interval=2, duration=1_209_600),),
    "days, two people together": (shift("A+B,C", frequency="daily", duration=86_400),),
    "working days by week": (
        shift(by_day=WORKING, duration=28_800, start="2026-01-07T09:00:00"),
        shift("D", level=0, frequency="daily", duration=86_400),
    ),
    "hours": (shift(frequency="hourly", interval=6, duration=21_600),),
    "nights": (shift("A", frequency="daily", duration=36_000, start="2026-01-05T22:00:00"),),
    "a higher level": (shift("A,B"), shift("C", level=2, by_day=["SA", "SU"], duration=86_400)),
    "a later second user": (
        shift(start_rotation_from_user_index=2, week_start="SU", start="2026-01-08T09:00:00"),
    ),
    "an hour only": (
        shift("A"),
        shift(type="single_event", level=5, users=["UD"], start="2026-10-22T10:00:00", duration=10_800),
    ),
    "two of one level": (shift("A,B"), shift("C,D,C")),
    "another zone": (shift(time_zone=NEW_YORK),),
    "until": (shift(until="2026-10-31T12:00:00", duration=86_400, frequency="daily"),),
}


@pytest.mark.parametrize("now", [SPRING, AUTUMN], ids=["spring", "autumn"])
@pytest.mark.parametrize("name", SHIFTS)
def test_the_same_people_are_on_call_for_four_weeks(tmp_path: Path, name: str, now: datetime) -> None:
    schedules, left = imported(tmp_path, "oncall", export(*SHIFTS[name]), now)

    assert differences(schedules["Primary"], Rules(SHIFTS[name], BERLIN), now) == []
    assert left == []


@st.composite
def shifts(draw: st.DrawFn) -> dict[str, Any]:
    start = datetime(2026, 6, 1) + timedelta(minutes=30 * draw(st.integers(0, 5000)))  # noqa: DTZ001
    frequency = draw(st.sampled_from(["daily", "weekly"]))
    days = draw(st.none() | st.lists(st.sampled_from(DAYS), min_size=1, max_size=5, unique=True))
    return shift(
        draw(st.sampled_from(["A", "A,B", "A,B,C", "A+B,C"])),
        start=start.isoformat(),
        frequency=frequency,
        interval=draw(st.integers(1, 2)),
        duration=3600 * draw(st.sampled_from([8, 24, 48, 168, 336])),
        by_day=days,
        week_start=draw(st.sampled_from(["MO", "SU"])),
        level=draw(st.integers(0, 1)),
    )


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shifts(), st.sampled_from([BERLIN, NEW_YORK, KOLKATA]))
def test_any_shift_is_carried_over_or_left(tmp_path: Path, found: dict[str, Any], zone: str) -> None:
    below = shift("D", level=-1, frequency="daily", duration=86_400)

    schedules, left = imported(tmp_path, "oncall", export(found, below, zone=zone), AUTUMN)

    event("left" if left else "carried over")
    assert left or differences(schedules["Primary"], Rules((found, below), zone), AUTUMN, HOUR) == []


def test_what_is_done_between_two_waits_is_one_level(tmp_path: Path) -> None:
    def step(position: int, kind: str, **more: Any) -> dict[str, Any]:
        return {"id": f"E{position}", "escalation_chain_id": "F1", "position": position, "type": kind, **more}

    policies = (
        step(0, "notify_on_call_from_schedule", notify_on_call_from_schedule="S1", important=False),
        step(1, "wait", duration=300),
        step(2, "trigger_webhook", action_to_trigger="K1"),
        step(4, "wait", duration=900),
        step(3, "notify_persons", persons_to_notify=["UD", "UA"]),
        step(5, "resolve"),
    )
    (tmp_path / "export").write_text(export(shift(), policies=policies))

    text, left = converted("oncall", tmp_path / "export", "", AUTUMN)

    data = yaml.safe_load(text)
    assert data["teams"]["Default"] == {
        "on_call": "Primary",
        "path": [{"page": "Default", "timeout": "5m"}, {"page": "d and 1 more", "timeout": "15m"}],
    }
    assert data["schedules"]["d and 1 more"]["layers"][0]["people"] == [["d@example.com", "a@example.com"]]
    assert left == [
        "escalation chain `Default`: a step `trigger_webhook`. Muster has no such step.",
        "escalation chain `Default`: a step `resolve`. Muster has no such step.",
    ]


def test_a_schedule_of_a_calendar_is_left(tmp_path: Path) -> None:
    ical = {
        "id": "S2",
        "name": "Team",
        "type": "ical",
        "on_call_now": [],
        "ical_url_primary": "https://a/b.ics",
    }
    text = export(shift()) + json.dumps([ical])

    _, left = imported(tmp_path, "oncall", text, AUTUMN)

    assert left == [
        "schedule `Team`: its shifts are in a calendar of another program. "
        "Save that calendar and use muster import ical."
    ]
