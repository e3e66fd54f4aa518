"""Exports of which any value may be another one: each is carried over, left or refused in a line."""

import json
from contextlib import suppress
from copy import deepcopy
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import ConfigInvalid
from bot.imports.conversion import converted
from tests.imports import test_goalert, test_oncall, test_opsgenie, test_pagerduty
from tests.imports.rules import AUTUMN

ESCALATION: dict[str, Any] = {
    "id": "e",
    "name": "E",
    "ownerTeam": {},
    "repeat": None,
    "rules": [
        {
            "condition": "if-not-acked",
            "notifyType": "default",
            "delay": {"timeAmount": 5, "timeUnit": "minutes"},
            "recipient": {"type": "schedule", "id": "s1"},
        }
    ],
}
OPSGENIE_USER = {
    "id": "id-a",
    "username": "a@example.com",
    "fullName": "A",
    "userContacts": [{"contactMethod": "sms", "to": "49-301234567"}],
}
POLICY = {
    "id": "p1",
    "name": "Default",
    "repeat": 3,
    "steps": [{"delayMinutes": 5, "targets": [{"id": "s1", "type": "schedule", "name": "Primary"}]}],
}
STEP = {
    "id": "E0",
    "escalation_chain_id": "F1",
    "position": 0,
    "type": "notify_on_call_from_schedule",
    "notify_on_call_from_schedule": "S1",
}
TARGETS, ROTATIONS = test_goalert.cases(AUTUMN)["working hours and nights"]
EXPORTS = {
    "pagerduty": test_pagerduty.export(
        test_pagerduty.SCHEDULES["two layers, the higher one by day"], policies=(test_pagerduty.POLICY,)
    ),
    "opsgenie": test_opsgenie.export(
        [test_opsgenie.SCHEDULES["around the world"]], [ESCALATION], [OPSGENIE_USER]
    ),
    "oncall": test_oncall.export(*test_oncall.SHIFTS["an hour only"], policies=(STEP,)),
    "goalert": test_goalert.export(TARGETS, ROTATIONS, escalationPolicies=[POLICY]),
}
NAMED = {
    "pagerduty": "an export of PagerDuty",
    "opsgenie": "an export of Opsgenie",
    "oncall": "an export of Grafana OnCall",
    "goalert": "an export of GoAlert",
    "ical": "a calendar",
}
ODD: list[Any] = [
    None,
    "",
    "x",
    "2026-13-01T00:00:00",
    "0001-01-01T00:00:00Z",
    0,
    -1,
    10**30,
    1.5,
    True,
    [],
    {},
    [None],
    "\x00<&",
]


def values_of(text: str) -> list[Any]:
    """Return the answers that were written one after another."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        at += len(text[at:]) - len(text[at:].lstrip())
    return found


def places_of(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where there are values, and values in values."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(one for key, inside in pairs for one in places_of(inside, (*place, key)))]


@pytest.mark.parametrize("product", EXPORTS)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_value_of_an_export_is_a_fault(tmp_path: Path, product: str, data: st.DataObject) -> None:
    value = values_of(EXPORTS[product])
    for _ in range(data.draw(st.integers(1, 2))):
        *way, last = data.draw(st.sampled_from([place for place in places_of(value) if place]))
        inside: Any = value
        for step in way:
            inside = inside[step]
        inside[last] = deepcopy(data.draw(st.sampled_from(ODD)))
    (tmp_path / "export").write_text(json.dumps(value))

    with suppress(ConfigInvalid):
        text, _ = converted(product, tmp_path / "export", "", AUTUMN)
        assert "schedules:" in text or "teams:" in text


@pytest.mark.parametrize(("product", "asked"), [*permutations(NAMED, 2)])
def test_a_file_of_another_product_is_named(tmp_path: Path, product: str, asked: str) -> None:
    path = tmp_path / "export"
    path.write_text(EXPORTS.get(product, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"))

    with pytest.raises(ConfigInvalid) as refused:
        converted(asked, path, "", AUTUMN)

    assert refused.value.problems == [f"{path}: is {NAMED[product]}. Run: muster import {product} {path}"]
