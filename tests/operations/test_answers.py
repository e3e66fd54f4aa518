"""On my way, and cannot take it."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity
from bot.domain.incidents.timers import TimerKind
from bot.domain.paging.pages import PageState
from bot.operations.incidents.severity import change_severity
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.answers import cannot_take, on_my_way
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.paging.paging import request_page
from storage import escalations, pages
from tests.fakes import process
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on

FIVE, TEN = timedelta(minutes=5), timedelta(minutes=10)


def goes_on(office):
    office.perform(escalate_overdue, *office.read(escalations.overdue, 10))


def test_whoever_is_on_the_way_is_reminded_when_they_wanted_to_be_there_and_then_the_path_goes_on(office):
    incident = given_incident(office)
    page = office.read(pages.pending_of, incident.id)[0]
    office.clock.advance(minutes=3)
    office.perform(on_my_way, page.id, TEN, by="UEOC")

    office.clock.advance(minutes=9)
    assert acted_on(office, TimerKind.PAGE_REMINDER) == []
    office.clock.advance(minutes=1)
    assert acted_on(office, TimerKind.PAGE_REMINDER) == [page.id]
    office.clock.advance(minutes=2)
    goes_on(office)

    assert pending(office, incident) == [("dotcom IMOC", "UIM")]


@pytest.mark.parametrize("raised_at", [14, 17])
def test_at_a_severity_that_was_raised_nobody_is_waited_for_past_the_levels_time(office, raised_at):
    incident = given_incident(office)
    page = office.read(pages.pending_of, incident.id)[0]
    office.clock.advance(minutes=13)
    office.perform(on_my_way, page.id, TEN, by="UEOC")
    office.clock.advance(minutes=raised_at - 13)

    office.perform(change_severity, incident.id, Severity.S2, by="UDEV")

    left = timedelta(minutes=max(0, 15 - raised_at))
    page = office.read(pages.get, page.id)
    assert page.there_by == page.escalation.due_at == office.clock.now() + left
    office.clock.advance(seconds=left.total_seconds())
    goes_on(office)
    assert "UEOC" not in [who for _, who in pending(office, incident)]


def test_a_page_that_is_over_is_nobodys_to_put_off_or_refuse(office):
    page = office.read(pages.pending_of, given_incident(office).id)[0]
    office.perform(acknowledge, page.id, by="UEOC")

    with pytest.raises(Refused, match="You acknowledged this page already"):
        office.perform(on_my_way, page.id, FIVE, by="UEOC")
    with pytest.raises(Refused, match="You acknowledged this page already"):
        office.perform(cannot_take, page.id, "Ill", by="UEOC")


def test_only_whom_a_page_calls_answers_it_so(office):
    page = office.read(pages.pending_of, given_incident(office).id)[0]

    for refused in (on_my_way, cannot_take):
        with pytest.raises(Refused, match="This page is for"):
            office.perform(refused, page.id, FIVE, by="UIM")


def test_nobody_can_take_it_and_it_waits_all_the_same(office):
    incident = given_incident(office)
    for _ in range(4):
        page = office.read(pages.pending_of, incident.id)[0]
        office.perform(cannot_take, page.id, "Ill", by=page.responder)

    left = office.read(pages.get, page.id)
    assert (left.responder, left.state) == ("ULEADER", PageState.PENDING)
    office.clock.advance(minutes=15)
    goes_on(office)
    assert pending(office, incident) == [("dotcom leadership escalation", "ULEADER")]


def asked_again(office, incident):
    """Have the EOC say that they cannot take it, the IM take it, and page the EOC again."""
    (page,) = office.read(pages.pending_of, incident.id)
    held = office.perform(cannot_take, page.id, "Ill or not fit: fever", by="UEOC")
    office.perform(acknowledge, held.id, by="UIM")
    return office.perform(request_page, "dotcom EOC", "", by="UIM", incident_id=incident.id)


def test_whoever_cannot_take_it_is_not_called_when_their_team_is_paged_again_but_whoever_is_next(office):
    office.uow.process = process(eoc=("UEOC", "UEOC2"))
    incident = given_incident(office)

    page = asked_again(office, incident)

    assert pending(office, incident) == [("dotcom EOC", "UEOC2")]
    office.perform(cannot_take, page.id, "Ill", by="UEOC2")
    with pytest.raises(Refused, match="Nobody else is on call"):
        office.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=incident.id)


def test_it_is_said_before_that_nobody_else_is_on_call_for_half_a_day(office):
    incident = given_incident(office)

    with pytest.raises(Refused, match=r"<@UEOC> cannot take it \(Ill or not fit\)\. Nobody else") as refused:
        asked_again(office, incident)

    assert refused.value.steps
    assert pending(office, incident) == []
    office.clock.advance(minutes=60 * 12)
    office.perform(request_page, "dotcom EOC", "", by="UIM", incident_id=incident.id)
    assert pending(office, incident) == [("dotcom EOC", "UEOC")]
