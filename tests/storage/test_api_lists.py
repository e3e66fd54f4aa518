"""Lists for the API: which incidents a token may know of, and what a list of them costs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.actors import Machine, MachineKind
from bot.domain.errors import NotFound
from bot.domain.incidents.fields import BLOCKS_DEPLOYMENTS
from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.labels import labels
from bot.domain.tokens import PRIVATE
from bot.operations.incidents.fields import set_fields
from bot.operations.incidents.lifecycle import change_status, reopen
from storage import api_lists, incidents, tokens
from storage.api_lists import LABELS, Wanted
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident
from tests.passing import Counting

CI, SECRETIVE = (Machine(MachineKind.TOKEN, name) for name in ("ci", "secretive"))


@pytest.fixture
def three(office: Office) -> Office:
    given_incident(office, "S3", name="Disk full", channel="C1")
    given_incident(office, "S1", name="Keys stolen", private=True, channel="C2")
    given_incident(office, "S2", name="Practice", kind="Gameday", channel="C3")
    for one, scopes in ((CI, {"incidents:read"}), (SECRETIVE, {"incidents:read", PRIVATE})):
        office.perform(tokens.add, one.name, one.name, frozenset(scopes), None)
    return office


def listed(office: Office, wanted: Wanted, past: int | None = None) -> list[int]:
    return [one.id for one in office.read(api_lists.incidents, wanted, 50, past)]


def test_a_token_knows_of_private_ones_only_if_it_was_made_for_them(three: Office) -> None:
    for by, private, found in ((CI, False, [1]), (SECRETIVE, True, [2, 1]), ("UREP", True, [2, 1])):
        assert listed(three, Wanted(str(by), private)) == found
    assert listed(three, Wanted("UREP", private=False)) == [1]
    assert listed(three, Wanted("UOTHER", private=True)) == [1]
    assert three.read(incidents.visible, 2, SECRETIVE).name == "Keys stolen"
    with pytest.raises(NotFound):
        three.read(incidents.visible, 2, CI)


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ({}, [2, 1]),
        ({"drills": True}, [3, 2, 1]),
        ({"severities": [Severity.S1, Severity.S3]}, [2, 1]),
        ({"statuses": [Status.FIXING]}, []),
        ({"severities": [Severity.S3], "statuses": [Status.INVESTIGATING]}, [1]),
        ({"type": "Dedicated"}, []),
        ({"lead": "UREP"}, [2, 1]),
        ({"open": False}, []),
        ({"words": "disk"}, [1]),
        ({"words": "% _ - \" '"}, []),
        ({"after": NOON + timedelta(days=1)}, []),
        ({"before": NOON + timedelta(days=1)}, [2, 1]),
    ],
)
def test_each_filter_limits_it(three: Office, limits: dict[str, object], found: list[int]) -> None:
    assert listed(three, replace(Wanted("UREP", private=True), **limits)) == found  # type: ignore[arg-type]


def test_the_times_of_incidents_are_without_drills(three: Office) -> None:
    found = three.read(api_lists.times, Wanted(str(SECRETIVE), private=True))
    assert sorted(one.severity for one in found) == [Severity.S1, Severity.S3]


def test_a_page_of_a_list_is_one_question(three: Office) -> None:
    with three.database.transaction() as connection:
        counting = Counting(connection)
        tx = Tx(counting, three.clock.now(), three.uow.process, {})
        api_lists.incidents(tx, Wanted("UREP", private=True), 50, None)
    assert len(counting.statements) == 1


@pytest.mark.parametrize("label", LABELS)
def test_a_label_lists_those_that_have_it(three: Office, label: str) -> None:
    for number, to in enumerate((Status.FIXING, Status.MONITORING, Status.RESOLVED), 4):
        given_incident(three, "S2", channel=f"C{number}")
        three.perform(change_status, number, to, by="UREP")
    three.perform(set_fields, 1, {BLOCKS_DEPLOYMENTS: "yes"}, by="UREP")
    three.perform(set_fields, 4, {BLOCKS_DEPLOYMENTS: "no"}, by="UREP")
    three.perform(reopen, 6, "To correct", by="UREP", back=False)

    having = [one.id for one in three.read(incidents.everyone) if label in labels(one)]

    assert sorted(listed(three, Wanted("UREP", private=True, drills=True, label=label))) == having
