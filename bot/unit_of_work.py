"""The unit of work: where decisions are made, one after another, each in one transaction."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Concatenate, Generic, ParamSpec, TypeAlias, TypeVar

from bot.answering import Answering
from bot.clock import Clock
from bot.domain.oncall.shifts import LastKnown
from bot.domain.paging.escalations import Cause
from bot.domain.process import Process
from bot.gathering import Gathering
from storage.database import Database, DatabaseBusy, Outdated, Unwritable
from storage.facts import finish
from storage.transaction import Connection, Routes, Tx

log = logging.getLogger("muster.uow")
decisions = logging.getLogger("muster.decisions")
"""One line for each decision that was kept: who did what to which incident and page, without any texts."""

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

AtOnce: TypeAlias = Callable[[], AbstractContextManager[Callable[[Tx], object]]]
"""What leases deliveries within a decision, and begins them when that is kept."""

Took: TypeAlias = Callable[[str, Callable[..., object], float], object]
"""Is told, in the database's thread, what kind of transaction took how many seconds for what."""
DECIDING, READING = "decision", "question"

SOON = timedelta(seconds=10)
"""A deadline so shortly before something could not be decided, or after, was missed for the same reason."""
APART = timedelta(minutes=1)
"""Decisions that fail with less time in between fail in the same absence."""
PATIENT = 70
"""How often a decision is tried while another process writes to our file: for some five seconds."""
MOMENT = 0.02
"""Seconds that one who asks waits for others who ask for the same. Slack waits three for an answer."""


