"""Whom a public status pages, and what it takes to publish a notice."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.incidents.timers import TimerKind
from bot.domain.incidents.times import Moment
from bot.domain.paging.escalations import Reason
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.fields import set_fields
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.ownership import assign_role
from bot.operations.incidents.public_notices import confirm, draft, leave_unpublished, publish, told
from bot.operations.incidents.public_status import set_public_status
from bot.operations.incidents.times import set_times
from storage import incidents, public_notices, timers
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on, last

MINUTE = timedelta(minutes=1)


def test_a_disruption_pages_the_im_once_and_the_timeline_says_why(office: Office) -> None:
    incident = given_incident(office)

    office.perform(set_public_status, incident.id, PublicStatus.PARTIAL, by="UREP")
    office.perform(set_public_status, incident.id, PublicStatus.DISRUPTION, by="UREP")

    assert pending(office, incident) == [("dotcom EOC", "UEOC"), ("dotcom IMOC", "UIM")]
    assert last(office, incident.id, Kind.PAGED).data["reason"] == Reason.PUBLIC_STATUS
    said = last(office, incident.id, Kind.PUBLIC_STATUS)
    assert (said.data["before"], said.data["after"]) == ("Partial Service Disruption", "Service Disruption")


def test_an_engaged_im_is_not_paged_for_it(office: Office) -> None:
    incident = given_incident(office)
    office.perform(assign_role, incident.id, "IM", "UIM", by="UREP")

    office.perform(set_public_status, incident.id, PublicStatus.DISRUPTION, by="UREP")

    assert pending(office, incident) == [("dotcom EOC", "UEOC")]


def test_the_cmoc_is_paged_after_five_minutes_unless_it_is_operational_again(
    office: Office, clock: FakeClock
) -> None:
    one, other = given_incident(office), given_incident(office, channel="COTHER")
    for incident in (one, other):
        office.perform(set_public_status, incident.id, PublicStatus.DEGRADED, by="UREP")
    office.perform(set_public_status, other.id, PublicStatus.OPERATIONAL, by="UREP")

    clock.advance(minutes=5)
    acted_on(office, TimerKind.CMOC)

    assert ("dotcom CMOC", "UCMOC") in pending(office, one)
    assert ("dotcom CMOC", "UCMOC") not in pending(office, other)


def test_an_impact_on_customers_pages_the_cmoc_now(office: Office) -> None:
    incident = given_incident(office)

    office.perform(set_fields, incident.id, {"Customer impact": "yes"}, by="UREP")
    acted_on(office, TimerKind.CMOC)

    assert ("dotcom CMOC", "UCMOC") in pending(office, incident)


def test_the_start_of_the_impact_moves_the_hour(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    clock.advance(minutes=50)
    before = clock.now() - 45 * MINUTE

    office.perform(set_times, incident.id, {Moment.IMPACT_START: before}, by="UREP")

    timer = office.read(timers.of, incident.id, TimerKind.COMMUNICATED)
    assert timer
    assert timer.due_at == before + 60 * MINUTE
    office.perform(leave_unpublished, incident.id, "It is internal", by="UREP")
    assert office.read(timers.of, incident.id, TimerKind.COMMUNICATED) is None


def test_nothing_is_published_before_eoc_and_im_confirm_it(office: Office) -> None:
    incident = given_incident(office, "S2")
    office.perform(assign_role, incident.id, "EOC", "UEOC", by="UREP")
    office.perform(draft, incident.id, "Pushes fail", by="UCMOC")

    with pytest.raises(Refused, match=r"EOC \(<@UEOC>\) and IM \(nobody holds it\)"):
        office.perform(publish, incident.id, "", by="UCMOC")
    with pytest.raises(Refused, match="That is not yours to say"):
        office.perform(confirm, incident.id, by="UCMOC")
    office.perform(confirm, incident.id, by="UEOC")
    with pytest.raises(Refused, match="Publish nothing yet"):
        office.perform(publish, incident.id, "", by="UCMOC")
    office.perform(assign_role, incident.id, "IM", "UIM", by="UREP")
    office.perform(confirm, incident.id, by="UIM")
    office.perform(publish, incident.id, "", by="UCMOC")

    assert office.read(told, incident).missing == ()
    assert last(office, incident.id, Kind.NOTICE_PUBLISHED).text == "Pushes fail"
    assert office.read(incidents.get, incident.id).publicity.noticed_at
    first = last(office, incident.id, Kind.NOTICE_PUBLISHED)
    office.perform(publish, incident.id, "Pushes fail", by="UIM")  # both pressed at once
    assert last(office, incident.id, Kind.NOTICE_PUBLISHED) == first
    office.perform(publish, incident.id, "Pushes are slow", by="UIM")
    assert last(office, incident.id, Kind.NOTICE_PUBLISHED).text == "Pushes are slow"
    with pytest.raises(Refused, match="were told of INC-1 already"):
        office.perform(leave_unpublished, incident.id, "Why", by="UREP")


def test_what_ended_can_be_published_still_and_what_never_was_cannot(office: Office) -> None:
    blip, mistake = given_incident(office), given_incident(office, channel="COTHER")
    office.perform(change_status, blip.id, Status.RESOLVED, by="UREP")
    office.perform(change_status, mistake.id, Status.CANCELLED, by="UREP", reason="None")

    office.perform(draft, blip.id, "It was slow", by="UCMOC")

    assert office.read(public_notices.of, blip.id)
    with pytest.raises(Refused, match="customers are told nothing of it"):
        office.perform(draft, mistake.id, "It was slow", by="UCMOC")
