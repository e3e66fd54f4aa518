"""Who does something in a channel: of an incident's, that is noted, at most once a minute for each person."""

import logging

from bot.domain.incidents.silence import EVERY
from bot.operations.incidents.silence import concerns, heard_in
from bot.unit_of_work import UnitOfWork
from storage.database import DatabaseBusy, Outdated

log = logging.getLogger("muster.activity")

MOST = 10_000
"""So many people and channels are remembered; more are looked up again."""


class Activity:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._noted: dict[tuple[str, str], float] = {}

    async def heard(self, channel: str, person: str) -> None:
        """Note that somebody did something in a channel. Nothing that they did fails by this."""
        now, who = self._uow.clock.monotonic(), (channel, person)
        if now - self._noted.get(who, -EVERY.total_seconds()) < EVERY.total_seconds():
            return
        if len(self._noted) >= MOST:
            self._noted.clear()
        self._noted[who] = now
        try:
            if await self._uow.read(concerns, channel, person):
                await self._uow.perform(heard_in, channel, person)
        except (DatabaseBusy, Outdated) as why:
            self._noted.pop(who, None)
            log.warning("activity could not be noted", extra={"reason": type(why).__name__})
