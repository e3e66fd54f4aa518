"""What is kept of an incident beside what every one has."""

from dataclasses import replace

from bot.domain.incidents.incident import Incident
from storage import incidents
from storage.transaction import Tx
from tests.conftest import Office
from tests.values import an_incident


def test_a_near_miss_and_practice_are_kept(office: Office) -> None:
    usual = office.perform(_add, an_incident())
    missed = office.perform(_add, an_incident(near_miss=True, retrospective=True))
    practice = office.perform(
        _add, an_incident(drill=True, practice=("UDEV", "UOPS"), unannounced=True, tutorial=True)
    )

    office.perform(incidents.save, replace(missed, near_miss=False))
    office.perform(incidents.save, replace(practice, practice=("UDEV",)))

    assert office.read(incidents.get, usual.id) == usual
    assert office.read(incidents.get, missed.id) == replace(missed, near_miss=False)
    assert office.read(incidents.get, practice.id) == replace(practice, practice=("UDEV",))


def _add(tx: Tx, incident: Incident) -> Incident:
    return incidents.get(tx, incidents.add(tx, incident, None).id)
