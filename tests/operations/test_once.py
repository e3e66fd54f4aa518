from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.operations.incidents.rename import rename
from bot.operations.once import once
from storage import incidents, seen_events
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident


def test_an_event_that_is_delivered_twice_has_one_effect(office: Office) -> None:
    incident = given_incident(office)

    for name in ("One", "Two"):
        office.perform(once, "Ev1", rename, incident.id, name, by="UREP")

    assert office.read(incidents.get, incident.id).name == "One"


def test_another_event_has_its_own_effect(office: Office) -> None:
    incident = given_incident(office)

    first = office.perform(once, "Ev1", rename, incident.id, "One", by="UREP")
    second = office.perform(once, "Ev2", rename, incident.id, "Two", by="UREP")

    assert first
    assert second
    assert second.name == "Two"


def test_an_event_whose_effect_failed_is_not_forgotten_as_seen(office: Office) -> None:
    incident = given_incident(office)
    with pytest.raises(Refused):
        office.perform(once, "Ev1", rename, incident.id, "", by="UREP")

    assert office.perform(once, "Ev1", rename, incident.id, "Better", by="UREP")


def test_events_are_forgotten_when_slack_will_not_repeat_them(office: Office, clock: FakeClock) -> None:
    office.perform(seen_events.first_time, "Ev1")
    clock.advance(minutes=60)
    office.perform(seen_events.first_time, "Ev2")
    clock.advance(minutes=60)

    forgotten = office.perform(seen_events.prune, timedelta(hours=2))

    assert forgotten == 1
    assert not office.perform(seen_events.first_time, "Ev2")
    assert office.perform(seen_events.first_time, "Ev1")
