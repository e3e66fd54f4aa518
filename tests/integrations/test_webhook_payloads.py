"""What webhooks tell of each fact, in a database where there is one of everything."""

import json
import typing
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from bot.domain import facts
from bot.domain.actors import Machine, MachineKind
from bot.domain.facts import Fact, OfIncident
from bot.domain.webhook_events import EVENTS, TEST, TYPES, event_of
from bot.integrations.webhooks.payloads import payload
from storage.engines import open_database
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.storage.written.__main__ import story

DOCUMENT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
SAMPLES: dict[Any, Any] = {str: "UEOC", int: 1, bool: True, float: 1.5}


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    clock = FakeClock()
    with closing(open_database(":memory:", own_time=False)) as database:
        office = Office(database, process(), clock)
        story(office, clock)
        yield office


def sample(kind: type[Fact], **more: Any) -> Fact:
    """Return a fact of a kind, about what has the number 1."""
    hints = typing.get_type_hints(kind)
    values = {one.name: SAMPLES.get(hints[one.name], ["UEOC", "UIM"]) for one in fields(kind)}
    values |= {"by": "UREP"} if "by" in values else {}
    values |= {"after": "Fixing", "back": None, "into": 2} if kind is facts.StatusChanged else {}
    return kind(**values | more)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda one: one.__name__)
def test_each_fact_is_told_as_json(office: Office, kind: type[Fact]) -> None:
    fact = sample(kind)
    event = event_of(fact)

    told = office.read(payload, fact, private=False)

    data = told["data"]
    assert json.loads(json.dumps(told)) == told
    assert told["type"] == event.type
    assert (data.get("incident", {}).get("id") == "INC-1") is issubclass(kind, OfIncident)
    assert {*event.fields, *event.people, *event.incidents} <= {*data}
    assert not event.tells or data[event.tells]
    assert [data[name] for name in event.people if data[name] in ("UEOC", ["UEOC", "UIM"])] == []


@pytest.mark.parametrize(
    "kind", [one for one in EVENTS if issubclass(one, OfIncident)], ids=lambda one: one.__name__
)
def test_of_a_private_incident_only_its_number_is_told(office: Office, kind: type[Fact]) -> None:
    fact = sample(kind, incident=2)  # it is private

    told = office.read(payload, fact, private=False)

    assert told["data"] == {"incident": {"id": "INC-2", "visibility": "private"}}
    assert office.read(payload, fact, private=True)["data"]["incident"]["name"] == "Down"


def test_machines_and_drills_are_told_as_such(office: Office) -> None:
    fact = sample(facts.Verified, by=Machine(MachineKind.TOKEN, "ci"))
    office.perform(lambda tx: tx.execute("UPDATE incidents SET drill = 1 WHERE id = 3"))

    told = office.read(payload, fact, private=False)["data"]

    assert told["by"] == {"kind": "token", "id": "ci", "name": "API token ci"}
    assert not told["incident"]["drill"]
    assert office.read(payload, sample(facts.Verified, incident=3), private=False)["data"]["incident"][
        "drill"
    ]


def test_each_type_is_described() -> None:
    rows = [line.split("|")[1] for line in DOCUMENT.splitlines() if line.startswith("| `")]

    assert {one.strip(" `") for row in rows for one in row.split(",")} == {*TYPES, TEST}
