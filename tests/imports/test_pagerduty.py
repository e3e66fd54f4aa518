"""PagerDuty's exports: the schedule that is written has those on call whom PagerDuty's rules have."""

import json
from datetime import UTC, datetime, time, timedelta
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
USERS = [
    {"id": f"P{one}", "type": "user", "name": one, "email": f"{one.lower()}@example.com"} for one in "ABCD"
]


def layer(users: str = "ABC", **changes: Any) -> dict[str, Any]:
    return {
        "id": "PL",
        "name": "Layer 1",
        "start": "2026-01-05T09:00:00+01:00",
        "end": None,
        "rotation_virtual_start": "2026-01-05T09:00:00+01:00",
        "rotation_turn_length_seconds": 604_800,
        "users": [{"user": {"id": f"P{one}", "type": "user_reference", "summary": one}} for one in users],
        "restrictions": [],
        **changes,
    }


def schedule(*layers: dict[str, Any], zone: str = BERLIN, **more: Any) -> dict[str, Any]:
    return {
        "id": "PS",
        "type": "schedule",
        "name": "Primary",
        "time_zone": zone,
        "schedule_layers": list(layers),
        **more,
    }


def export(*schedules: dict[str, Any], policies: tuple[dict[str, Any], ...] = ()) -> str:
    """Return answers as `curl` leaves them, one after another."""
    answers = [
        *({"schedule": one} for one in schedules),
        {"escalation_policies": list(policies), "more": False},
    ]
    return "\n".join(json.dumps(one) for one in [*answers, {"users": USERS, "more": False}])


def daily(start: str, hours: float) -> dict[str, Any]:
    return {"type": "daily_restriction", "start_time_of_day": start, "duration_seconds": int(hours * 3600)}


def weekly(day: int, start: str, hours: float) -> dict[str, Any]:
    return {**daily(start, hours), "type": "weekly_restriction", "start_day_of_week": day}


