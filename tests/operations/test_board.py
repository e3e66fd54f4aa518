"""The board: who sees what on it, in how few questions."""

from typing import Any

from bot.domain.actors import Machine, MachineKind
from bot.domain.incidents.incident import Status
from bot.operations.incidents.board import board, board_seen
from bot.operations.incidents.lifecycle import change_status
from storage import people
from tests.conftest import Office
from tests.operations.given import given_incident
from tests.operations.test_statements import statements

SCREEN = Machine(MachineKind.TOKEN, "wall")


def shown(office: Office, by: Any, **how: bool) -> dict[str, list[int]]:
    found = office.read(board, by, **how)
    columns = {status.value: [one.id for one in some] for status, some in found.columns.items() if some}
    return columns | {"drills": [one.id for one in found.drills]}


def test_each_stands_by_its_status_the_worst_first_and_drills_apart(office: Office) -> None:
    given_incident(office, "S3", channel="C1")
    given_incident(office, "S1", channel="C2")
    given_incident(office, triage=True, channel="C3")
    given_incident(office, kind="Gameday", channel="C4")
    given_incident(office, channel="C5")
    office.perform(change_status, 5, Status.FIXING, by="UREP")

    assert shown(office, "UREP") == {"Triage": [3], "Investigating": [2, 1], "Fixing": [5], "drills": [4]}


def test_a_private_one_is_on_the_board_of_its_people_and_on_no_screen(office: Office) -> None:
    given_incident(office, private=True)

    assert shown(office, "UREP") == {"Investigating": [1], "drills": []}
    assert shown(office, "UCMOC") == {"drills": []}
    assert shown(office, "UREP", private=False) == shown(office, SCREEN, private=False) == {"drills": []}
    assert office.read(board_seen, "UREP").ids == {1}
    assert office.read(board_seen, "UREP", private=False).ids == set()


def test_it_says_whose_pages_wait_since_when_and_who_is_who(office: Office) -> None:
    given_incident(office)
    raised = office.clock.now()
    office.clock.advance(minutes=5)

    found = office.read(board, "UCMOC")

    (page,) = found.unanswered[1]
    assert (page.responder, page.team, page.since) == ("UEOC", "dotcom EOC", raised)
    assert found.called("UEOC") == "ueoc"
    assert found.called("UREP") == "urep"


def test_what_happens_changes_what_is_seen(office: Office) -> None:
    given_incident(office)
    before = office.read(board_seen, "UCMOC")

    assert office.read(board_seen, "UCMOC") == before
    office.perform(change_status, 1, Status.FIXING, by="UREP")
    assert office.read(board_seen, "UCMOC") != before


def test_many_incidents_are_read_in_six_statements(office: Office) -> None:
    for number in range(30):
        given_incident(office, channel=f"C{number:03}", private=number % 10 == 0)

    assert statements(office, lambda tx: board(tx, "UREP")) <= 6
    assert statements(office, lambda tx: board_seen(tx, "UREP")) <= 3


def test_somebody_who_is_gone_is_still_called_by_their_name(office: Office) -> None:
    given_incident(office)
    office.perform(people.record, [people.Person("UREP", "Rep", None, False, "UTC")])

    found = office.read(board, "UCMOC")

    assert found.called("UREP") == "Rep"
    assert found.incidents[0].lead_gone
