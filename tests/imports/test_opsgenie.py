"""Opsgenie's exports: all rotations of a schedule are on call at once, each by its own hours."""

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
from tests.domain.oncall.values import BERLIN, KOLKATA, NEW_YORK, utc
from tests.imports.rules import AUTUMN, SPRING, differences, imported, inside, turn_of

HOUR = timedelta(hours=1)
LENGTHS = {"hourly": HOUR, "daily": 24 * HOUR, "weekly": 168 * HOUR}
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

NOBODY, TEAM = {"type": "none"}, {"type": "team", "name": "Ops"}


def user(letter: str) -> dict[str, Any]:
    return {"type": "user", "id": f"id-{letter}", "username": f"{letter}@example.com"}


def rotation(users: str = "abc", **changes: Any) -> dict[str, Any]:
    return {
        "id": "r1",
        "name": "Rotation",
        "startDate": "2026-01-05T08:00:00Z",
        "endDate": None,
        "type": "weekly",
        "length": 1,
        "participants": [user(one) for one in users],
        "timeRestriction": None,
        **changes,
    }


def schedule(*rotations: dict[str, Any], zone: str = BERLIN, **more: Any) -> dict[str, Any]:
    whole = {
        "id": "s1",
        "name": "Ops_schedule",
        "timezone": zone,
        "enabled": True,
        "ownerTeam": {"name": "Ops"},
    }
    return {**whole, "rotations": list(rotations), **more}


def export(*data: Any) -> str:
    return "\n".join(json.dumps({"data": one, "took": 0.1, "requestId": "x"}) for one in data)


def hours(start: int, end: int) -> dict[str, Any]:
    return {
        "type": "time-of-day",
        "restriction": {"startHour": start, "startMin": 0, "endHour": end, "endMin": 0},
    }


def days(first: int, start: int, last: int, end: int) -> dict[str, Any]:
    one = {"startDay": DAYS[first], "startHour": start, "startMin": 0}
    return {
        "type": "weekday-and-time-of-day",
        "restrictions": [{**one, "endDay": DAYS[last], "endHour": end, "endMin": 0}],
    }


class Rules:
    """Opsgenie's: everybody whose rotation has them is on call."""

    def __init__(self, schedule: dict[str, Any]) -> None:
        self._rotations, self._zone = schedule["rotations"], ZoneInfo(schedule["timezone"])

    def __call__(self, at: datetime) -> Turn:
        return tuple({who for one in self._rotations for who in self._of(one, at)})

    def _of(self, one: dict[str, Any], at: datetime) -> Turn:
        start = datetime.fromisoformat(one["startDate"])
        if at < start or (one["endDate"] and at >= datetime.fromisoformat(one["endDate"])):
            return ()
        if not inside(self._windows(one["timeRestriction"]), self._zone, at):
            return ()
        anchor = start.astimezone(self._zone).replace(tzinfo=None)
        number = turn_of(anchor, LENGTHS[one["type"]] * one["length"], self._zone, at)
        return (one["participants"][number % len(one["participants"])]["username"],)

    def _windows(self, restriction: dict[str, Any] | None) -> list[tuple[int, int]]:
        if not restriction:
            return []
        if restriction["type"] == "time-of-day":
            one = restriction["restriction"]
            start, end = one["startHour"] * 60, one["endHour"] * 60
            return [(day * 1440 + start, (end - start) % 1440 or 1440) for day in range(7)]
        found = []
        for one in restriction["restrictions"]:
            start = DAYS.index(one["startDay"]) * 1440 + one["startHour"] * 60
            end = DAYS.index(one["endDay"]) * 1440 + one["endHour"] * 60
            found.append((start, (end - start) % 10080 or 10080))
        return found


SCHEDULES = {
    "weeks": schedule(rotation()),
    "days": schedule(rotation(type="daily", length=2)),
    "around the world": schedule(
        rotation("ab", name="Asia", timeRestriction=hours(0, 8)),
        rotation("cd", name="Europe", timeRestriction=hours(8, 16)),
        rotation("e", name="Americas", timeRestriction=hours(16, 0)),
    ),
    "a working week in one piece": schedule(rotation(timeRestriction=days(0, 9, 4, 18))),
    "a weekend around Sunday": schedule(rotation(timeRestriction=days(4, 18, 0, 9))),
    "a week from a day to the same day": schedule(rotation(timeRestriction=days(0, 9, 0, 9))),
    "two at once": schedule(rotation("ab"), rotation("cde", name="Second")),
    "somebody beside all": schedule(rotation("ab"), rotation("z", name="Always", type="daily")),
    "an end": schedule(rotation(endDate="2026-10-29T17:30:00Z")),
    "a beginning": schedule(rotation(startDate="2026-10-20T17:30:00Z"), zone=NEW_YORK),
}


