"""What is done in a pager that a team keeps: told by its webhook, or asked for."""

import asyncio
import logging
from collections.abc import Mapping

from bot.domain.errors import Refused
from bot.domain.paging.pagers import Touch
from bot.integrations.pagers.pager import Pager
from bot.jobs import DeliveryFailed
from bot.operations.paging.pager_answers import heard, unheeded
from bot.unit_of_work import UnitOfWork
from storage import pager_alerts
from storage.database import DatabaseBusy, Outdated

log = logging.getLogger("muster.pagers")

ASK_EVERY = 15.0
"""Seconds between two looks at what nobody has answered."""
MOST = 20
"""So many alerts are asked for in one look, the newest first."""
IDENTIFYING = 3.0
"""Seconds for which the answer to a webhook waits for who it was: it has five."""


class Hearing:
    """Has what was done there count here."""

    def __init__(self, uow: UnitOfWork, services: Mapping[str, Pager]) -> None:
        self._uow = uow
        self._services = services

    @property
    def asks(self) -> bool:
        return any(one.asks for one in self._services.values())

    async def hear(self, event: str, touch: Touch) -> None:
        """Answer the page, or tell why not. Raises DatabaseBusy when nothing could be written."""
        touch = await self._identified(touch)
        try:
            await self._uow.perform(heard, event, touch)
        except Refused as refused:
            log.warning("an answer in a pager does not count", extra={"reason": str(refused)})
            await self._uow.perform(unheeded, event, touch, str(refused).rstrip("."))

    async def _identified(self, touch: Touch) -> Touch:
        try:
            async with asyncio.timeout(IDENTIFYING):
                return await self._services[touch.service].identified(touch)
        except (TimeoutError, DeliveryFailed) as failure:
            log.warning("a pager does not say who somebody is", extra={"reason": str(failure)})
            return touch

    async def look(self) -> None:
        """Ask those services that do not tell by themselves."""
        for name, service in self._services.items():
            if not service.asks:
                continue
            try:
                for alert in await self._uow.read(pager_alerts.unanswered, name, MOST):
                    touch = await service.look(alert.team, alert.key)
                    if touch:
                        await self.hear(f"pager:{name}:{alert.key}:{touch.did}", touch)
            except DeliveryFailed as failure:
                log.warning("a pager could not be asked", extra={"reason": failure.reason})
            except (DatabaseBusy, Outdated) as why:
                log.warning("a pager could not be asked", extra={"reason": str(why)})
