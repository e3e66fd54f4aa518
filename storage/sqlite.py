"""SQLite, the default: a file, one process, nothing to install."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TypeVar

from sqlite_utils import Database as SqliteUtils

from storage.database import DatabaseBusy, DatabaseUnusable
from storage.migrations import META, MIGRATIONS, statements, too_new
from storage.transaction import Params, Row

R = TypeVar("R")

MEMORY = ":memory:"


class SqliteConnection:
    """Plain SQL with named parameters on sqlite-utils."""

    now = None
    for_update = ""
    hold = ""

    def __init__(self, db: SqliteUtils) -> None:
        self._db = db

    def execute(self, sql: str, params: Params) -> int:
        return self._db.execute(sql, dict(params)).rowcount

    def execute_each(self, sql: str, params: Sequence[Params]) -> list[int]:
        return [self.execute(sql, one) for one in params]

    def write(self, sql: str, params: Params) -> None:
        self.execute(sql, params)

    def query(self, sql: str, params: Params) -> list[Row]:
        cursor = self._db.execute(sql, dict(params))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def scan(self, table: str) -> Iterator[Row]:
        cursor = self._db.execute(f"SELECT * FROM {table}")  # noqa: S608 - a name of ours
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor)

    def counter(self, table: str) -> int:
        found = self.query("SELECT seq FROM sqlite_sequence WHERE name = :table", {"table": table})
        return int(found[0]["seq"]) if found else 0

    def count_on(self, table: str, past: int) -> None:
        raised = "UPDATE sqlite_sequence SET seq = MAX(seq, :past) WHERE name = :table"
        if not self.execute(raised, {"table": table, "past": past}):
            self.execute("INSERT INTO sqlite_sequence VALUES (:table, :past)", {"table": table, "past": past})

    def keep_time(self) -> None:
        """Do nothing: the time is read when nobody else is left to wait for."""

    def announce(self) -> None:
        """Do nothing: there is nobody else."""


class SqliteDatabase:
    """A SQLite file in WAL mode with `synchronous=FULL`: what is committed survives a power cut.

    All calls must come from one thread at a time. Raises DatabaseUnusable when the file is not a database,
    cannot be written, belongs to a newer version, or is in use by another process.
    """

    threads = 1
    shared = False
    news = None

    def __init__(self, path: str) -> None:
        self.where = path
        self._lock = sole_owner(path) if path != MEMORY else None
        try:
            with ExitStack() as undo:
                undo.callback(self._release)
                self._db = _connected(path)
                undo.callback(self._db.close)
                self.id = _migrated(_durable(self._db))
                undo.pop_all()
        except (sqlite3.Error, OSError) as error:
            raise DatabaseUnusable(explained(path, error)) from error
        self._connection = SqliteConnection(self._db)

    @contextmanager
    def transaction(self, *, writing: bool = True, guarded: bool = False) -> Iterator[SqliteConnection]:
        """Commit what happens inside, or nothing of it. Raises DatabaseBusy before anything happened.

        One that writes takes the lock at once: SQLite does not wait for it when it was read before. It lets
        in one after another, so whether a decision is guarded is all the same.
        """
        with self._begun("BEGIN IMMEDIATE" if writing else "BEGIN"):
            yield self._connection

    @contextmanager
    def _begun(self, how: str) -> Iterator[None]:
        try:
            self._db.conn.execute(how)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise DatabaseBusy(f"{self.where} is being written by another process") from error
        with ExitStack() as undo:
            undo.callback(self._db.rollback)
            yield
            self._db.conn.execute("COMMIT")
            undo.pop_all()

    def run(self, work: Callable[[SqliteConnection], R], *, writing: bool = True, guarded: bool = False) -> R:
        """Do `work` in a transaction. There is nobody to collide with."""
        with self.transaction(writing=writing, guarded=guarded) as connection:
            return work(connection)

    def writable(self) -> bool:
        """Say whether a commit reaches the disk now. Used by the readiness probe."""
        try:
            with self._db.atomic():
                self._db.execute("UPDATE meta SET value = value WHERE key = 'id'")
        except sqlite3.Error:
            return False
        return True

    def others(self) -> int:
        """Return nothing: the lock keeps others away."""
        return 0

    def ahead_of(self, now: datetime) -> timedelta:
        """Return nothing: a file has no clock."""
        return timedelta()

    def close(self) -> None:
        """Close the file and let another process have it."""
        self._db.close()
        self._release()

    def _release(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None


def sole_owner(path: str) -> IO[str]:
    """Take the lock that keeps a second process away; the system frees it however this one ends."""
    try:
        lock = Path(f"{path}.lock").open("a+", encoding="utf-8")  # noqa: SIM115 - held while we live
    except OSError as error:
        raise DatabaseUnusable(explained(path, error)) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        holder = lock.read().strip()
        lock.close()
        raise DatabaseUnusable(
            f"{path} is in use by another muster process{f' (pid {holder})' if holder else ''}. "
            "Stop that one first, or give this one a database of its own with --database."
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _connected(path: str) -> SqliteUtils:
    return SqliteUtils(sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=5))


def _durable(db: SqliteUtils) -> SqliteUtils:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _migrated(db: SqliteUtils) -> str:
    """Bring the schema up to date, one numbered step after another, and return the database's own id."""
    with db.atomic():
        db.execute(META)
        found = db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
        version = int(found[0]) if found else 0
        if version > len(MIGRATIONS):
            raise DatabaseUnusable(too_new(version))
        for step in MIGRATIONS[version:]:
            for statement in statements(step):
                db.execute(statement)
        db.execute(
            """INSERT INTO meta VALUES ('version', :version)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value""",
            {"version": str(len(MIGRATIONS))},
        )
        db.execute("INSERT INTO meta VALUES ('id', lower(hex(randomblob(8)))) ON CONFLICT (key) DO NOTHING")
        return str(db.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()[0])


def explained(path: str, error: Exception) -> str:
    """Return what to tell the operator about a file that cannot be used."""
    text = str(error)
    if "not a database" in text:
        return f"{path} is not a SQLite database. Name another file with --database."
    if "readonly" in text or isinstance(error, PermissionError):
        return f"{path} cannot be written by this user. Give it write permission to the file and its folder."
    if isinstance(error, FileNotFoundError) or "unable to open" in text:
        return f"{path} cannot be opened: does its folder exist, and may this user write there?"
    return f"{path} cannot be used: {text}."
