"""Sees that somebody set the machine's clock, says so once, and has what waits moved with it."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.clock import LEAP
from bot.health.measures import Measures
from bot.operations.stepped import (
    begin_now,
    follow_clock,
    follow_server,
    note_time,
    server_set_by,
    stood_still,
)
from bot.unit_of_work import Guarded, UnitOfWork
from storage.transaction import Tx

log = logging.getLogger("muster.clock")

EVERY = 0.25
"""Seconds between two looks: until one sees a step all goes on by the time that passed."""
NOTED_EVERY = 5.0
"""Seconds between two notes of the server's time, by which a replica that stood still knows that it did."""


@dataclass(frozen=True, slots=True)
class Server:
    """How the server's time, without what it was `set_by`, stands to the time that passed here."""

    set_by: float
    origin: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """By how much the server's clock was set, after all that it was `set_by` before."""

    set_by: float
    by: timedelta


class ClockWatch:
    """Compares the time of day with the time that passed.

    A database with a clock of its own keeps the deadlines by that one: then that one is followed, before
    anything is decided by its new time, and our own machine's moves nothing that is stored.
    """

    def __init__(self, uow: UnitOfWork, measures: Measures) -> None:
        self._uow, self._measures = uow, measures
        self._known = uow.clock.origin()
        self._server: Server | None = None
        self._step = Step(0.0, timedelta())
        self._noted: float | None = None
        uow.follow_by(self._server_stepped, self._follow_server)

    async def begin(self) -> None:
        """Mend what a clock did that was set while nobody looked, or was wrong from the start."""
        if self._uow.shared:
            return
        await self._follow()
        if waits := await self._uow.perform(begin_now):
            log.warning(
                "waits that began in the future begin now: is the clock right?", extra={"waits": waits}
            )

    async def look(self) -> None:
        """Follow the clock if somebody set it."""
        if self._uow.clock.origin().ahead_of(self._known):
            await self._follow()
        now = self._uow.clock.monotonic()
        if self._uow.shared and (self._noted is None or now - self._noted >= NOTED_EVERY):
            await self._uow.perform(Guarded(note_time))
            self._noted = now

    async def _follow(self) -> None:
        clock = self._uow.clock
        origin = clock.origin()
        seen = origin.ahead_of(self._known)
        if self._uow.shared:
            self._known = origin
            clock.follow(origin)
            self._report("this machine's", seen, 0)
            return
        moved = await self._uow.perform(follow_clock, origin, clock.follow)
        self._known = origin  # only now: what could not be written is tried again at the next look
        if moved:
            self._report("this machine's", moved.by, moved.waits)

    def _server_stepped(self, tx: Tx, asked: float) -> bool:
        """Say whether deadlines have to follow the server's clock, which told its time after `asked`."""
        known = self._server or Server(server_set_by(tx), None)
        by = self._moved_on(tx, asked, known)
        if abs(by) > LEAP:
            # In this order: who follows a step notes a time too, and that one must not tell of a standstill.
            still = stood_still(tx, timedelta(seconds=by))
            if known.set_by != (set_by := server_set_by(tx)):  # another replica has followed it
                known, still = Server(set_by, known.origin), False
                by = self._moved_on(tx, asked, known)
        if abs(by) > LEAP and not still:
            self._step = Step(known.set_by, timedelta(seconds=by))
            return True
        latest = tx.now.timestamp() - known.set_by - asked
        self._server = Server(known.set_by, latest if known.origin is None else known.origin + by)
        return False

    def _moved_on(self, tx: Tx, asked: float, known: Server) -> float:
        """Return by how much the server's time strayed: it was told between two readings of ours."""
        if known.origin is None:
            return 0.0
        now = tx.now.timestamp() - known.set_by
        return min(max(known.origin, now - self._uow.clock.monotonic()), now - asked) - known.origin

    def _follow_server(self, tx: Tx) -> None:
        step = self._step
        waits = follow_server(tx, step.set_by, step.by)
        if waits is not None:
            tx.after_commit(partial(self._report, "the database's", step.by, waits))

    def _report(self, whose: str, by: timedelta | None, waits: int) -> None:
        if by:
            self._measures.clock_steps.inc()
            log.warning("%s clock was set", whose, extra={"by": round(by.total_seconds(), 1), "moved": waits})
