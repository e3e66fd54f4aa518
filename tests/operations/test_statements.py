"""How often a decision waits for the database: on PostgreSQL each time is a round trip."""

from collections.abc import Callable
from typing import Any

from bot.domain.facts import CallDue
from bot.domain.incidents.incident import Draft, Severity
from bot.operations.incidents.declare import declare
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.workspace.people import changed
from storage import escalations, pages, people
from storage.facts import finish
from storage.transaction import Tx
from tests.conftest import EveryFact, Office
from tests.domain.oncall.values import layer, schedule
from tests.fakes import process, scheduled
from tests.operations.given import delivered, given_incident
from tests.passing import Counting


def statements(office: Office, decide: Callable[[Tx], Any]) -> int:
    with office.database.transaction() as connection:
        counting = Counting(connection)
        tx = Tx(counting, office.clock.now(), office.uow.process, EveryFact())
        decide(tx)
        finish(tx)
    return len(counting.statements)


def test_all_that_are_due_are_raised_to_the_next_level_in_a_dozen_statements(office: Office) -> None:
    for number in range(25):
        given_incident(office, channel=f"C{number:03}")
        delivered(office, number + 1)
    office.clock.advance(minutes=15)

    asked = statements(office, lambda tx: escalate_overdue(tx, *escalations.overdue(tx, 25)))

    assert office.events().count("CallDue") == 25
    assert asked <= 12


def test_a_question_is_put_to_the_engine_once_until_something_is_written(office: Office) -> None:
    given_incident(office)
    for write in (
        lambda tx: tx.execute("UPDATE pages SET responder = 'UA'"),
        lambda tx: tx.write("UPDATE pages SET responder = 'UB'"),
        lambda tx: tx.each("UPDATE pages SET responder = new.a FROM {new}", {"a": "TEXT"}, [{"a": "UC"}]),
        lambda tx: tx.insert("UPDATE pages SET responder = :to RETURNING id", {"to": "UD"}),
        lambda tx: tx.change_each("pages", {"id": "INTEGER"}, [{"id": 1}], "responder = 'UE'", "1 = 1"),
    ):
        with office.database.transaction() as connection:
            counting = Counting(connection)
            tx = Tx(counting, office.clock.now(), office.uow.process, EveryFact())
            before = [pages.get(tx, 1) for _ in range(2)]
            asked = len(counting.statements)
            write(tx)
            after = pages.get(tx, 1)

        assert asked == 1
        assert before[0] == before[1] != after


def test_declaring_pages_three_people_in_eight_statements(office: Office) -> None:
    draft = Draft("Disk full", "GitLab.com", Severity.S1)

    assert statements(office, lambda tx: declare(tx, draft, by="UREP", form="V1")) <= 8
    assert office.events().count("CallDue") == 3


def test_a_schedule_costs_one_statement_more_than_a_list(office: Office) -> None:
    listed = statements(office, people.on_call)
    other = Office(office.database, scheduled(process(), schedule(layer("UEOC", "UEOC2"))), office.clock)

    assert statements(other, people.on_call) == listed + 1 == 2


def test_who_is_on_call_is_looked_up_once_unless_it_changes(office: Office) -> None:
    def decide(tx: Tx) -> None:
        first = people.on_call(tx)
        assert people.on_call(tx) is first
        changed(tx, {"id": "UEOC", "deleted": True})
        assert people.on_call(tx)["dotcom EOC"] != first["dotcom EOC"] == ("UEOC",)

    office.perform(decide)


def test_what_the_world_hears_of_many_decisions_goes_with_the_commit_and_in_order(office: Office) -> None:
    def decide(tx: Tx) -> None:
        for number in range(300):
            tx.record(CallDue(notification=1, page=number, incident=None, asked_by=""))

    assert statements(office, decide) == 0
    assert office.emitted() == [
        ("CallDue", {"notification": 1, "page": number, "incident": None, "asked_by": ""})
        for number in range(300)
    ]
