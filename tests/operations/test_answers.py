"""On my way, and cannot take it."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.timers import TimerKind
from bot.domain.paging.pages import PageState
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.answers import cannot_take, on_my_way
from bot.operations.paging.escalate import escalate_overdue
from storage import escalations, pages
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
