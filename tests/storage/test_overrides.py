"""Who is on call by a schedule and its overrides, as the database keeps them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.oncall.overrides import Override, Overrides
from bot.domain.process import Process
from storage import overrides, people
from storage.people import Person
from storage.transaction import Tx
from tests.conftest import Office
from tests.domain.oncall.values import layer, schedule
from tests.fakes import NOON, process, scheduled

HOUR = timedelta(hours=1)
ANA = Person("UANA", "Ana", "ana@example.com", True, "Europe/Berlin")
BEN = Person("UBEN", "Ben", "ben@example.com", True, None)
DAN = Person("UDAN", "Dan", "dan@example.com", True, None)
PAIR = schedule(layer("ana@example.com+ben@example.com", "UCEM"))


@pytest.fixture
def rules() -> Process:
    return scheduled(process(), PAIR)


@pytest.fixture(autouse=True)
def _known(office: Office) -> None:
    office.perform(people.record, [ANA, BEN, DAN])


def on_call(office: Office, hours: float = 0) -> str:
    """Return who is on call once so many hours have passed."""
    office.clock.advance(minutes=60 * hours)
    return " ".join(office.read(people.on_call)["dotcom EOC"])


def covers(office: Office, start: float, end: float, person: str, replaces: str = "") -> int:
    made = Override(NOON + start * HOUR, NOON + end * HOUR, person, replaces)
    return office.perform(overrides.add, "EOC", made, by="UREP")


def test_all_people_of_the_turn_are_on_call(office: Office) -> None:
    assert on_call(office) == "UANA UBEN"
    assert on_call(office, hours=7 * 24) == "UCEM"
    assert on_call(office, hours=7 * 24) == "UANA UBEN"


def test_who_has_left_is_not_on_call(office: Office) -> None:
    office.perform(people.record, [replace(ANA, active=False)])
    assert on_call(office) == "UBEN"

    office.perform(people.record, [replace(BEN, active=False)])
    assert on_call(office) == ""


def test_an_override_finds_whom_it_replaces_by_their_address(office: Office) -> None:
    covers(office, 1, 2, "UDAN", replaces="UANA")
    covers(office, 3, 4, "UDAN", replaces="UCEM")
    ordinary = "UANA UBEN"

    assert on_call(office) == ordinary
    assert [on_call(office, hours=1) for _ in range(3)] == ["UDAN UBEN", ordinary, ordinary]


def test_whoever_covers_can_be_covered_for_as_they_were_made(office: Office) -> None:
    covers(office, 0, 3, "UDAN", replaces="UANA")
    covers(office, 0, 2, "UCEM", replaces="UDAN")

    assert [on_call(office, hours=hours) for hours in (1, 1, 1)] == ["UCEM UBEN", "UDAN UBEN", "UANA UBEN"]


def test_who_is_on_call_by_an_override_and_has_left_is_not_called(office: Office) -> None:
    covers(office, 0, 1, "UDAN")
    assert on_call(office) == "UDAN"

    office.perform(people.record, [replace(DAN, active=False)])

    assert on_call(office) == ""


def test_a_decision_that_makes_or_cancels_an_override_sees_it_at_once(office: Office) -> None:
    def called(tx: Tx) -> str:
        return " ".join(people.on_call(tx)["dotcom EOC"])

    def decide(tx: Tx) -> None:
        assert called(tx) == "UANA UBEN"
        made = overrides.add(tx, "EOC", Override(NOON, NOON + HOUR, "UDAN"), by="UDAN")
        assert called(tx) == "UDAN"
        assert overrides.cancel(tx, made, by="UDAN")
        assert called(tx) == "UANA UBEN"
        assert not overrides.cancel(tx, made, by="UDAN")

    office.perform(decide)


def test_one_that_was_cancelled_counted_until_then(office: Office) -> None:
    begun, coming = covers(office, 0, 4, "UDAN"), covers(office, 2, 3, "UBEN", replaces="UANA")
    office.clock.advance(minutes=60)
    for one in (begun, coming):
        assert office.perform(overrides.cancel, one, by="UREP")

    def over(tx: Tx) -> Overrides:
        return overrides.between(tx, ["EOC"], NOON, NOON + 5 * HOUR)["EOC"]

    found = office.read(over)
    assert found.people == ("UDAN",)
    assert found.at(NOON, ()) == (("UDAN",), NOON + HOUR)


def test_one_that_is_over_cannot_be_cancelled(office: Office) -> None:
    made = covers(office, 0, 1, "UDAN")
    office.clock.advance(minutes=60)

    assert not office.perform(overrides.cancel, made, by="UREP")


def test_whom_slack_has_not_told_us_of_is_looked_up_first_who_is_on_call(office: Office) -> None:
    rules = scheduled(process(), schedule(layer("UONE", "UTWO")))
    other = Office(office.database, rules, office.clock)
    assert other.read(people.unknown_on_call) == ["UONE", "UTWO"]

    office.clock.advance(minutes=7 * 24 * 60)

    assert other.read(people.unknown_on_call) == ["UTWO", "UONE"]
