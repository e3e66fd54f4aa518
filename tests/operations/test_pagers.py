"""A page in the pager that its team keeps: raised once, ours when that fails, and how it should be there."""

from dataclasses import replace

import pytest

from bot.domain.incidents.incident import Status
from bot.domain.paging.pagers import PAGERDUTY, PagerState, Touch
from bot.domain.process import Contact, Notice
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.answers import on_my_way
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.paging.pager_answers import heard, unheeded
from bot.operations.paging.pagers import pager_late, pager_refused, pager_told, pager_took, standing
from bot.operations.paging.paging import request_page
from storage import incidents, notifications, pager_alerts, pages
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident, pending
from tests.operations.look import kinds, last


@pytest.fixture
def keeping(office: Office) -> Office:
    """Return the office with a pager for the EOC's team, who has an own rule."""
    rules = process()
    eoc = replace(rules.teams["dotcom EOC"], pager=PAGERDUTY)
    contact = Contact("", {"sms": "+441"}, loud=(Notice("sms"),))
    rules = replace(rules, teams={**rules.teams, "dotcom EOC": eoc}, contacts={"UEOC": contact})
    return Office(office.database, rules, office.clock)


def sms(office: Office) -> tuple[str, bool]:
    """Return what became of the EOC's text, and whether it leaves now."""
    [one] = office.read(notifications.of_page, 1)
    return one.state.value, one.due_at <= office.clock.now()


def wanted(office: Office, page: int = 1) -> PagerState:
    return office.read(standing, page)[3]


def test_a_page_is_raised_and_the_own_rules_of_its_person_rest(keeping: Office) -> None:
    incident = given_incident(keeping, "S1")

    assert keeping.read(pager_alerts.of_pages, [1])[1].key == "muster/INC-1/page-1"
    assert sms(keeping) == ("waiting", False)
    keeping.perform(pager_took, 1)
    keeping.perform(pager_took, 1)
    keeping.perform(pager_late, 1)
    keeping.perform(pager_refused, 1, "late")
    assert kinds(keeping, incident.id).count(Kind.PAGER_TOOK) == 1
    assert Kind.PAGER_FAILED not in kinds(keeping, incident.id)
    assert sms(keeping) == ("waiting", False)


@pytest.mark.parametrize("why", ["late", "refused"])
def test_what_it_does_not_take_muster_pages_itself_once(keeping: Office, why: str) -> None:
    incident = given_incident(keeping, "S1")
    for _ in range(2):
        keeping.perform(pager_late, 1) if why == "late" else keeping.perform(pager_refused, 1, "no such key")

    assert sms(keeping) == ("waiting", True)
    assert kinds(keeping, incident.id).count(Kind.PAGER_FAILED) == 1
    assert last(keeping, incident.id, Kind.PAGER_FAILED).data["why"] in {"no answer in 60 s", "no such key"}


def test_whoever_is_on_the_way_is_left_alone(keeping: Office) -> None:
    given_incident(keeping, "S3")
    keeping.perform(on_my_way, 1, None, by="UEOC")
    keeping.perform(pager_late, 1)

    assert sms(keeping) == ("waiting", False)


def test_it_is_there_as_the_page_is_here(keeping: Office, clock: FakeClock) -> None:
    incident = given_incident(keeping, "S3")
    keeping.perform(pager_took, 1)
    assert wanted(keeping) is PagerState.RAISED
    clock.advance(minutes=15)
    keeping.perform(escalate_overdue, 1)
    assert wanted(keeping) is PagerState.RAISED  # whoever wakes late still may answer there
    [page] = keeping.read(pages.pending_of, incident.id)
    keeping.perform(acknowledge, page.id, by="UIM")
    assert wanted(keeping) is PagerState.ACKNOWLEDGED
    keeping.perform(pager_told, 1, PagerState.ACKNOWLEDGED)
    keeping.perform(change_status, incident.id, Status.RESOLVED, by="UIM")
    assert wanted(keeping) is PagerState.RESOLVED


def test_a_page_outside_any_incident_is_over_once_it_is_answered(keeping: Office) -> None:
    page = keeping.perform(request_page, "dotcom EOC", "Please look", by="UREP", incident_id=None)
    keeping.perform(pager_took, page.id)
    assert keeping.read(pager_alerts.of_pages, [page.id])[page.id].key == f"muster/page-{page.id}"
    touch = Touch(PAGERDUTY, f"muster/page-{page.id}", PagerState.ACKNOWLEDGED, "P1", "Somebody")
    keeping.perform(heard, "e1", touch)

    assert keeping.read(pages.get, page.id).answered_by == "UEOC"
    assert wanted(keeping, page.id) is PagerState.RESOLVED


def test_an_answer_there_counts_here_also_after_the_path_went_on(keeping: Office, clock: FakeClock) -> None:
    incident = given_incident(keeping, "S3")
    keeping.perform(pager_took, 1)
    clock.advance(minutes=15)
    keeping.perform(escalate_overdue, 1)
    touch = Touch(PAGERDUTY, "muster/INC-1/page-1", PagerState.RESOLVED, "P1", "Somebody")
    for event in ("e1", "e1", "e2"):
        keeping.perform(heard, event, touch)

    assert not pending(keeping, incident)
    assert kinds(keeping, incident.id).count(Kind.PAGER_ANSWERED) == 1
    assert last(keeping, incident.id, Kind.ACKNOWLEDGED).data["person"] == "UEOC"
    assert keeping.read(incidents.get, incident.id).status.open  # resolved there alone
    keeping.perform(heard, "e3", replace(touch, key="muster/INC-9/page-9"))  # none of ours


def test_what_no_person_did_is_told_and_counts_not(keeping: Office) -> None:
    incident = given_incident(keeping, "S3")
    keeping.perform(pager_took, 1)
    touch = Touch(PAGERDUTY, "muster/INC-1/page-1", PagerState.RESOLVED)
    with pytest.raises(Exception, match="no person did it"):
        keeping.perform(heard, "e1", touch)
    for _ in range(2):
        keeping.perform(unheeded, "e1", touch, "no person did it")

    assert pending(keeping, incident)
    assert kinds(keeping, incident.id).count(Kind.PROBLEM) == 1


def test_practice_is_raised_nowhere(keeping: Office) -> None:
    given_incident(keeping, "S1", kind="Gameday", practice=("UEOC",))

    assert keeping.read(pager_alerts.of_pages, [1, 2]) == {}
