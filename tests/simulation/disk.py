"""The disk of the machine: a database that outlives its process, and can be made to fail."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from storage.database import DatabaseBusy
from storage.sqlite import MEMORY, SqliteConnection, SqliteDatabase
from storage.transaction import Params, Row
from tests.simulation.loop import OUTSIDE, PROCESS, Killed
from tests.simulation.network import SimLoop

_OF_THE_OUTBOX = "UPDATE outbox "


class _Connection(SqliteConnection):
    """Statements that can be made to fail."""

    disk: "Disk"

    def execute(self, sql: str, params: Params) -> int:
        self.disk.maybe_break()
        if not sql.startswith(_OF_THE_OUTBOX):
            self.disk.looked_for = True
        return super().execute(sql, params)

    def query(self, sql: str, params: Params) -> list[Row]:
        if sql.startswith("INSERT"):
            self.disk.looked_for = True
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
        self.ill_at = 0.0
        """When it last did not do as it should."""
        self.kill: Callable[[], None] = lambda: None
        self.committed: Callable[[], None] = lambda: None
        self.looked_for = False
        """Whether more than the outbox may have changed since somebody looked."""

    @contextmanager
    def transaction(self, *, writing: bool = True, guarded: bool = False) -> Iterator[SqliteConnection]:
        if PROCESS.get() in self._loop.dead:
            raise Killed
        if writing and self.busy:
            self.busy -= 1
            self.ill_at = self._loop.now
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
                self.ill_at = self._loop.now
                raise sqlite3.OperationalError("disk I/O error")

    def maybe_refuse_page(self) -> None:
        if self.no_pages:
            self.no_pages -= 1
            self.ill_at = self._loop.now
            raise sqlite3.OperationalError("no room for a page")

    @property
    def ill(self) -> bool:
        """Say whether something is still to go wrong."""
        return bool(self.busy or self.refuse or self.no_pages or self.breaks_in or self.dies_in)

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
            self.ill_at = self._loop.now
            raise sqlite3.OperationalError("database or disk is full")

    def _dies_now(self) -> bool | None:
        """Say whether the process dies at this commit: False before it, True after it."""
        if self.dies_in is None or PROCESS.get() == OUTSIDE:
            return None
        left, after = self.dies_in
        self.dies_in = (left - 1, after) if left > 1 else None
        return after if left <= 1 else None
