"""The machine that the bot runs on: its clock, its disk, and somebody who starts it again."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from bot.app import Muster
from bot.config import Config, Secrets
from scheduler.loop import Repeating
from storage.database import DatabaseBusy
from storage.sqlite import MEMORY, SqliteConnection, SqliteDatabase
from storage.transaction import Params, Row
from tests.fakes import NOON
from tests.simulation.loop import OUTSIDE, PROCESS, Killed
from tests.simulation.network import SimLoop

LONGEST_NAP = 30.0
"""Seconds after which the ticks look without knowing of anything that is due."""
PORT = 3000

_NEXT_DUE = """SELECT MIN(t) AS due FROM (
    SELECT MIN(due_at) AS t FROM pages WHERE state = 'pending'
    UNION ALL SELECT MIN(remind_at) FROM pages WHERE state = 'pending'
    UNION ALL SELECT MIN(investigate_until) FROM incidents WHERE investigate_until IS NOT NULL
    UNION ALL SELECT MIN(next_update_at) FROM incidents WHERE next_update_at IS NOT NULL
    UNION ALL SELECT MIN(due_at) FROM outbox WHERE finished_at IS NULL AND state <> 'sending'
        AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.lane = outbox.lane
            AND earlier.finished_at IS NULL AND earlier.id < outbox.id)
    UNION ALL SELECT MIN(lease_until) FROM outbox WHERE state = 'sending')"""


class SimClock:
    """The machine's clock: the loop's time, and whatever somebody set it ahead or back by."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop
        self.offset = 0.0
        self.back = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self._loop.now + self.offset)

    def monotonic(self) -> float:
        return self._loop.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def step(self, seconds: float) -> None:
        """Set the clock ahead, or back."""
        self.offset += seconds
        self.back += max(0.0, -seconds)


class _Connection(SqliteConnection):
    """Statements that can be made to fail."""

    disk: "Disk"

    def execute(self, sql: str, params: Params) -> int:
        self.disk.maybe_break()
        return super().execute(sql, params)

    def query(self, sql: str, params: Params) -> list[Row]:
        if sql.startswith("INSERT INTO pages"):
            self.disk.maybe_refuse_page()
        return super().query(sql, params)


class Disk(SqliteDatabase):
    """A database in memory that outlives its process, with the faults of a disk and of a neighbour."""

    def __init__(self, loop: SimLoop) -> None:
        super().__init__(MEMORY)
        self._loop = loop
        self.id = "simulated"
        self._connection = _Connection(self._db)
        self._connection.disk = self
        self.busy = 0
        """So many transactions more find it busy."""
        self.refuse = 0
        """So many commits more fail before anything is written."""
        self.breaks_in: int | None = None
        """The n-th statement that writes fails, in the middle of its transaction."""
        self.no_pages = 0
        """So many more pages cannot be written."""
        self.dies_in: tuple[int, bool] | None = None
        """The process dies at the n-th commit, before it or (True) after it."""
        self.kill: Callable[[], None] = lambda: None
        self.committed: Callable[[], None] = lambda: None

    @contextmanager
    def transaction(self, *, writing: bool = True, guarded: bool = False) -> Iterator[SqliteConnection]:
        if PROCESS.get() in self._loop.dead:
            raise Killed
        if writing and self.busy:
            self.busy -= 1
            raise DatabaseBusy("somebody else is writing")
        conn: sqlite3.Connection = self._db.conn
        before = conn.total_changes
        with super().transaction(writing=writing, guarded=guarded) as connection:
            yield connection
            wrote = conn.total_changes > before
            if wrote:
                self._maybe_refuse()
                after = self._dies_now()
                if after is False:
                    self.kill()
                    raise Killed
        if wrote:
            self.committed()
            if after:
                self.kill()
                raise Killed

    def maybe_break(self) -> None:
        if self.breaks_in is not None:
            self.breaks_in -= 1
            if self.breaks_in <= 0:
                self.breaks_in = None
                raise sqlite3.OperationalError("disk I/O error")

    def maybe_refuse_page(self) -> None:
        if self.no_pages:
            self.no_pages -= 1
            raise sqlite3.OperationalError("no room for a page")

    def heal(self) -> None:
        self.busy = self.refuse = self.no_pages = 0
        self.breaks_in = self.dies_in = None

    def close(self) -> None:
        """Stay: the next process finds everything as it was."""

    def look(self, sql: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Read behind the bot's back."""
        cursor = self._db.conn.execute(sql, dict(params or {}))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _maybe_refuse(self) -> None:
        if self.refuse:
            self.refuse -= 1
            raise sqlite3.OperationalError("database or disk is full")

    def _dies_now(self) -> bool | None:
        """Say whether the process dies at this commit: False before it, True after it."""
        if self.dies_in is None or PROCESS.get() == OUTSIDE:
            return None
        left, after = self.dies_in
        self.dies_in = (left - 1, after) if left > 1 else None
        return after if left <= 1 else None


class Machine:
    """Runs the bot, kills it, starts it again. Its ticks are those of `scheduler.loop`, in virtual time."""

    def __init__(
        self,
        loop: SimLoop,
        config: Config,
        secrets: Secrets,
        trace: Callable[[str], None],
    ) -> None:
        self.loop = loop
        self.clock = SimClock(loop)
        self.disk = Disk(loop)
        self.disk.kill = self.kill
        self.disk.committed = self._committed
        self.on_commit: Callable[[], None] = lambda: None
        self.muster: Muster | None = None
        self.process = OUTSIDE
        self.restart_after = 5.0
        self.since = 0.0
        """When the process that runs now was started."""
        self._config = config
        self._secrets = secrets
        self._trace = trace
        self._stirred = asyncio.Event()
        self._bodies: list[Muster] = []
        self._deaths = asyncio.Event()
        self._processes = 0

    @property
    def up(self) -> bool:
        return self.process != OUTSIDE

    def start(self) -> None:
        """Start the bot as a new process."""
        self._processes += 1
        self.process = self._processes
        self.since = self.loop.now
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
        muster = Muster(
            self._config,
            self._secrets,
            database=self.disk,
            clock=self.clock,
            port=PORT,
            in_place=True,
        )
        self.muster = muster
        try:
            await muster.start(ticking=False)
        except (DatabaseBusy, sqlite3.OperationalError) as error:
            self._trace(f"process {self.process} could not start: {error}")
            self.kill()
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
        return (datetime.fromisoformat(due).astimezone(UTC) - self.clock.now()).total_seconds()

    async def _run(self, job: Repeating) -> None:
        """Run a job as APScheduler does: one that fails is logged, and comes again."""
        try:
            await job.run()
        except (DatabaseBusy, sqlite3.OperationalError) as error:
            self._trace(f"{job.name} failed: {error}")

    def _committed(self) -> None:
        self._stirred.set()
        self.on_commit()


def _forgotten(session: aiohttp.ClientSession) -> None:
    """Let go of what a dead process had open, without waiting for it."""
    if session.connector:
        session.connector._close()
        session.detach()