class Rules:
    """PagerDuty's: of the layers the first that has somebody; turns are counted from the virtual start."""

    def __init__(self, schedule: dict[str, Any]) -> None:
        self._layers, self._zone = schedule["schedule_layers"], ZoneInfo(schedule["time_zone"])

    def __call__(self, at: datetime) -> Turn:
        return next((found for one in self._layers if (found := self._of(one, at))), ())

    def _of(self, layer: dict[str, Any], at: datetime) -> Turn:
        moment = datetime.fromisoformat
        if at < moment(layer["start"]) or (layer["end"] and at >= moment(layer["end"])):
            return ()
        windows = []
        for one in layer["restrictions"]:
            clock = time.fromisoformat(one["start_time_of_day"])
            days = [one["start_day_of_week"] - 1] if "start_day_of_week" in one else range(7)
            windows += [
                (day * 1440 + clock.hour * 60 + clock.minute, one["duration_seconds"] // 60) for day in days
            ]
        if not inside(windows, self._zone, at):
            return ()
        first = moment(layer["rotation_virtual_start"]).astimezone(self._zone).replace(tzinfo=None)
        every = timedelta(seconds=layer["rotation_turn_length_seconds"])
        users = layer["users"]
        name = users[turn_of(first, every, self._zone, at) % len(users)]["user"]["id"][1:]
        return (f"{name.lower()}@example.com",)


SCHEDULES = {
    "weeks": schedule(layer()),
    "two layers, the higher one by day": schedule(
        layer("CD", name="Day", restrictions=[weekly(n, "09:00:00", 8) for n in (1, 2, 3, 4, 5)]), layer("AB")
    ),
    "nights": schedule(layer(restrictions=[daily("22:00:00", 8)])),
    "a weekend in one piece": schedule(layer("AB"), layer("CD", restrictions=[weekly(5, "17:00:00", 63)])),
    "a turn of a day, of which the last is cut": schedule(
        layer(rotation_turn_length_seconds=86_400, end="2026-10-20T14:00:00+02:00"), layer("D", name="Below")
    ),
    "a layer that begins within a turn": schedule(
        layer("ABC", start="2026-10-21T13:30:00+02:00"), layer("D")
    ),
    "eight hours each": schedule(layer(rotation_turn_length_seconds=28_800)),
    "another zone than the offsets": schedule(layer(), zone=NEW_YORK),
}


@pytest.mark.parametrize("now", [SPRING, AUTUMN], ids=["spring", "autumn"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_the_same_people_are_on_call_for_four_weeks(tmp_path: Path, name: str, now: datetime) -> None:
    schedules, left = imported(tmp_path, "pagerduty", export(SCHEDULES[name]), now)

    assert differences(schedules["Primary"], Rules(SCHEDULES[name]), now) == []
    assert left == []


times = st.sampled_from(["00:00:00", "08:00:00", "09:30:00", "22:00:00"])
restrictions = st.one_of(
    st.just([]),
    st.lists(st.builds(daily, times, st.sampled_from([1, 8, 12, 24])), min_size=1, max_size=2),
    st.lists(
        st.builds(weekly, st.integers(1, 7), times, st.sampled_from([1, 8, 24, 60, 168])),
        min_size=1,
        max_size=3,
    ),
)


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    first = utc("2026-06-01 00:00") + timedelta(minutes=30 * draw(st.integers(0, 8000)))
    begins = first + timedelta(minutes=30 * draw(st.integers(0, 3000)))
    ends = AUTUMN + timedelta(minutes=30 * draw(st.integers(100, 1500))) if draw(st.booleans()) else None
    return layer(
        draw(st.sampled_from(["A", "AB", "ABC", "ABCA"])),
        rotation_virtual_start=first.astimezone(UTC).isoformat(),
        start=begins.isoformat(),
        end=ends.isoformat() if ends and ends - begins > timedelta(days=9) else None,
        rotation_turn_length_seconds=draw(st.sampled_from([86_400, 172_800, 604_800])),
        restrictions=draw(restrictions),
    )


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(layers(), min_size=1, max_size=3), st.sampled_from([BERLIN, NEW_YORK, KOLKATA]))
def test_any_schedule_is_carried_over_or_left(tmp_path: Path, found: list[dict[str, Any]], zone: str) -> None:
    whole = schedule(*found, zone=zone)

    schedules, left = imported(tmp_path, "pagerduty", export(whole), AUTUMN)

    event("left" if left else "carried over")
    assert differences(schedules["Primary"], Rules(whole), AUTUMN, HOUR) == [] or left


POLICY = {
    "id": "PP",
    "type": "escalation_policy",
    "name": "Payments",
    "num_loops": 2,
    "escalation_rules": [
        {"escalation_delay_in_minutes": 4, "targets": [{"id": "PS", "type": "schedule_reference"}]},
        {"escalation_delay_in_minutes": 30, "targets": [{"id": "PD", "type": "user_reference"}]},
        {
            "escalation_delay_in_minutes": 10,
            "targets": [{"id": "PA", "type": "user_reference"}, {"id": "PB", "type": "user_reference"}],
        },
    ],
}


def test_an_escalation_policy_is_a_path_with_its_own_delays(tmp_path: Path) -> None:
    (tmp_path / "export").write_text(export(schedule(layer()), policies=(POLICY,)))

    text, left = converted("pagerduty", tmp_path / "export", "", AUTUMN)

    teams = yaml.safe_load(text)["teams"]
    assert teams["Payments"]["on_call"] == "Primary"
    assert [(level["page"], level["timeout"]) for level in teams["Payments"]["path"]] == [
        ("Payments", "4m"),
        ("d", "30m"),
        ("a and 1 more", "10m"),
    ]
    assert teams["d"]["on_call"] == ["d@example.com"]
    assert teams["Payments"]["repeat"] == 2
    assert left == []


def test_rules_that_all_page_the_same_are_one_level(tmp_path: Path) -> None:
    rule = {"escalation_delay_in_minutes": 5, "targets": [{"id": "PS", "type": "schedule_reference"}]}
    policy = {**POLICY, "num_loops": 0, "escalation_rules": [rule, rule]}
    (tmp_path / "export").write_text(export(schedule(layer()), policies=(policy,)))

    text, _ = converted("pagerduty", tmp_path / "export", "", AUTUMN)

    assert yaml.safe_load(text)["teams"]["Payments"]["path"] == [{"page": "Payments", "timeout": "5m"}]


def test_a_phone_is_carried_over_with_its_country_code(tmp_path: Path) -> None:
    phone = {"type": "phone_contact_method", "country_code": 49, "address": "301234567"}
    user = {"id": "PA", "type": "user", "name": "A", "email": "A@example.com", "contact_methods": [phone]}
    text = "\n".join([json.dumps({"schedule": schedule(layer("A"))}), json.dumps({"user": user})])
    (tmp_path / "export").write_text(text)

    written, left = converted("pagerduty", tmp_path / "export", "", AUTUMN)

    assert yaml.safe_load(written)["people"] == {"a@example.com": {"phone": "+49301234567"}}
    assert left == []


def test_what_is_not_carried_over_is_listed_in_order(tmp_path: Path) -> None:
    override = {
        "start": "2026-10-20T00:00:00Z",
        "end": "2026-10-21T00:00:00Z",
        "user": {"id": "PB", "summary": "B"},
    }
    odd = schedule(
        layer("Z", name="Old"),
        layer("", name="Empty"),
        layer(rotation_turn_length_seconds=5400, name="Odd"),
        layer(),
        overrides_subschedule={"rendered_schedule_entries": [override]},
    )
    gone = {**schedule(layer()), "id": "PX", "name": "Mars", "time_zone": "Mars/Base"}

    _, left = imported(tmp_path, "pagerduty", export(odd, gone), AUTUMN)

    assert left == [
        "schedule `Primary`, layer `Empty`: it is a rotation of nobody. Nothing, or put people in.",
        "schedule `Primary`, layer `Old`: no e-mail address of `Z` is in the export. "
        "Write theirs in the place of `unknown-pz@example.invalid`.",
        "schedule `Primary`: `Odd` cannot be written as a layer: a turn lasts 1:30:00, and turns last whole "
        "hours and at most a year. Enter it by hand.",
        "schedule `Primary`: override: B from 2026-10-20 00:00 to 2026-10-21 00:00 UTC. "
        "Enter it with `/inc override`.",
        "schedule `Mars`: its time zone `Mars/Base` is unknown. "
        "Export it again with an IANA time zone such as Europe/Berlin.",
    ]


def test_a_schedule_that_differs_from_pagerdutys_own_shifts_is_named(tmp_path: Path) -> None:
    shifts = [
        {
            "start": "2026-10-12T09:00:00+02:00",
            "end": "2026-10-19T09:00:00+02:00",
            "user": {"id": "PB", "summary": "B"},
        }
    ]
    whole = schedule(layer("AB"), final_schedule={"rendered_schedule_entries": shifts})
    assert Rules(whole)(AUTUMN) == ("a@example.com",)

    _, left = imported(tmp_path, "pagerduty", export(whole), AUTUMN)

    assert left == [
        "schedule `Primary`: at 2026-10-12 10:20 UTC PagerDuty has B on call, this schedule a@example.com. "
        "Compare both schedules before you use this one."
    ]
