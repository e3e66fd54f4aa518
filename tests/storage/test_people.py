from dataclasses import replace

import pytest

from bot.domain.process import Process
from storage import people
from storage.engines import open_database
from storage.people import Person
from tests.conftest import Office
from tests.fakes import FakeClock, process

ANNA = Person("UANNA", "Anna", "Anna@Example.com", True, "Europe/Berlin")
GONE = Person("UGONE", "Gone", "gone@example.com", False, None)
BERT = Person("UBERT", "Bert", "bert@example.com", True, None)


def eoc(address: str, clock: FakeClock, on_call: tuple[str, ...], known: list[Person]) -> tuple[str, ...]:
    """Return who is on call for the first team, when these people are known."""
    rules: Process = process(eoc=on_call)
    database = open_database(address, own_time=False)
    office = Office(database, rules, clock)
    office.perform(people.record, known)
    found = office.read(people.on_call)["dotcom EOC"]
    database.close()
    return tuple(found)


@pytest.mark.parametrize(
    ("on_call", "expected"),
    [
        (("anna@example.com",), "UANNA"),
        (("ANNA@EXAMPLE.COM",), "UANNA"),
        (("UANNA",), "UANNA"),
        (("gone@example.com", "anna@example.com"), "UANNA"),
        (("UGONE", "UBERT"), "UBERT"),
        (("bert@example.com", "anna@example.com"), "UBERT"),
        (("UGONE",), None),
        (("nobody@example.com",), None),
        (("nobody@example.com", "UBERT"), "UBERT"),
        ((), None),
    ],
)
def test_the_first_active_person_on_the_list_is_on_call(
    address: str, clock: FakeClock, on_call: tuple[str, ...], expected: str | None
) -> None:
    assert eoc(address, clock, on_call, [ANNA, GONE, BERT]) == ((expected,) if expected else ())


def test_a_team_that_calls_everybody_has_each_active_person_once(office: Office) -> None:
    rules = process(eoc=("UANNA", "gone@example.com", "bert@example.com", "UBERT"))
    eoc = replace(rules.teams["dotcom EOC"], everybody=True)
    office = Office(office.database, replace(rules, teams={**rules.teams, eoc.name: eoc}), office.clock)
    office.perform(people.record, [ANNA, GONE, BERT])

    assert office.read(people.on_call)["dotcom EOC"] == ("UANNA", "UBERT")
    assert office.read(people.on_call, {"UANNA"})["dotcom EOC"] == ("UBERT",)


def test_somebody_not_heard_of_yet_is_paged_by_id_rather_than_not(address: str, clock: FakeClock) -> None:
    assert eoc(address, clock, ("UNEW",), []) == ("UNEW",)


def test_an_address_belongs_to_whoever_is_active_under_it(address: str, clock: FakeClock) -> None:
    before = Person("UA", "Anna (old account)", "anna@example.com", False, None)

    assert eoc(address, clock, ("anna@example.com",), [before, ANNA]) == ("UANNA",)
    assert eoc(address, clock, ("anna@example.com",), [ANNA, before]) == ("UANNA",)


def test_what_slack_says_last_counts(office: Office) -> None:
    office.perform(people.record, [ANNA])
    office.perform(people.record, [Person("UANNA", "Anna B.", "anna.b@example.com", False, None)])

    assert office.read(people.get, "UANNA") == Person("UANNA", "Anna B.", "anna.b@example.com", False, None)
    assert office.read(people.get, "UNKNOWN") is None


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("ana ferreira", ["UANA"]),
        ("@Ana  Ferreira", ["UANA"]),
        ("Émilie Petit", ["UEMI", "UEMO"]),
        ("kim", ["UKIM"]),
        ("Ferreira", []),
        ("Gone Away", []),
    ],
)
def test_a_full_name_means_its_people_where_nobody_is_shown_by_that_name(
    office: Office, said: str, who: list[str]
) -> None:
    known = (
        ("UANA", "ana", "Ana Ferreira"),
        ("UEMI", "emi", "Émilie Petit"),
        ("UEMO", "emo", "Émilie Petit"),
        ("UKIM", "kim", "Kim Young"),
        ("UKIT", "kit", "Kim"),
    )
    listed = [Person(one, name, None, True, None, full_name=full) for one, name, full in known]
    gone = replace(GONE, full_name="Gone Away")
    office.perform(people.record, [*listed, gone])

    assert office.read(people.meant, said) == who
