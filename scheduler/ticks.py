"""What time does: every second, everything whose deadline has passed."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.desk import Desk
from bot.operations.escalate import escalate_overdue, remind, set_aside
from bot.operations.lifecycle import page_im_for_slow_investigation
from bot.operations.update import nudge
from storage import incidents, outbox, pages, seen_events
from storage.transaction import Tx

log = logging.getLogger("muster.ticks")

AT_ONCE = 200
"""How many rows of one kind a tick reads at a time; it goes on until none is left."""
KEEP_FINISHED = timedelta(days=7)
KEEP_EVENTS = timedelta(days=2)


class Ticks:
    """One tick looks at every kind of deadline, pages first. `last` says when it last came through."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.last: datetime | None = None

    async def tick(self) -> None:
        """Act on every deadline that has passed. One bad row never stops the others."""
        for due in (self._escalations, self._reminders, self._investigations, self._updates):
            try:
                await due()
            except Exception:
                log.exception("a part of the tick failed; it is tried again in a second")
        self.last = self._desk.clock.now()

    async def tidy(self) -> None:
        """Forget what is long done."""
        await self._desk.perform(outbox.prune, KEEP_FINISHED)
        await self._desk.perform(seen_events.prune, KEEP_EVENTS)

    async def _escalations(self) -> None:
        await self._each(pages.overdue, escalate_overdue, set_aside)

    async def _reminders(self) -> None:
        await self._each(pages.to_remind, remind, set_aside)

    async def _investigations(self) -> None:
        await self._each(
            incidents.investigated_too_long,
            page_im_for_slow_investigation,
            incidents.set_investigation_aside,
        )

    async def _updates(self) -> None:
        await self._each(incidents.awaiting_update, nudge, incidents.set_update_aside)

    async def _each(
        self,
        due: Callable[[Tx, int], list[int]],
        act: Callable[[Tx, int], Any],
        aside: Callable[[Tx, int], Any],
    ) -> None:
        """Act on every row that is due; one that fails is logged in full and pushed aside."""
        acted: set[int] = set()
        while ids := [one for one in await self._desk.read(due, AT_ONCE) if one not in acted]:
            for one in ids:
                acted.add(one)
                try:
                    await self._desk.perform(act, one)
                except Exception:
                    log.exception("%s failed for row %s; set aside", act.__name__, one)
                    await self._desk.perform(aside, one)
