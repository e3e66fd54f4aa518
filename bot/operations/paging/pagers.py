"""The pager that a team keeps: a page is raised there, and what became of that."""

from collections.abc import Mapping, Sequence

from bot.domain.facts import PagerDue, PagerFailed, PagerTook
from bot.domain.incidents.incident import Incident
from bot.domain.paging.pagers import SERVICES, PagerAlert, PagerState, key_of, pager_of, wanted
from bot.domain.paging.pages import Page
from bot.operations.workspace.channel import problem
from storage import incidents, notifications, pager_alerts, pages
from storage.transaction import Tx


def raise_in_pager(tx: Tx, page: Page) -> None:
    """Have a page raised in the pager of the team that it calls, where it keeps one."""
    if not _keeps_one(tx, page):
        return
    service = pager_of(page, incidents.get(tx, page.incident) if page.incident else None, tx.process)
    if service:
        alert = PagerAlert(page.id, service, page.level_team, key_of(page), PagerState.DUE, tx.now)
        pager_alerts.add(tx, alert)
        tx.record(PagerDue(page=page.id, incident=page.incident))


def in_pager(tx: Tx, page: Page) -> bool:
    """Say whether a pager calls for what a page calls for."""
    if not _keeps_one(tx, page):
        return False
    raised = pager_alerts.open_on(tx, page.escalation.id)
    return any(one.calls and one.team == page.level_team for one in raised)


def raised_by(tx: Tx, pending: Sequence[Page]) -> Mapping[int, PagerAlert]:
    """Return by its page what each of these raised: nothing is asked where no team keeps a pager."""
    kept = [page.id for page in pending if _keeps_one(tx, page)]
    return pager_alerts.of_pages(tx, kept)


def _keeps_one(tx: Tx, page: Page) -> bool:
    team = tx.process.teams.get(page.level_team)
    return bool(team and team.pager)


def standing(tx: Tx, page_id: int) -> tuple[PagerAlert, Page, Incident | None, PagerState]:
    """Return what a page raised, for what, and how that should be there now."""
    page = pages.get(tx, page_id)
    alert = pager_alerts.of_pages(tx, [page_id])[page_id]
    incident = incidents.get(tx, page.incident) if page.incident else None
    again = pager_alerts.called_again(tx, alert, page.escalation.id)
    return alert, page, incident, wanted(page, incident, called_again=again)


def pager_took(tx: Tx, page_id: int) -> None:
    """Note that the pager took a page."""
    if not pager_alerts.advance(tx, page_id, PagerState.RAISED, PagerState.DUE):
        return
    alert, page = pager_alerts.of_pages(tx, [page_id])[page_id], pages.get(tx, page_id)
    if page.incident:
        tx.record(PagerTook(incident=page.incident, page=page.id, team=alert.team, service=alert.name))


def pager_overtaken(tx: Tx, page_id: int) -> None:
    """Note that a page was over before the pager was told of it."""
    pager_alerts.advance(tx, page_id, PagerState.CANCELLED, PagerState.DUE)


def pager_tried(tx: Tx, page_id: int, why: str) -> None:
    """Note why an attempt failed that is made again."""
    pager_alerts.tried(tx, page_id, why)


def pager_late(tx: Tx, page_id: int) -> None:
    """Page by ourselves, where the pager has not taken a page in its time."""
    alert = pager_alerts.of_pages(tx, [page_id])[page_id]
    if alert.state is PagerState.DUE:
        _page_ourselves(tx, alert, alert.error or "no answer in 60 s")


def pager_refused(tx: Tx, page_id: int, why: str) -> None:
    """Page by ourselves: the pager will never take this page."""
    alert = pager_alerts.of_pages(tx, [page_id])[page_id]
    if pager_alerts.advance(tx, page_id, PagerState.REFUSED, PagerState.DUE):
        _page_ourselves(tx, alert, why)


def _page_ourselves(tx: Tx, alert: PagerAlert, why: str) -> None:
    """Have what still waits leave by every contact method; whoever is on the way is left alone."""
    page = pages.get(tx, alert.page)
    if not pager_alerts.fail(tx, alert.page, why) or not page.pending:
        return
    for one in pages.waiting(tx, page.escalation):
        if not one.there_by or one.there_by <= tx.now:
            notifications.hurry(tx, one.id)
    if page.incident:
        failed = PagerFailed(
            incident=page.incident, page=page.id, team=alert.team, service=alert.name, why=why
        )
        tx.record(failed)


def pager_told(tx: Tx, page_id: int, state: PagerState) -> None:
    """Note how an alert is there since we said so."""
    pager_alerts.advance(tx, page_id, state, PagerState.RAISED, PagerState.ACKNOWLEDGED)


def pager_not_told(tx: Tx, page_id: int, incident_id: int | None, why: str) -> None:
    """Note that an alert stays as it is there."""
    alert = pager_alerts.of_pages(tx, [page_id]).get(page_id)
    if alert and incident_id:
        name = SERVICES.get(alert.service, alert.service)
        what = f"The alert of {alert.team} in {name} could not be changed"
        problem(tx, incident_id, what, why, f"Acknowledge or resolve it there: {alert.key}.")
