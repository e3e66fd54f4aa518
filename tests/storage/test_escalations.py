"""Escalations compare before they set: who commits first wins."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.paging.escalations import Escalation, EscalationState, ended
from bot.domain.process import Level, Notice
from storage import escalations, pages
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident
from tests.values import an_escalation

MINUTE = timedelta(minutes=1)


def of_first(tx: Tx) -> Escalation:
    return pages.get(tx, 1).escalation


def test_what_was_decided_first_stays(office: Office) -> None:
    given_incident(office)
    seen = office.read(of_first)

    again = office.perform(escalations.advance, seen, replace(seen, due_at=seen.due_at + MINUTE))
    late = office.perform(escalations.advance, seen, ended(seen, EscalationState.CANCELLED))

    assert again == office.read(of_first) == replace(seen, due_at=seen.due_at + MINUTE, version=1)
    assert late is None


def test_one_that_ended_is_neither_written_nor_set_aside(office: Office, clock: FakeClock) -> None:
    given_incident(office)
    over = office.perform(
        escalations.advance, office.read(of_first), ended(office.read(of_first), EscalationState.CANCELLED)
    )
    clock.advance(minutes=15)

    office.perform(escalations.set_aside, 1)

    assert office.read(of_first) == over
    assert office.perform(escalations.take, [1]) == []
    assert office.perform(escalations.advance, over, replace(over, level=1)) is None


def test_those_that_are_due_are_taken_in_the_order_asked_for(office: Office, clock: FakeClock) -> None:
    for _ in range(3):
        given_incident(office, channel=None)
    clock.advance(minutes=15)
    office.perform(escalations.set_aside, 2)

    assert [one.id for one in office.perform(escalations.take, [3, 2, 1, 7])] == [3, 1]


def test_pages_that_were_looked_up_know_how_their_escalation_goes_on(office: Office) -> None:
    given_incident(office, "S1")

    def decide(tx: Tx) -> list[int]:
        pages.look_ahead(tx, {1})
        seen = of_first(tx)
        escalations.advance(tx, seen, replace(seen, level=2))
        return [page.escalation.level for page in pages.of_incident(tx, 1)]

    assert office.perform(decide) == [2, 0, 0]


def test_a_path_is_kept_as_it_was(office: Office) -> None:
    level = Level("dotcom EOC", MINUTE, (Notice("sms", MINUTE), Notice("voice")), "EOC", (MINUTE / 2,))
    path = (level, Level("no more", 2 * MINUTE))

    (added,) = office.perform(escalations.add_each, [an_escalation(incident=None, path=path)])

    (row,) = office.read(lambda tx: tx.all("SELECT * FROM escalations"))
    assert escalations.of_page({f"of_{name}": value for name, value in row.items()}) == added
    assert added.path == path
