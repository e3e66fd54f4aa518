"""The incident's page: what it finds on a long timeline, in how few questions."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.timeline.entries import Kind
from bot.domain.timeline.sought import PER_PAGE, SoughtEntries, sought
from bot.views.browser import incident as view_of
from bot.views.browser.rich import Reader
from handlers.browser.incident_reading import MOST_CALLS, read
from storage import sought_entries
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident
from tests.operations.test_statements import statements

ALL = SoughtEntries(everything=True)


def _long(tx: Tx) -> None:
    rows = [
        {
            "incident": 1,
            "kind": ("note", "update", "acknowledged", "status")[n % 4],
            "at": NOON + timedelta(seconds=n),
            "by_whom": ("UEOC", "UIM")[n % 2],
            "text": f"Note {n} <b>",
            "data": json.dumps(
                {
                    "update": 1,
                    "before": "Fixing",
                    "after": "Monitoring",
                    "role": "EOC",
                    "page": 1,
                    "seconds": 5,
                }
                | {"person": "UCMOC", "instead_of": None}
            ),
        }
        for n in range(2000)
    ]
    columns = dict.fromkeys(("kind", "at", "by_whom", "text", "data"), "TEXT") | {"incident": "INTEGER"}
    tx.insert_each("entries", columns, rows, asked=False)


@pytest.fixture
def long(office: Office) -> Office:
    given_incident(office)
    office.perform(_long)
    return office


def texts(office: Office, wanted: SoughtEntries) -> list[str]:
    return [one.text for one in office.read(sought_entries.stretch, 1, wanted).entries if one.text]


def test_a_long_timeline_is_read_in_few_statements(long: Office) -> None:
    assert statements(long, lambda tx: read(tx, "UREP", 1, ALL)) <= 24


def test_pages_begin_with_the_latest_and_each_entry_is_on_one(long: Office) -> None:
    first = long.read(sought_entries.stretch, 1, ALL)
    assert [one.text for one in first.entries][-1] == "Note 1999 <b>"
    assert len(first.entries) == PER_PAGE

    seen: list[int] = []
    for page in range(1, first.pages + 1):
        seen += [
            one.id for one in long.read(sought_entries.stretch, 1, SoughtEntries(True, page=page)).entries
        ]
    assert len(seen) == len(set(seen)) == first.total
    assert long.read(sought_entries.stretch, 1, SoughtEntries(True, page=9999)).entries == ()


def test_kinds_and_people_limit_what_is_shown(long: Office) -> None:
    notes = long.read(sought_entries.stretch, 1, SoughtEntries(kinds=(Kind.NOTE,)))
    assert (notes.total, {one.kind for one in notes.entries}) == (500, {Kind.NOTE})
    by_im = long.read(sought_entries.stretch, 1, SoughtEntries(True, (Kind.NOTE,), "UIM"))
    assert by_im.total == 0
    about = long.read(sought_entries.stretch, 1, SoughtEntries(True, (Kind.ACKNOWLEDGED,), "UCMOC"))
    assert about.total == 500
    found = long.read(sought_entries.facets, 1)
    assert found.kinds[Kind.NOTE] == 500
    assert {"UEOC", "UIM"} <= set(found.people)


def test_an_address_means_what_it_can_and_nothing_else() -> None:
    assert sought("all", ["note", "nonsense", "note"], "U1'--", "0") == SoughtEntries(True, (Kind.NOTE,))
    assert sought("", ["note"] * 99, "UIM", "12").page == 12


@pytest.mark.parametrize("year", [1, 1969, 2101, 9999])
def test_entries_at_the_ends_of_the_calendar_are_shown(office: Office, year: int) -> None:
    given_incident(office)
    at = datetime(year, 1, 1, tzinfo=UTC)

    def old(tx: Tx) -> None:
        columns = dict.fromkeys(("kind", "at", "by_whom", "text", "data"), "TEXT") | {"incident": "INTEGER"}
        row = {"incident": 1, "kind": "note", "at": at, "by_whom": "UREP", "text": "Long ago", "data": "{}"}
        tx.insert_each("entries", columns, [row], asked=False)

    office.perform(old)

    assert "Long ago" in {str(one.body) for one in shown(office)["lines"]}


def shown(office: Office) -> dict[str, Any]:
    scene, names = office.read(read, "UREP", 1, ALL)
    return dict(view_of.shown(scene, Reader(UTC, names)))


def _called_again(tx: Tx) -> None:
    columns = {"escalation": "INTEGER", "level": "INTEGER", "reminded": "INTEGER", "round": "INTEGER"}
    row = {"level_team": "dotcom leadership escalation", "role": "Infrastructure Leader", "responder": "UILR"}
    texts = {**row, "state": "escalated", "raised_at": tx.now, "late": 0.0}
    rows = [{**dict.fromkeys(columns, 1), **texts, "round": n} for n in range(MOST_CALLS + 4)]
    types = columns | dict.fromkeys(texts, "TEXT") | {"late": "REAL"}
    tx.insert_each("pages", types, rows, asked=False)


def test_the_latest_pages_are_shown_and_the_others_are_counted(office: Office) -> None:
    given_incident(office)
    office.perform(_called_again)

    scene, names = office.read(read, "UREP", 1, ALL)
    shown = view_of.shown(scene, Reader(UTC, names))

    assert len(scene.pages) == MOST_CALLS
    assert scene.pages[-1].round == MOST_CALLS + 3
    assert shown["earlier_calls"] == 5
