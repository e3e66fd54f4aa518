"""Sees that somebody set the machine's clock, says so once, and has what waits moved with it."""

import logging
from datetime import timedelta

from bot.clock import LEAP
from bot.desk import Desk
from bot.measures import Measures
from bot.operations.stepped import begin_now, follow_clock

log = logging.getLogger("muster.clock")

EVERY = 0.25
"""Seconds between two looks: until one sees a step all goes on by the time that passed."""


class ClockWatch:
    """Compares the time of day with the time that passed.

    A database with a clock of its own keeps the deadlines by that one: then only we follow our machine.
    """

    def __init__(self, desk: Desk, measures: Measures) -> None:
        self._desk, self._measures = desk, measures
        self._known = desk.clock.origin()
        self._theirs: float | None = None

    async def begin(self) -> None:
        """Mend what a clock did that was set while nobody looked, or was wrong from the start."""
        if self._desk.shared:
            return
        await self._follow()
        if waits := await self._desk.perform(begin_now):
            log.warning(
                "waits that began in the future begin now: is the clock right?", extra={"waits": waits}
            )

    async def look(self) -> None:
        """Follow the clock if somebody set it."""
        if self._desk.clock.origin().ahead_of(self._known):
            await self._follow()
        if self._desk.shared:
            await self._look_at_theirs()

    async def _follow(self) -> None:
        clock = self._desk.clock
        origin = clock.origin()
        seen, self._known = origin.ahead_of(self._known), origin
        if self._desk.shared:
            clock.follow(origin)
            self._report("this machine's", seen, 0)
            return
        moved = await self._desk.perform(follow_clock, origin, clock.follow)
        if moved:
            self._report("this machine's", moved.by, moved.waits)

    async def _look_at_theirs(self) -> None:
        """Notice a step of the database's clock. The answer came at some time between two readings."""
        before = self._desk.clock.monotonic()
        now = await self._desk.read(lambda tx: tx.now)
        after = self._desk.clock.monotonic()
        earliest, latest = now.timestamp() - after, now.timestamp() - before
        known = self._theirs if self._theirs is not None else latest
        self._theirs = min(max(known, earliest), latest)
        if abs(by := self._theirs - known) > LEAP:
            self._report("the database's", timedelta(seconds=by), 0)

    def _report(self, whose: str, by: timedelta | None, waits: int) -> None:
        if by:
            self._measures.clock_stepped()
            log.warning("%s clock was set", whose, extra={"by": round(by.total_seconds(), 1), "moved": waits})
