import pytest

from bot.domain.errors import Refused
from bot.domain.incidents import Severity, Status
from bot.domain.timeline import Kind
from bot.domain.timers import TimerKind
from bot.operations.acknowledge import acknowledge
from bot.operations.lifecycle import change_status
from bot.operations.paging import request_page
from bot.operations.severity import change_severity
from bot.operations.triage import accept, decline
from storage import incidents
from tests.conftest import Office
from tests.fakes import FIFTEEN_MINUTES, FakeClock
from tests.operations.given import given_incident, pending
from tests.operations.look import due, kinds, nothing_is_due


def places(office: Office, event: str) -> list[str]:
    return [subject["place"] for name, subject in office.emitted() if name == event]


def test_a_triaged_problem_has_no_deadline(office: Office, clock: FakeClock) -> None:
    given_incident(office, "S1", triage=True)

    clock.advance(minutes=600)

    assert nothing_is_due(office)


def test_accepting_starts_the_updates_and_announces_it(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1", triage=True)
    clock.advance(minutes=45)

    office.perform(accept, incident.id, by="USOMEBODY")
    now = office.read(incidents.get, incident.id)

    assert (now.status, now.next_update_at) == (Status.INVESTIGATING, clock.now() + FIFTEEN_MINUTES)
    assert Kind.ACCEPTED in kinds(office, incident.id)
    assert places(office, "announcement.due") == ["incidents", "incidents-dotcom"]


def test_an_eoc_who_helped_with_the_triage_is_watched_from_the_acceptance_on(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, triage=True)
    page = office.perform(request_page, "dotcom EOC", "look", by="UREP", incident_id=incident.id)
    office.perform(acknowledge, page.id, by="UEOC")
    clock.advance(minutes=20)

    office.perform(accept, incident.id, by="USOMEBODY")

    clock.advance(minutes=29)
    assert due(office, TimerKind.INVESTIGATING) == []
    clock.advance(minutes=1)
    assert due(office, TimerKind.INVESTIGATING) == [incident.id]


def test_one_that_is_accepted_before_its_channel_opens_is_announced_when_it_does(office: Office) -> None:
    incident = given_incident(office, triage=True, channel=None)

    office.perform(accept, incident.id, by="USOMEBODY")

    assert pending(office, incident) == [("dotcom EOC", "UEOC")]
    assert places(office, "announcement.due") == []


@pytest.mark.parametrize(("to", "kind"), [("Investigating", Kind.ACCEPTED), ("Declined", Kind.DECLINED)])
def test_setting_the_status_by_hand_decides_it_with_all_that_follows(
    office: Office, to: str, kind: Kind
) -> None:
    incident = given_incident(office, triage=True)

    office.perform(change_status, incident.id, Status(to), by="USOMEBODY")

    assert kind in kinds(office, incident.id)
    assert len(pending(office, incident)) == (1 if to == "Investigating" else 0)
    assert places(office, "triage.stale") == ["incidents-dotcom-triage"]


def test_the_second_decision_is_told_of_the_first(office: Office) -> None:
    incident = given_incident(office, triage=True)
    office.perform(accept, incident.id, by="USOMEBODY")
    office.emitted()

    for decision in (accept, decline):
        with pytest.raises(Refused, match="INC-1 is Investigating"):
            office.perform(decision, incident.id, by="UREP")

    assert office.events() == []


def test_declining_cancels_the_pages_that_somebody_asked_for(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, triage=True)
    office.perform(request_page, "dotcom EOC", "Is this one?", by="UREP", incident_id=incident.id)

    office.perform(decline, incident.id, by="USOMEBODY")
    clock.advance(minutes=600)

    assert pending(office, incident) == []
    assert nothing_is_due(office)


def test_raising_the_severity_of_a_triaged_problem_pages_nobody_yet(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S4", triage=True)

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")
    clock.advance(minutes=600)

    assert pending(office, incident) == []
    assert nothing_is_due(office)


def test_a_declined_problem_stays_declined(office: Office) -> None:
    incident = given_incident(office, triage=True)
    office.perform(decline, incident.id, by="USOMEBODY")

    with pytest.raises(Refused, match="Nothing follows it"):
        office.perform(change_status, incident.id, Status.FIXING, by="UREP")

    assert office.read(incidents.get, incident.id).status is Status.DECLINED
