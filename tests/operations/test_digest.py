"""Which pages share a digest, and that the audit and the probes know those that wait for one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.facts import CallDue
from bot.domain.incidents.timers import TimerKind
from bot.operations.audit import messages, repair
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.paging.paging import request_page
from storage import outbox, pages
from storage.transaction import Route, Routes
from tests.conftest import Office
from tests.fakes import FIFTEEN_MINUTES, process
from tests.operations.given import given_incident
from tests.operations.look import acted_on

ROUTES: Routes = {
    CallDue: (Route("slack.send_page", "notification:{notification}", urgent=True, coalesce=True),),
}
MINUTE = timedelta(seconds=60)


@pytest.fixture
def office(office: Office) -> Office:
    office.uow.process = replace(office.uow.process, pages_before_digest=1)
    return office


def digested(office: Office) -> list[int]:
    return [page.id for page in office.read(pages.pending) if page.digested]


def test_a_further_page_of_a_person_is_digested_whatever_happens_to_the_first(office: Office) -> None:
    given_incident(office)
    office.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=None)

    assert [(fact, data["notification"]) for fact, data in office.emitted()] == [("CallDue", 2)]
    office.perform(acknowledge, 1, by="UEOC")
    assert digested(office) == [2]


def test_two_pages_of_an_incident_count_once(office: Office) -> None:
    one_person = Office(office.database, process(im=("UEOC",)), office.clock)
    one_person.uow.process = replace(one_person.uow.process, pages_before_digest=2)
    given_incident(one_person, "S1", channel=None)

    given_incident(one_person, channel=None)

    assert digested(one_person) == []


def test_whom_a_path_calls_again_is_called_as_before(office: Office) -> None:
    for _ in range(2):
        office.perform(request_page, "dotcom leadership escalation", "", by="UREP", incident_id=None)
    office.emitted()
    office.clock.advance(FIFTEEN_MINUTES.total_seconds())

    for number in (1, 2):
        office.perform(escalate_overdue, number)

    assert digested(office) == [4]
    calls = [data for fact, data in office.emitted() if fact == "CallDue"]
    assert [(data["page"], data["notification"]) for data in calls] == [(3, 1), (4, 2)]


def test_a_reminder_of_a_digested_page_is_a_call_by_the_digest(office: Office) -> None:
    for _ in range(2):
        given_incident(office, channel=None)
    office.clock.advance(minutes=5)

    acted_on(office, TimerKind.PAGE_REMINDER)

    assert sorted((fact, data["notification"]) for fact, data in office.emitted()) == [
        ("ReminderDue", 1),
        ("ReminderDue", 2),
    ]


def test_the_audit_and_the_probes_know_what_waits_for_a_digest(office: Office) -> None:
    office.uow.deliver_to(ROUTES, lambda: None)
    for _ in range(3):
        office.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=None)
    assert office.read(messages) == []

    office.clock.advance(seconds=60)
    assert {one.id for one in office.read(messages)} == {1, 2, 3}
    assert office.read(outbox.overdue_pages, MINUTE) == 2, "one message and one digest"

    office.perform(lambda tx: tx.execute("DELETE FROM outbox WHERE lane = 'notification:2'"))
    assert office.read(outbox.overdue_pages, MINUTE) == 3
    lost = [one for one in office.read(messages) if one.fault.value == "page_not_queued"]
    assert [one.id for one in lost] == [2, 3]
    assert [office.perform(repair, one) for one in lost] == [True, True]
    assert [data["page"] for _, data in office.emitted()] == [1, 2]
