"""What pages raised in a team's own pager."""

from bot.domain.incidents.incident import Status
from bot.domain.paging.pagers import PAGERDUTY, PagerAlert, PagerState, key_of
from bot.operations.incidents.lifecycle import change_status
from bot.operations.paging.acknowledge import acknowledge
from storage import pager_alerts, pages
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.given import given_incident


def test_an_alert_is_found_by_its_key_its_page_and_its_incident(office: Office) -> None:
    incident = given_incident(office)
    (page,) = office.read(pages.pending_of, incident.id)
    made = PagerAlert(page.id, PAGERDUTY, page.level_team, key_of(page), PagerState.DUE, office.clock.now())

    def write(tx: Tx) -> list[bool]:
        pager_alerts.add(tx, made)
        pager_alerts.tried(tx, page.id, "no answer")
        return [
            pager_alerts.advance(tx, page.id, PagerState.RAISED, PagerState.DUE),
            pager_alerts.advance(tx, page.id, PagerState.RAISED, PagerState.DUE),
            pager_alerts.fail(tx, page.id, "too late"),
            pager_alerts.fail(tx, page.id, "again"),
        ]

    assert office.perform(write) == [True, False, True, False]
    found = office.read(pager_alerts.keyed, PAGERDUTY, f"muster/INC-{incident.id}/page-{page.id}")
    assert found
    assert (found.state, found.failed, found.error) == (PagerState.RAISED, True, "too late")
    assert found.taken_at == office.clock.now()
    assert office.read(pager_alerts.of_pages, [page.id]) == {page.id: found}
    assert office.read(pager_alerts.open_of, incident.id) == [found]
    assert office.read(pager_alerts.open_on, page.escalation.id) == [found]
    assert office.read(pager_alerts.unanswered, PAGERDUTY, 5) == [found]
    assert not office.read(pager_alerts.called_again, found, page.escalation.id)
    assert office.read(pager_alerts.keyed, "opsgenie", found.key) is None

    office.perform(acknowledge, page.id, by="UEOC")
    assert office.read(pager_alerts.unanswered, PAGERDUTY, 5) == []
    office.perform(change_status, incident.id, Status.RESOLVED, by="UEOC")
    office.perform(pager_alerts.advance, page.id, PagerState.RESOLVED, PagerState.RAISED)
    assert office.read(pager_alerts.open_of, incident.id) == []
