"""Scheduled maintenance as the database keeps it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.errors import NotFound
from bot.domain.maintenance.maintenance import Criticality, Maintenance, State
from bot.domain.maintenance.services import held
from storage import maintenances
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident

HOUR = timedelta(hours=1)


def a_maintenance(start: float = 1, end: float = 2, state: State = State.PLANNED) -> Maintenance:
    window = NOON + start * HOUR, NOON + end * HOUR
    return Maintenance(
        0,
        "It's <an> upgrade \u00fc",
        Criticality.C1,
        state,
        "UIM",
        "UREP",
        *window,
        ("UEOC",),
        ("web", "api \u00e4"),
        ("https://a.test/?b=1",),
        started_at=window[0] if state is State.RUNNING else None,
        holds=True,
    )


def add(office: Office, start: float = 1, end: float = 2, state: State = State.PLANNED) -> int:
    return office.perform(maintenances.add, a_maintenance(start, end, state))


def numbers(found: list[Maintenance]) -> list[int]:
    return [one.id for one in found]


def test_it_is_kept_as_it_was_planned_and_changed(office: Office) -> None:
    number = add(office)
    planned = office.read(maintenances.get, number)

    changed = replace(planned, name="Later", people=(), asked_at=NOON, state=State.RUNNING, started_at=NOON)
    office.perform(maintenances.save, changed)

    assert planned == replace(a_maintenance(), id=number)
    assert office.read(maintenances.get, number) == changed
    with pytest.raises(NotFound, match="MNT-77"):
        office.read(maintenances.get, 77)


def test_those_that_are_not_over_come_by_their_start(office: Office) -> None:
    late, early = add(office, 5, 6), add(office, 1, 2)
    runs = add(office, -1, 1, State.RUNNING)
    over = office.read(maintenances.get, add(office, 2, 3))
    office.perform(maintenances.save, replace(over, state=State.CANCELLED, ended_at=NOON))

    assert numbers(office.read(maintenances.open_ones)) == [runs, early, late]
    assert numbers(office.read(maintenances.running)) == [runs]
    assert office.read(maintenances.concerning, 1) == [(office.read(maintenances.get, runs), None)]


@pytest.mark.parametrize(
    ("hours", "within"), [(-1.01, False), (-1, True), (0, True), (0.49, True), (0.5, False)]
)
def test_a_moment_falls_into_the_window_as_it_was(office: Office, hours: float, within: bool) -> None:
    one = office.read(maintenances.get, add(office, -1, 1, State.RUNNING))
    office.perform(maintenances.save, replace(one, state=State.OVER, ended_at=NOON + HOUR / 2))
    at: datetime = NOON + hours * HOUR

    found = office.read(maintenances.in_window, at)

    assert numbers(found) == ([one.id] if within else [])
    assert bool(held(found, "WEB", at)) is within
    assert not held(found, "mail", at)


def test_a_message_is_known_by_its_place(office: Office) -> None:
    number = add(office)

    office.perform(maintenances.record_message, number, "incidents", "CA", "1.0")
    office.perform(maintenances.record_message, number, "UIM", "D1", "2.0")
    office.perform(maintenances.record_message, number, "UIM", "D1", "3.0")

    assert office.read(maintenances.messages, number) == {"UIM": ("D1", "3.0"), "incidents": ("CA", "1.0")}


def test_an_answer_can_be_another_later(office: Office) -> None:
    number, incident = add(office), given_incident(office).id
    assert office.read(maintenances.unanswered, NOON) == [incident]
    assert office.read(maintenances.unanswered, NOON + HOUR) == []

    for related in (False, True):
        office.perform(maintenances.note_answer, incident, number, "UREP", related=related)
        assert office.read(maintenances.answers, incident) == {number: related}
        assert office.read(maintenances.concerning, incident) == [
            (office.read(maintenances.get, number), related)
        ]

    assert office.read(maintenances.unanswered, NOON) == []
