"""The machine that the bot runs on: its clock, and somebody who starts it again."""

import asyncio
import math
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo

import aiohttp
from apscheduler.schedulers import base as schedulers

from bot.app import Muster
from bot.clock import SystemClock
from bot.config import Config, Secrets
from bot.integrations.carrier import Carrier
from scheduler import loop
from scheduler.loop import Repeating
from storage.database import DatabaseBusy
from tests.fakes import NOON
from tests.simulation.disk import Disk
from tests.simulation.loop import OUTSIDE
from tests.simulation.network import SimLoop

LONGEST_NAP = 30.0
"""Seconds after which the ticks look without knowing of anything that is due."""
RECOVERY = 75.0
"""Seconds after which nothing is held up by a trouble: a lease, a try that hangs, the longest wait."""
PORT = 3000
URL = f"http://127.0.0.1:{PORT}"

_NEXT_DUE = """SELECT MIN(t) AS due FROM (
    SELECT MIN(due_at) AS t FROM escalations WHERE state = 'running'
    UNION ALL SELECT MIN(due_at) FROM notifications WHERE state = 'waiting'
    UNION ALL SELECT MIN(COALESCE(snoozed_until, due_at)) FROM timers WHERE stopped = 0
    UNION ALL SELECT MIN(due_at) FROM outbox WHERE finished_at IS NULL AND state <> 'sending'
        AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.lane = outbox.lane
            AND earlier.finished_at IS NULL AND earlier.id < outbox.id)
    UNION ALL SELECT MIN(lease_until) FROM outbox WHERE state = 'sending')"""


