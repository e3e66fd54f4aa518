"""GoAlert's exports: all targets of a schedule whose rules hold are on call, rotations as they stand."""

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
from tests.imports.rules import AUTUMN, SPRING, differences, imported, inside, moment_of, turn_of

HOUR = timedelta(hours=1)
LENGTHS = {"hourly": HOUR, "daily": 24 * HOUR, "weekly": 168 * HOUR}
USERS = [{"id": f"u-{one}", "name": one.upper(), "email": f"{one}@example.com"} for one in "abcdz"]
ALWAYS = {"start": "00:00", "end": "00:00", "weekdayFilter": [True] * 7}
WORKING = {"start": "09:00", "end": "17:00", "weekdayFilter": [False, True, True, True, True, True, False]}
NIGHTS = {"start": "22:00", "end": "06:00", "weekdayFilter": [True, False, False, False, False, True, True]}


def rotation(users: str, now: datetime, active: int = 0, **changes: Any) -> dict[str, Any]:
    """Return a rotation as GoAlert answers: the next handover of it is worked out from its start."""
    made = {
        "id": f"r-{users}",
        "name": f"Rotation {users}",
        "type": "weekly",
        "start": "2026-01-05T09:00:00+01:00",
        "timeZone": BERLIN,
        "shiftLength": 1,
        "userIDs": [f"u-{one}" for one in users],
        "activeUserIndex": active,
        **changes,
    }
    zone, every = ZoneInfo(made["timeZone"]), LENGTHS[made["type"]] * made["shiftLength"]
    anchor = datetime.fromisoformat(made["start"]).astimezone(zone).replace(tzinfo=None)
    following = anchor + (turn_of(anchor, every, zone, now) + 1) * every
    return {**made, "nextHandoffTimes": [moment_of(following, zone).isoformat()]}


def target(kind: str, ident: str, *rules: dict[str, Any]) -> dict[str, Any]:
    return {"target": {"id": ident, "type": kind, "name": ident}, "rules": list(rules)}


def export(
    targets: list[dict[str, Any]], rotations: list[dict[str, Any]], zone: str = BERLIN, **more: Any
) -> str:
    schedule = {"id": "s1", "name": "Primary", "timeZone": zone, "targets": targets}
    nodes = {"schedules": [schedule], "rotations": rotations, "users": USERS, **more}
    return json.dumps({"data": {key: {"nodes": value} for key, value in nodes.items()}})


class Rules:
    """GoAlert's: who is active now has this turn, and the others follow."""

    def __init__(
        self, targets: list[dict[str, Any]], rotations: list[dict[str, Any]], zone: str, now: datetime
    ) -> None:
        self._targets, self._zone, self._now = targets, ZoneInfo(zone), now
        self._rotations = {one["id"]: one for one in rotations}

    def __call__(self, at: datetime) -> Turn:
        return tuple({who for one in self._targets for who in self._of(one, at)})

    def _of(self, one: dict[str, Any], at: datetime) -> Turn:
        windows = [window for rule in one["rules"] for window in self._windows(rule)]
        if not windows or not inside(windows, self._zone, at):
            return ()
        ident = one["target"]["id"]
        if one["target"]["type"] == "rotation":
            rotation = self._rotations[ident]
            zone, every = ZoneInfo(rotation["timeZone"]), LENGTHS[rotation["type"]] * rotation["shiftLength"]
            anchor = datetime.fromisoformat(rotation["start"]).astimezone(zone).replace(tzinfo=None)
            passed = turn_of(anchor, every, zone, at) - turn_of(anchor, every, zone, self._now)
            users = rotation["userIDs"]
            ident = users[(rotation["activeUserIndex"] + passed) % len(users)]
        return (f"{ident[2:]}@example.com",)

    def _windows(self, rule: dict[str, Any]) -> list[tuple[int, int]]:
        start, end = (int(rule[key][:2]) * 60 + int(rule[key][3:]) for key in ("start", "end"))
        days = [(n - 1) % 7 for n, wanted in enumerate(rule["weekdayFilter"]) if wanted]
        return [(day * 1440 + start, (end - start) % 1440 or 1440) for day in days]


def cases(now: datetime) -> dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    week = rotation("abc", now, 2)
    return {
        "a rotation always": ([target("rotation", "r-abc", ALWAYS)], [week]),
        "hours": (
            [target("rotation", "r-abc", ALWAYS)],
            [rotation("abc", now, 1, type="hourly", shiftLength=8)],
        ),
        "working hours and nights": (
            [target("rotation", "r-abc", WORKING), target("user", "u-z", NIGHTS)],
            [week],
        ),
        "somebody beside": ([target("rotation", "r-abc", ALWAYS), target("user", "u-z", ALWAYS)], [week]),
        "two rotations at once": (
            [target("rotation", "r-abc", ALWAYS), target("rotation", "r-bd", ALWAYS)],
            [week, rotation("bd", now, 1)],
        ),
    }


@pytest.mark.parametrize("now", [SPRING, AUTUMN], ids=["spring", "autumn"])
@pytest.mark.parametrize("name", cases(AUTUMN))
def test_the_same_people_are_on_call_for_four_weeks(tmp_path: Path, name: str, now: datetime) -> None:
    targets, rotations = cases(now)[name]

    schedules, left = imported(tmp_path, "goalert", export(targets, rotations), now)

    assert differences(schedules["Primary"], Rules(targets, rotations, BERLIN, now), now) == []
    assert left == []


