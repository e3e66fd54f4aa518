"""Practice pages nobody who was not chosen for it, whoever is on call and whatever asks for a page."""

from dataclasses import replace

import pytest

from bot.domain.actors import Actor, Machine, MachineKind
from bot.domain.errors import Refused
from bot.domain.incidents.incident import Draft, Severity
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.process import EOC, EVERYBODY
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.declare import declare
from bot.operations.incidents.lifecycle import reopen, resolve
from bot.operations.incidents.practice import take_part
from bot.operations.incidents.public_status import set_public_status
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.timers import act
from bot.operations.incidents.verify import verify
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.paging.paging import being_paged, request_page
from bot.operations.paging.targets import callable_on
from storage import escalations, failures, pages, timers
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident
from tests.operations.look import kinds

CHOSEN = ("URON", "USAM")


def called(office: Office, incident_id: int) -> set[str | None]:
    """Return whom the pages of an incident have called so far."""
    return {page.responder for page in office.read(pages.of_incident, incident_id)}


def hours_pass(office: Office, clock: FakeClock, quarters: int = 6) -> None:
    """Let each deadline pass that falls into a time in which nobody answers."""
    for _ in range(quarters):
        clock.advance(minutes=15)
        for number in office.read(escalations.overdue, 50):
            office.perform(escalate_overdue, number)
        if found := office.read(timers.due, 50):
            office.perform(act, *found)


def declared_by_alert(office: Office) -> int:
    draft = Draft("Disk full", "Gameday", Severity.S1)
    return office.perform(declare, draft, by=Machine(MachineKind.ALERT, "prometheus"), form=None).id


def test_every_way_to_page_calls_only_who_was_chosen(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S3", kind="Gameday", practice=CHOSEN)
    hours_pass(office, clock)
    office.perform(change_severity, incident.id, Severity.S1, by="UREP")
    office.perform(verify, incident.id, by="UREP")
    office.perform(set_public_status, incident.id, PublicStatus.DISRUPTION, by="UREP")
    for team in office.uow.process.teams:
        if not office.read(being_paged, incident.id, team):
            office.perform(request_page, team, "", by="UREP", incident_id=incident.id)
    hours_pass(office, clock)
    office.perform(resolve, incident.id, "By itself", by="UREP")
    office.perform(reopen, incident.id, "It is back", by="UREP")
    hours_pass(office, clock)

    assert called(office, incident.id) == {*CHOSEN}


def test_what_an_alert_declares_for_practice_pages_nobody_until_somebody_takes_part(
    office: Office, clock: FakeClock
) -> None:
    number = declared_by_alert(office)
    hours_pass(office, clock, 2)

    assert called(office, number) == {None}
    assert Kind.NOBODY in kinds(office, number)
    assert office.read(failures.count) == 0

    office.perform(take_part, number, "URON", by="URON")
    hours_pass(office, clock, 1)

    assert called(office, number) == {None, "URON"}


@pytest.mark.parametrize("by", ["UREP", Machine(MachineKind.TOKEN, "ci")])
def test_nobody_declares_a_drill_without_saying_for_whom(office: Office, by: Actor) -> None:
    with pytest.raises(Refused, match="say who takes part"):
        office.perform(declare, Draft("Disk full", "Gameday", Severity.S2), by=by, form=None)


def test_a_drill_of_an_older_version_goes_on_with_its_reporter_alone(
    office: Office, clock: FakeClock
) -> None:
    """Its path calls whoever is on call, or a channel: it began when a drill had no people of its own."""
    incident = given_incident(office, "S2")
    (of,) = {page.escalation for page in office.read(pages.of_incident, incident.id) if page.role == EOC}
    office.perform(lambda tx: tx.write("UPDATE incidents SET drill = 1, type = 'Gameday'", {}))
    before = called(office, incident.id)
    hours_pass(office, clock)

    assert called(office, incident.id) - before == {"UREP"}
    channel, everybody, named = (replace(of.path[0], call=call) for call in ("#general", EVERYBODY, "UEOC"))
    walked = replace(of, path=(channel, everybody, named))
    assert {who for one in walked.path for who in office.read(callable_on, walked)[one.key]} == {"UREP"}
