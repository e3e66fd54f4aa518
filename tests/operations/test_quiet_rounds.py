"""While somebody is at work the search for a missing role goes on, and says nowhere that nobody answered."""

import pytest

from bot.domain.paging.pages import Page
from bot.domain.timeline.entries import Entry, Kind
from bot.operations.paging.acknowledge import acknowledge_incident
from bot.operations.paging.escalate import escalate_overdue, escalate_undelivered
from bot.views.paging import contact_methods, told
from bot.views.paging import page as page_view
from storage import incidents, pages
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident
from tests.operations.look import last


def again(office: Office, clock: FakeClock, *, at_work: bool) -> tuple[Page, int]:
    """Have the last level called for the second time, with or without somebody who is at work."""
    incident = given_incident(office, "S1")
    if at_work:
        for who in ("UEOC", "UCMOC"):
            office.perform(acknowledge_incident, incident.id, by=who)
    for _ in range(4):
        clock.advance(minutes=15)
        for page in office.read(pages.pending_of, incident.id):
            office.perform(escalate_overdue, page.escalation.id)
        if [one for one in office.read(pages.pending_of, incident.id) if one.last_resort]:
            break
    found = next(one for one in office.read(pages.pending_of, incident.id) if one.last_resort)
    return office.read(pages.get, found.id), incident.id


def channel_is_told(office: Office, entry: Entry) -> str:
    page, incident = office.read(pages.get, entry.data["page"]), office.read(incidents.get, entry.incident)
    return told.told([entry], {page.id: page}, incident).text


@pytest.mark.parametrize("at_work", [True, False])
def test_a_round_is_loud_everywhere_or_nowhere(office: Office, clock: FakeClock, at_work: bool) -> None:
    page, number = again(office, clock, at_work=at_work)
    incident, entry = office.read(incidents.get, number), last(office, number, Kind.ESCALATED)

    assert page.loud is not at_work
    assert entry.data["quiet"] is at_work
    assert ("<!channel>" in channel_is_told(office, entry)) is not at_work
    loud = page_view.page(page, incident).text
    assert loud.startswith("*Nobody has answered.") is not at_work
    assert ("NOBODY HAS ANSWERED" in contact_methods.page(page, incident, None, again=False)) is not at_work


@pytest.mark.parametrize("at_work", [True, False])
def test_a_round_that_reaches_nobody_calls_the_channel_only_while_nobody_is_at_work(
    office: Office, clock: FakeClock, at_work: bool
) -> None:
    page, number = again(office, clock, at_work=at_work)

    office.perform(escalate_undelivered, page.id, "account_inactive")

    entry = last(office, number, Kind.UNREACHED)
    assert entry.data["quiet"] is at_work
    assert ("<!channel>" in channel_is_told(office, entry)) is not at_work
