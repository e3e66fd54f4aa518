"""Pages are raised in the pager that their team keeps, and are there as they are here."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from bot import leases
from bot.clock import Clock
from bot.config.pagers import PagerSettings
from bot.domain import facts
from bot.domain.facts import Fact
from bot.domain.incidents.incident import Incident
from bot.domain.paging.pagers import OPSGENIE, PAGERDUTY, TAKES, PagerAlert, PagerState
from bot.domain.paging.pages import Page
from bot.integrations.pagers.opsgenie import Opsgenie
from bot.integrations.pagers.pager import Pager
from bot.integrations.pagers.pagerduty import PagerDuty
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.paging.pagers import (
    pager_late,
    pager_not_told,
    pager_overtaken,
    pager_refused,
    pager_told,
    pager_took,
    pager_tried,
    standing,
)
from bot.unit_of_work import UnitOfWork
from bot.views.mrkdwn import mentioned
from bot.views.paging.pager import Raised, raised
from storage import pager_alerts, pages, people
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.pagers")

LANE = "pager:{page}"
CHANGING = {
    *(facts.PageEnded, facts.PageAcknowledged, facts.StatusChanged),
    *(facts.Declined, facts.DuplicateMerged),
}


def pagers_of(settings: Iterable[PagerSettings], clock: Clock) -> Mapping[str, Pager]:
    """Return what calls each of these services."""
    kinds: dict[str, Callable[[PagerSettings, Clock], Pager]] = {PAGERDUTY: PagerDuty, OPSGENIE: Opsgenie}
    return {one.service: kinds[one.service](one, clock) for one in settings}


@dataclass(frozen=True, slots=True)
class Pagers:
    """Tells each service what its teams are called for. What it does not take, Muster pages itself."""

    _uow: UnitOfWork
    _services: Mapping[str, Pager]

    def jobs(self) -> list[Job]:
        due = {facts.PagerDue}
        return [
            Job("pager.raise", due, self.trigger, LANE, _refused, urgent=True, on_retry=_tried),
            Job(
                "pager.make_sure",
                due,
                self.make_sure,
                "pager_taken:{page}",
                _not_made_sure,
                urgent=True,
                after=TAKES,
            ),
            Job("pager.follow", CHANGING, self.follow, LANE, _not_told, about=_raised, coalesce=True),
        ]

    async def trigger(self, delivery: Delivery) -> Effect:
        """Raise a page that still waits. One that may be there already is left to what follows."""
        page_id = delivery.subject["page"]
        alert, page, what, wanted = await self._uow.read(self._call, page_id)
        if wanted is not PagerState.RAISED:
            return partial(pager_took if delivery.uncertain else pager_overtaken, page_id=page_id)
        service = self._service(alert)
        leases.check()
        await service.trigger(alert.team, alert.key, what)
        log.info("page raised in a pager", extra={"page": page.id, "incident": page.incident})
        return partial(pager_took, page_id=page_id)

    async def make_sure(self, delivery: Delivery) -> Effect:
        """Page ourselves where it has not been taken."""
        return partial(pager_late, page_id=delivery.subject["page"])

    async def follow(self, delivery: Delivery) -> Effect | None:
        """Have an alert be there as its page is here."""
        page_id = delivery.subject["page"]
        alert, _, _, wanted = await self._uow.read(self._call, page_id)
        if not alert.lacks(wanted):
            return None
        leases.check()
        await self._service(alert).change(alert.team, alert.key, wanted)
        return partial(pager_told, page_id=page_id, state=wanted)

    def _service(self, alert: PagerAlert) -> Pager:
        service = self._services.get(alert.service)
        if not service or alert.team not in service.teams:
            raise DeliveryFailed(f"{alert.name} is configured no more", permanent=True)
        return service

    def _call(self, tx: Tx, page_id: int) -> tuple[PagerAlert, Page, Raised, PagerState]:
        alert, page, incident, wanted = standing(tx, page_id)
        service = self._services.get(alert.service)
        fit = bool(service and service.private)
        return alert, page, raised(page, incident, _names(tx, page, incident), fit=fit), wanted


def _names(tx: Tx, page: Page, incident: Incident | None) -> Mapping[str, str]:
    return people.names(tx, mentioned(f"{page.escalation.message} {incident.name if incident else ''}"))


def _raised(tx: Tx, fact: Fact) -> Subjects:
    """Return the alerts that are not there as they should be, of the incident or else of the page's path."""
    if number := getattr(fact, "incident", None):
        found = pager_alerts.open_of(tx, number)
    elif isinstance(fact, facts.PageEnded):
        found = pager_alerts.open_on(tx, pages.get(tx, fact.page).escalation.id)
    else:
        found = []
    return [{"page": one.page, "incident": number} for one in found if _changed(tx, one)]


def _changed(tx: Tx, alert: PagerAlert) -> bool:
    _, _, _, wanted = standing(tx, alert.page)
    return alert.lacks(wanted) or (alert.state is PagerState.DUE and wanted is not PagerState.RAISED)


def _tried(tx: Tx, delivery: Delivery, reason: str) -> None:
    pager_tried(tx, delivery.subject["page"], reason)


def _refused(tx: Tx, delivery: Delivery, reason: str) -> None:
    said = {"page": delivery.subject["page"], "incident": delivery.subject["incident"], "reason": reason}
    log.error("a pager did not take a page", extra=said)
    pager_refused(tx, delivery.subject["page"], reason)


def _not_made_sure(tx: Tx, delivery: Delivery, _: str) -> None:
    pager_late(tx, delivery.subject["page"])


def _not_told(tx: Tx, delivery: Delivery, reason: str) -> None:
    pager_not_told(tx, delivery.subject["page"], delivery.subject["incident"], reason)