@pytest.mark.parametrize("now", [SPRING, AUTUMN], ids=["spring", "autumn"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_the_same_people_are_on_call_for_four_weeks(tmp_path: Path, name: str, now: datetime) -> None:
    schedules, left = imported(tmp_path, "opsgenie", export([SCHEDULES[name]]), now)

    assert differences(schedules["Ops_schedule"], Rules(SCHEDULES[name]), now) == []
    assert left == []


restrictions = st.one_of(
    st.none(),
    st.builds(hours, st.integers(0, 23), st.integers(0, 23)),
    st.builds(days, st.integers(0, 6), st.integers(0, 23), st.integers(0, 6), st.integers(0, 23)),
)


@st.composite
def rotations(draw: st.DrawFn) -> dict[str, Any]:
    start = utc("2026-06-01 00:00") + timedelta(minutes=30 * draw(st.integers(0, 7000)))
    kind = draw(st.sampled_from(["daily", "weekly"]))
    end = start + timedelta(days=draw(st.integers(100, 300)), minutes=30 * draw(st.integers(0, 47)))
    return rotation(
        draw(st.sampled_from(["a", "ab", "abc"])),
        startDate=start.isoformat(),
        endDate=end.isoformat() if draw(st.booleans()) else None,
        type=kind,
        length=draw(st.integers(1, 3)),
        timeRestriction=draw(restrictions),
    )


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rotations(), min_size=1, max_size=2), st.sampled_from([BERLIN, NEW_YORK, KOLKATA]))
def test_any_schedule_is_carried_over_or_left(tmp_path: Path, found: list[dict[str, Any]], zone: str) -> None:
    whole = schedule({**found[0], "endDate": None}, *found[1:], zone=zone)

    schedules, left = imported(tmp_path, "opsgenie", export([whole]), AUTUMN)

    event("left" if left else "carried over")
    assert left or differences(schedules["Ops_schedule"], Rules(whole), AUTUMN, HOUR) == []


def test_what_is_not_carried_over_is_listed_in_order(tmp_path: Path) -> None:
    odd = schedule(
        rotation("a", participants=[user("a"), NOBODY, user("b"), TEAM]),
        rotation("c", name="Day", timeRestriction=hours(9, 17)),
        rotation("", name="Empty"),
    )
    off = {**schedule(rotation(), name="Old"), "id": "s2", "enabled": False}
    override = {
        "alias": "o1",
        "user": user("b"),
        "startDate": "2026-10-20T08:00:00Z",
        "endDate": "2026-10-21T08:00:00Z",
    }

    schedules, left = imported(tmp_path, "opsgenie", export([odd, off], [override]), AUTUMN)

    assert [layer.turns for layer in schedules["Ops_schedule"].layers] == [
        (("a@example.com",), ("a@example.com",), ("b@example.com",), ("b@example.com",)),
        (("c@example.com",),),
    ]
    inside = "schedule `Ops_schedule`, rotation `Rotation`"
    kept = "whoever has the turn before keeps it. Write into `people` who has it."
    assert left == [
        f"{inside}: a turn of nobody; {kept}",
        f"{inside}: a turn of team `Ops`; {kept}",
        "schedule `Ops_schedule`, rotation `Empty`: it is a rotation of nobody. Nothing, or put people in.",
        "schedule `Ops_schedule`: `Rotation` and `Day` are on call at once; Muster pages those of `Day` "
        "then. Make a schedule and a team of one of them if both are to be paged.",
        "schedule `Old`: it is switched off. Nothing, if that is right.",
        "override `o1`: b@example.com from 2026-10-20 08:00 to 2026-10-21 08:00 UTC. "
        "Enter it with `/inc override`.",
    ]


def rule(minutes: int, kind: str, how: str = "default", **recipient: Any) -> dict[str, Any]:
    delay = {"timeAmount": minutes, "timeUnit": "minutes"}
    whom = {"type": kind, **recipient}
    return {"condition": "if-not-acked", "notifyType": how, "delay": delay, "recipient": whom}


def test_delays_from_the_alert_become_timeouts_of_each_level(tmp_path: Path) -> None:
    rules = [
        rule(0, "schedule", id="s1"),
        rule(5, "user", id="id-z", username="z@example.com"),
        rule(15, "team", id="t", name="Ops"),
    ]
    escalation: dict[str, Any] = {
        "id": "e1",
        "name": "Ops_escalation",
        "rules": rules,
        "ownerTeam": {},
        "repeat": None,
    }
    (tmp_path / "export").write_text(export([schedule(rotation())], [escalation]))

    text, left = converted("opsgenie", tmp_path / "export", "", AUTUMN)

    teams = yaml.safe_load(text)["teams"]
    assert teams["Ops_escalation"] == {
        "on_call": "Ops_schedule",
        "path": [{"page": "Ops_escalation", "timeout": "5m"}, {"page": "z", "timeout": "15m"}],
    }
    assert left == [
        "escalation `Ops_escalation`: a rule pages `default` of team `Ops`. Enter it by hand as a level."
    ]


def test_the_next_of_a_schedule_and_repeats_are_carried_over(tmp_path: Path) -> None:
    repeat = {"waitInterval": 7, "count": 12, "resetRecipientStates": True, "closeAlertAfterAll": True}
    rules = [rule(0, "schedule", id="s1"), rule(5, "schedule", "next", id="s1")]
    escalation = {"id": "e1", "name": "Ops", "rules": rules, "ownerTeam": {}, "repeat": repeat}
    (tmp_path / "export").write_text(export([schedule(rotation())], [escalation]))

    text, left = converted("opsgenie", tmp_path / "export", "", AUTUMN)

    assert yaml.safe_load(text)["teams"]["Ops"] == {
        "on_call": "Ops_schedule",
        "path": [{"page": "Ops", "timeout": "5m"}, {"page": "Ops", "call": "next", "timeout": "7m"}],
        "repeat": 10,
    }
    assert left == [
        "escalation `Ops`: it closes the alert at the end; Muster calls the last level again and again. "
        "Nothing, if the last level is who should be called.",
        "escalation `Ops`: it starts over 12 times; Muster 10 times. Nothing.",
    ]
