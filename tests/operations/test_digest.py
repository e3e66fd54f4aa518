"""Which pages share a digest, and that the audit and the probes know those that wait for one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.facts import CallDue, DigestDue
from bot.domain.incidents.timers import TimerKind
from bot.operations.audit import messages, repair
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.paging.paging import request_page
from storage import outbox, pages
from storage.transaction import Route, Routes
from tests.conftest import Office
from tests.fakes import FIFTEEN_MINUTES
from tests.operations.given import given_incident
from tests.operations.look import acted_on

ROUTES: Routes = {
    CallDue: (Route("slack.send_page", "page:{page}", urgent=True),),
    DigestDue: (Route("slack.send_digest", "digest:{person}", urgent=True, coalesce=True),),
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

    assert [(fact, data["person"]) for fact, data in office.emitted()] == [("DigestDue", "UEOC")]
    office.perform(acknowledge, 1, by="UEOC")
    assert digested(office) == [2]


def test_a_page_beside_another_counts_for_nothing(office: Office) -> None:
    office.uow.process = replace(office.uow.process, pages_before_digest=2)
    given_incident(office, "S1", channel=None)
    office.perform(lambda tx: tx.execute("UPDATE pages SET responder = 'UEOC', beside = 1 WHERE id > 1"))

    given_incident(office, channel=None)

    assert digested(office) == []


def test_whom_a_path_calls_again_is_called_as_before(office: Office) -> None:
    for _ in range(2):
        office.perform(request_page, "dotcom leadership escalation", "", by="UREP", incident_id=None)
    office.emitted()
    office.clock.advance(FIFTEEN_MINUTES.total_seconds())

    for number in (1, 2):
        office.perform(escalate_overdue, number)

    assert digested(office) == [4]
    called = {"CallDue", "DigestDue"}
    assert [(fact, data["page"]) for fact, data in office.emitted() if fact in called] == [
        ("CallDue", 3),
        ("DigestDue", 4),
    ]


def test_a_reminder_of_a_digested_page_is_a_call_by_the_digest(office: Office) -> None:
    for _ in range(2):
        given_incident(office, channel=None)
    office.clock.advance(minutes=5)

    acted_on(office, TimerKind.PAGE_REMINDER)

    assert office.events() == ["ReminderDue", "DigestDue"]


def test_the_audit_and_the_probes_know_what_waits_for_a_digest(office: Office) -> None:
    office.uow.deliver_to(ROUTES, lambda: None)
    for _ in range(3):
        office.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=None)
    assert office.read(messages) == []

    office.clock.advance(seconds=60)
    assert {one.id for one in office.read(messages)} == {1, 2, 3}
    assert office.read(outbox.overdue_pages, MINUTE) == 2, "one message and one digest"

    office.perform(lambda tx: tx.execute("DELETE FROM outbox WHERE event = 'DigestDue'"))
    assert office.read(outbox.overdue_pages, MINUTE) == 3
    lost = [one for one in office.read(messages) if one.fault.value == "page_not_queued"]
    assert [one.id for one in lost] == [2, 3]
    assert [office.perform(repair, one) for one in lost] == [True, True]
    assert [event for event, _ in office.emitted()] == ["CallDue", "DigestDue"]