@dataclass(frozen=True, slots=True)
class Guarded(Generic[P, R]):
    """An operation that is safe whatever is written beside it: perform(Guarded(release), ...).

    What it decides by is a row that it locks or changes only as it was seen, or one that nobody else knows of
    yet. The engine then need not look for collisions with others: under load most of those found are none.
    """

    operation: Callable[Concatenate[Tx, P], R]

    def __call__(self, tx: Tx, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.operation(tx, *args, **kwargs)


class _ClockSet(Exception):
    """The database's clock was set, and deadlines have not followed yet: nothing was decided."""


def _later() -> AbstractContextManager[Callable[[Tx], object]]:
    """Lease nothing with a decision: whoever is woken does."""
    return nullcontext(lambda _: None)


class UnitOfWork:
    """Performs operations, and wakes the delivery after each commit that has something to tell.

    Pass an executor with as many workers as the database bears threads. Without one everything runs in
    place, as tests like it. A database with a time of its own says what time it is, for all who share it.
    `decided` counts the decisions that were kept. `last_known` says who is on call while it is away.
    """

    def __init__(
        self,
        database: Database,
        process: Process,
        clock: Clock,
        *,
        executor: Executor | None = None,
    ) -> None:
        self.process = process
        self.clock = clock
        self.shared = database.shared
        self._database = database
        self._executor = executor
        self._routes: Routes = {}
        self._wake: Callable[[], None] = lambda: None
        self._at_once: AtOnce = _later
        self._took: Took = lambda *_: None
        self._leave: Callable[[], None] = lambda: None
        self._stepped: Callable[[Tx, float], bool] = lambda _, __: False
        self._follow: Callable[[Tx], None] = lambda _: None
        self._gathering = Gathering(self.perform)
        self._answering = Answering(self._look, clock.monotonic)
        self.retired: str | None = None
        self.decided = 0
        self.last_known = LastKnown()
        self._began = clock.now()
        self._failed: tuple[datetime, datetime] | None = None

    def deliver_to(self, routes: Routes, wake: Callable[[], None], at_once: AtOnce = _later) -> None:
        """Say which deliveries a fact makes from now on, and whom to wake for those not begun `at_once`."""
        self._routes = routes
        self._wake = wake
        self._at_once = at_once

    def retire_by(self, leave: Callable[[], None]) -> None:
        """Say what is to be done, once, when another version takes the database over.

        Whatever is asked of the unit of work from then on raises Outdated, and `retired` says why.
        """
        self._leave = leave

    def measure_by(self, took: Took) -> None:
        """Say who is told how long each decision took, with its commit, and each question."""
        self._took = took

    def follow_by(self, stepped: Callable[[Tx, float], bool], follow: Callable[[Tx], None]) -> None:
        """Say how a step of the database's own clock shows, and what is decided first then.

        `stepped` is told what the monotonic clock showed before the database was asked for its time.
        """
        self._stepped, self._follow = stepped, follow

    async def perform(
        self, operation: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run an operation in one transaction and return what it returns.

        Raises what the operation raises (Refused, when the rules say no); nothing of it is then written.
        """

        asked = 0.0
        guarded = isinstance(operation, Guarded)

        def decide(connection: Connection) -> tuple[R, Tx]:
            tx = self._begin(connection)
            if connection.now and operation is not self._follow and self._stepped(tx, asked):
                raise _ClockSet
            result = operation(tx, *args, **kwargs)
            finish(tx)
            lease(tx)
            if tx.emitted:
                connection.announce()
            return result, tx

        def keep() -> tuple[R, int]:
            nonlocal asked
            asked = self.clock.monotonic()
            result, tx = self._database.run(decide, guarded=guarded)
            self._took(DECIDING, operation, self.clock.monotonic() - asked)
            for call in tx.kept:
                call()
            for one in tx.decided:
                decisions.info("decided", extra=dict(one))
            return result, tx.emitted

        # Replicas that lease at the same time would collide where it is not guarded.
        with self._at_once() if guarded or not self.shared else _later() as lease:
            result, emitted = await self._in_time(keep)
        self.decided += 1
        if emitted:
            self._wake()
        return result

    async def perform_for_all(
        self,
        operation: Callable[[Tx, Sequence[T]], object],
        one: T,
        *,
        within: float = MOMENT,
        weight: int = 1,
        hasty: bool = False,
    ) -> None:
        """Perform an operation once for all that is asked of it `within` so many seconds, and while it is
        performed for those before; return when it is kept.

        Who is `hasty` waits only while others come, and for no more than are enough.
        """
        await self._gathering.perform_for_all(operation, one, within, weight=weight, hasty=hasty)

    async def _in_time(self, keep: Callable[[], R]) -> R:
        """Decide, after deadlines have followed the database's clock."""
        try:
            return await self._run(keep)
        except _ClockSet:
            await self.perform(self._follow)
            return await self._run(keep)

    async def read(self, question: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Answer a question from one consistent state of the database.

        What is asked while others are answered shares the next transaction: under load that is most of it.
        Each hears its answer before the others have theirs.
        """

        def ask(tx: Tx) -> R:
            began = self.clock.monotonic()
            found = question(tx, *args, **kwargs)
            self._took(READING, question, self.clock.monotonic() - began)
            return found

        if self._executor is None:
            return await self._run(
                lambda: self._database.run(lambda connection: ask(self._begin(connection)), writing=False)
            )
        answer: R = await self._answering.ask(ask)
        return answer

    async def _look(self, look: Callable[[Tx], None]) -> None:
        await self._run(
            lambda: self._database.run(lambda connection: look(self._begin(connection)), writing=False)
        )

    async def unwritable(self) -> str | None:
        """Say what keeps the database from taking a commit now; None when it takes one."""
        try:
            return await self._run(self._database.unwritable)
        except DatabaseBusy as busy:
            return f"{busy.absent}: {busy}"

    def _begin(self, connection: Connection) -> Tx:
        now = connection.now or self.clock.now()
        tx = Tx(connection, now, self.process, self._routes)
        tx.why_late = self._why_late
        return tx

    def _why_late(self, due: datetime) -> Cause:
        """Say why nobody acted on a deadline, as far as this process knows."""
        if due < self._began:
            return Cause.NOT_RUNNING
        if self._failed and self._failed[0] - SOON <= due <= self._failed[1] + SOON:
            return Cause.NO_DATABASE
        return Cause.HELD_UP

    async def _run(self, work: Callable[[], R]) -> R:
        if self.retired:
            raise Outdated(self.retired)
        try:
            if self._executor is None:
                return work()
            return await self._patiently(self._executor, work)
        except Outdated as why:
            self._retire(str(why))
            raise
        except DatabaseBusy:
            now = self.clock.now()
            goes_on = self._failed and now - self._failed[1] < APART
            self._failed = (self._failed[0] if goes_on and self._failed else now, now)
            raise

    async def _patiently(self, executor: Executor, work: Callable[[], R]) -> R:
        """Do it in a thread; while another process writes to our file, others have that thread in between."""
        loop = asyncio.get_running_loop()
        for _ in range(0 if self.shared else PATIENT):
            try:
                return await loop.run_in_executor(executor, work)
            except Unwritable:
                raise
            except DatabaseBusy:
                await asyncio.sleep(MOMENT)
        return await loop.run_in_executor(executor, work)

    def _retire(self, why: str) -> None:
        if not self.retired:
            self.retired = why
            log.error("another version has taken over; this one pages nobody any more", extra={"reason": why})
            self._leave()
