"""One person has one message of an incident: a newer call's stands for those before it, unless answered."""

from bot.domain.paging.pages import Page, PageState
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.calling import moved
from bot.operations.paging.escalate import escalate_now, escalate_overdue
from bot.operations.paging.paging import request_page
from storage import pages, reminders
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident


def called(office: Office, incident_id: int) -> Page:
    [page] = office.read(pages.pending_of, incident_id)
    return page


def shown(office: Office, page: Page, ts: str) -> Page:
    """Have the page's message posted, in the place of an earlier one of its person."""
    office.perform(moved, page.id, "DLEAD", ts, resent=False)
    return page


def test_the_message_of_an_answered_page_stays_when_another_call_comes(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office)
    for _ in range(2):
        office.perform(escalate_now, called(office, incident.id).id, by="UREP")
    unanswered = shown(office, called(office, incident.id), "1.0")
    clock.advance(minutes=15)
    office.perform(escalate_overdue, unanswered.escalation.id)
    answered = shown(office, called(office, incident.id), "2.0")
    assert answered.responder == unanswered.responder
    office.perform(acknowledge, answered.id, by="UREP", taking=True)
    leaders = "dotcom leadership escalation"
    again = office.perform(request_page, leaders, "", by="UREP", incident_id=incident.id)
    assert again.responder == answered.responder

    shown(office, again, "3.0")

    kept = office.read(pages.get, answered.id)
    assert (kept.state, kept.dm_ts) == (PageState.ACKNOWLEDGED, "2.0")
    going = [one.ts for page in (unanswered, answered, again) for one in office.read(reminders.of, page.id)]
    assert going == ["1.0"]