rules = st.fixed_dictionaries(
    {
        "start": st.sampled_from(["00:00", "08:30", "22:00"]),
        "end": st.sampled_from(["00:00", "08:30", "17:00"]),
        "weekdayFilter": st.lists(st.booleans(), min_size=7, max_size=7).filter(any),
    }
)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(rules, min_size=1, max_size=3),
    st.sampled_from(["a", "ab", "abc"]),
    st.sampled_from([BERLIN, NEW_YORK, KOLKATA]),
    st.tuples(st.sampled_from(["daily", "weekly", "hourly"]), st.integers(1, 3)),
)
def test_any_rotation_is_carried_over(
    tmp_path: Path, hours: list[dict[str, Any]], users: str, zone: str, lasts: tuple[str, int]
) -> None:
    turns = rotation(users, AUTUMN, len(users) - 1, type=lasts[0], shiftLength=lasts[1], timeZone=zone)
    targets = [target("rotation", f"r-{users}", *hours)]

    schedules, left = imported(tmp_path, "goalert", export(targets, [turns], zone), AUTUMN)

    event("left" if left else "carried over")
    assert (
        left or differences(schedules["Primary"], Rules(targets, [turns], zone, AUTUMN), AUTUMN, HOUR) == []
    )


def test_a_policy_pages_schedules_rotations_and_people(tmp_path: Path) -> None:
    steps = [
        {"delayMinutes": 5, "targets": [{"id": "r-ab", "type": "rotation", "name": "Second line"}]},
        {"delayMinutes": 10, "targets": [{"id": "s1", "type": "schedule", "name": "Primary"}]},
        {
            "delayMinutes": 15,
            "targets": [{"id": "u-z", "type": "user", "name": "Z"}, {"id": "C1", "type": "slackChannel"}],
        },
    ]
    policy = {"id": "p1", "name": "Default", "repeat": 3, "steps": steps}
    rotations = [rotation("abc", AUTUMN), rotation("ab", AUTUMN)]
    text = export([target("rotation", "r-abc", ALWAYS)], rotations, escalationPolicies=[policy])
    (tmp_path / "export").write_text(text)

    written, left = converted("goalert", tmp_path / "export", "", AUTUMN)

    data = yaml.safe_load(written)
    assert data["teams"]["Default"]["on_call"] == "Rotation ab"
    assert [one["page"] for one in data["teams"]["Default"]["path"]] == ["Default", "Primary", "z"]
    assert data["teams"]["Default"]["repeat"] == 3
    assert left == ["escalation policy `Default`: a step tells slackChannel `None`. Muster has no such step."]


def test_a_step_that_tells_a_channel_calls_the_channel_of_the_team(tmp_path: Path) -> None:
    def told(name: str) -> dict[str, Any]:
        return {"delayMinutes": 5, "targets": [{"id": "C1", "type": "slackChannel", "name": name}]}

    someone = {"delayMinutes": 10, "targets": [{"id": "u-z", "type": "user", "name": "Z"}]}
    policy = {
        "id": "p1",
        "name": "P",
        "repeat": 0,
        "steps": [told("#ops"), told("dev"), someone, told("ops")],
    }
    (tmp_path / "export").write_text(export([], [], escalationPolicies=[policy]))

    written, left = converted("goalert", tmp_path / "export", "", AUTUMN)

    assert yaml.safe_load(written)["teams"] == {
        "P": {
            "on_call": ["z@example.com"],
            "path": [{"page": "P", "call": "channel", "timeout": "5m"}, {"page": "P", "timeout": "10m"}],
            "channel": "ops",
        }
    }
    assert left[1:] == [
        "escalation policy `P`: a level tells #dev, and a team has one channel. Enter it by hand.",
        "escalation policy `P`: a level tells #ops, and the last level calls people. Enter it by hand.",
    ]


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    unknown = {**rotation("abc", AUTUMN), "nextHandoffTimes": []}
    temporary = {"start": "2026-10-20T00:00:00Z", "end": "2026-10-24T00:00:00Z", "shifts": []}
    override = {
        "id": "o1",
        "addUserID": "u-a",
        "removeUserID": "u-b",
        "start": "2026-10-20T00:00:00Z",
        "end": "2026-10-21T00:00:00Z",
    }
    targets = [
        target("rotation", "r-abc", ALWAYS),
        target("rotation", "r-gone", WORKING),
    ]
    text = export(targets, [unknown], userOverrides=[override])
    text = text.replace(
        '"timeZone": "Europe/Berlin", "targets"',
        f'"timeZone": "Europe/Berlin", "temporarySchedules": [{json.dumps(temporary)}], "targets"',
    )

    _, left = imported(tmp_path, "goalert", text, AUTUMN)

    assert left == [
        "schedule `Primary`, target `r-abc`: whose turn it is now is not in the export. "
        "Check who is on call, or export it again.",
        "schedule `Primary`, target `r-gone`: its rotation is not in the export. Export rotations too.",
        "schedule `Primary`: a temporary schedule until 2026-10-24T00:00:00Z. Enter it with `/inc override`.",
        "override `o1`: u-a for u-b from 2026-10-20T00:00:00Z to 2026-10-21T00:00:00Z. "
        "Enter it with `/inc override`.",
    ]