class SimClock:
    """The machine's time of day: the loop's time, and whatever somebody set it ahead or back by."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop
        self.offset = 0.0
        self.back = 0.0
        self.stepped_at = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self._loop.now + self.offset)

    def of_a_process(self, boot: str) -> SystemClock:
        """Return the clock of a process that starts now."""
        return SystemClock(self.now, self._loop.time, boot)

    def step(self, seconds: float) -> None:
        """Set the clock ahead, or back."""
        self.offset += seconds
        self.back += max(0.0, -seconds)
        self.stepped_at = self._loop.now


class Machine:
    """Runs the bot, kills it, starts it again.

    Its ticks are those of `scheduler.loop`: by APScheduler in a `real_loop`, and otherwise, as that takes
    long, by a loop of our own which does not look while nothing is due.
    """

    def __init__(
        self,
        loop: SimLoop,
        config: Config,
        secrets: Secrets,
        trace: Callable[[str], None],
        carrier: Carrier,
        *,
        real_loop: bool = False,
    ) -> None:
        self.loop = loop
        self.real_loop = real_loop
        self._clock: SystemClock | None = None
        self.clock = SimClock(loop)
        self.boot = "the first boot"
        self.disk = Disk(loop)
        self.disk.kill = self.kill
        self.disk.committed = self._committed
        self.on_commit: Callable[[], None] = lambda: None
        self.muster: Muster | None = None
        self.process = OUTSIDE
        self.restart_after = 5.0
        self.ready_at = 0.0
        """When the process that runs now had started, or will have at the earliest."""
        self._config = config
        self._secrets = secrets
        self._carrier = carrier
        self._trace = trace
        self._stirred = asyncio.Event()
        self._bodies: list[Muster] = []
        self._deaths = asyncio.Event()
        self._processes = 0

    @property
    def up(self) -> bool:
        return self.process != OUTSIDE

    @property
    def trouble_at(self) -> float:
        """When the process, the disk or the clock last did not do as they should; it may be now."""
        if not self.up or self.disk.ill:
            return self.loop.now
        return max(min(self.ready_at, self.loop.now), self.disk.ill_at, self.clock.stepped_at)

    def start(self) -> None:
        """Start the bot as a new process."""
        self._processes += 1
        self.process = self._processes
        self.ready_at = math.inf
        self._trace(f"process {self.process} starts")
        self.loop.run_in(self.process, lambda: self.loop.create_task(self._life()))

    def kill(self) -> None:
        """End the process here and now."""
        if not self.up:
            return
        self._trace(f"process {self.process} is killed")
        self.loop.kill(self.process)
        self.loop.network.drop(self.process)
        if self.muster:
            self._bodies.append(self.muster)
        self.muster, self.process = None, OUTSIDE
        self._deaths.set()

    async def supervise(self) -> None:
        """Start the bot whenever it is dead, after a while."""
        while True:
            await self._deaths.wait()
            self._deaths.clear()
            await asyncio.sleep(self.restart_after)
            if not self.up:
                self.start()

    async def stop(self) -> None:
        """End in order, and tidy up after those that could not."""
        if self.muster:
            await self.muster.stop()
        for muster in self._bodies:
            lines = muster._socket._lines if muster._socket else []
            for session in (muster._session, *(line._client.aiohttp_client_session for line in lines)):
                _forgotten(session)

    def bury(self) -> None:
        """Forget the data."""
        super(Disk, self.disk).close()

    async def _life(self) -> None:
        self._clock = clock = self.clock.of_a_process(self.boot)
        muster = Muster(
            self._config,
            self._secrets,
            database=self.disk,
            clock=clock,
            port=PORT,
            public_url=URL,
            in_place=True,
            carrier=self._carrier,
        )
        self.muster = muster
        try:
            await muster.start(ticking=self.real_loop)
        except (DatabaseBusy, sqlite3.OperationalError) as error:
            self._trace(f"process {self.process} could not start: {error}")
            self.kill()
            return
        self.ready_at = self.loop.now
        if self.real_loop:
            return
        slow = [job for job in muster.repeating if job.seconds > 1]
        for job in slow:
            asyncio.create_task(self._repeat(job))  # noqa: RUF006 - the loop keeps it by its process
        await self._tick([job for job in muster.repeating if job.seconds <= 1])

    async def _repeat(self, job: Repeating) -> None:
        while True:
            await asyncio.sleep(job.seconds)
            await self._run(job)

    async def _tick(self, jobs: list[Repeating]) -> None:
        """Run the frequent jobs as often as ever, but not while nothing at all is due for any of them."""
        due = {job.name: 0.0 for job in jobs}
        finest = min(job.seconds for job in jobs)
        while True:
            for job in jobs:
                if self.loop.now >= due[job.name]:
                    due[job.name] = self.loop.now + job.seconds
                    await self._run(job)
            await self._nap(finest)

    async def _nap(self, finest: float) -> None:
        """Sleep for one beat, and on while nothing is due."""
        until = self.loop.now + LONGEST_NAP
        await asyncio.sleep(finest)
        while (left := min(self._seconds_to_next(), until - self.loop.now)) > 0:
            self._stirred.clear()
            stirred = asyncio.ensure_future(self._stirred.wait())
            # Whole beats, so that a look is as late as it would be.
            beats = -(-left // finest) * finest
            await asyncio.wait([stirred], timeout=beats)
            stirred.cancel()

    def _seconds_to_next(self) -> float:
        due = self.disk.look(_NEXT_DUE)[0]["due"]
        if due is None:
            return LONGEST_NAP
        assert self._clock
        return (datetime.fromisoformat(due).astimezone(UTC) - self._clock.now()).total_seconds()

    async def _run(self, job: Repeating) -> None:
        """Run a job as APScheduler does: one that fails is logged, and comes again."""
        try:
            await job.run()
        except (DatabaseBusy, sqlite3.OperationalError) as error:
            self._trace(f"{job.name} failed: {error}")

    def _committed(self) -> None:
        self._stirred.set()
        if self.disk.looked_for:
            self.disk.looked_for = False
            self.on_commit()


@contextmanager
def apscheduler_reads(clock: SimClock) -> Iterator[None]:
    """Have APScheduler, which knows the real time of day alone, read this clock instead."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now().astimezone(tz)

    before = vars(schedulers)["datetime"], vars(loop)["wall"]
    vars(schedulers)["datetime"], vars(loop)["wall"] = Then, clock.now
    try:
        yield
    finally:
        vars(schedulers)["datetime"], vars(loop)["wall"] = before


def _forgotten(session: aiohttp.ClientSession) -> None:
    """Let go of what a dead process had open, without waiting for it."""
    if session.connector:
        session.connector._close()
        session.detach()
