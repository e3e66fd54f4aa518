"""What is kept of an incident beside what every one has."""

from dataclasses import replace

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.publicity import PublicNotice, PublicStatus
from storage import incidents, public_notices
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


def test_what_customers_know_is_kept(office: Office) -> None:
    incident = office.perform(_add, an_incident())
    now = office.uow.clock.now()
    publicity = incident.publicity.become(PublicStatus.PARTIAL, now)
    told = replace(publicity, noticed_at=now, impact_began_at=now, unpublished="It is internal")

    office.perform(incidents.save, replace(incident, publicity=told))

    assert office.read(incidents.get, incident.id).publicity == told
    assert told.impaired_at == told.impaired_since_at == now


def test_a_notice_to_customers_has_its_newest_text_and_who_confirmed_first(office: Office) -> None:
    incident, now = office.perform(_add, an_incident()), office.uow.clock.now()
    notices = [PublicNotice(incident.id, text, "UCMOC", now) for text in ("We look", "We found it")]

    for one in notices:
        office.perform(public_notices.put, one)
    for person in ("UEOC", "UOTHER"):
        office.perform(public_notices.confirm, incident.id, "EOC", person)

    assert office.read(public_notices.of, incident.id) == notices[1]
    assert office.read(public_notices.of, incident.id + 1) is None
    assert office.read(public_notices.confirmed, incident.id) == {"EOC": "UEOC"}


def _add(tx: Tx, incident: Incident) -> Incident:
    return incidents.get(tx, incidents.add(tx, incident, None).id)
