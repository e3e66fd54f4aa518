"""Chores: each is done by one of the replicas, when it is due."""

from datetime import timedelta

from storage import chores
from tests.conftest import Office
from tests.fakes import FakeClock

HOUR = timedelta(hours=1)


def test_a_chore_falls_to_whoever_asks_first(office: Office, clock: FakeClock) -> None:
    asked = [office.perform(chores.falls_to_us, "tidy", HOUR) for _ in range(2)]
    clock.advance(minutes=59)
    asked.append(office.perform(chores.falls_to_us, "tidy", HOUR))
    clock.advance(minutes=1)
    asked += [office.perform(chores.falls_to_us, "tidy", HOUR) for _ in range(2)]

    assert asked == [True, False, False, True, False]


def test_what_was_missed_is_done_once(office: Office, clock: FakeClock) -> None:
    office.perform(chores.falls_to_us, "tidy", HOUR)
    clock.advance(minutes=600)

    asked = [office.perform(chores.falls_to_us, "tidy", HOUR) for _ in range(3)]

    assert asked == [True, False, False]


def test_one_chore_does_not_keep_another(office: Office) -> None:
    office.perform(chores.falls_to_us, "tidy", HOUR)

    assert office.perform(chores.falls_to_us, "heartbeat", HOUR)


def test_it_is_known_when_a_chore_is_due_again(office: Office, clock: FakeClock) -> None:
    assert office.read(chores.next_at, "tidy") is None

    office.perform(chores.falls_to_us, "tidy", HOUR)

    assert office.read(chores.next_at, "tidy") == clock.now() + HOUR
