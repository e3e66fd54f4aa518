"""SQLite, the default: a file, one process, nothing to install."""

import errno
import fcntl
import logging
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database as SqliteUtils

from storage.database import DatabaseUnusable, StillWritten, Unwritable
from storage.migrations import META, MIGRATIONS, statements, too_new
from storage.reserve import Reserve
from storage.sqlite_errors import damaged, explained, in_our_words, no_room
from storage.transaction import Params, Row

R = TypeVar("R")

log = logging.getLogger("muster.database")

MEMORY = ":memory:"
BUSY = 50
"""Milliseconds that SQLite waits itself while another process writes."""
NOT_WRITTEN = "the database cannot be written"
REPLACED = (
    "its file was replaced or removed while I run, and what is decided now is lost at the next start; "
    "stop me, put the right file back, and start me again"
)
_PROBE = """INSERT INTO meta VALUES ('probe', '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"""
"""A write that changes nothing would be none: SQLite does not put it on the disk."""
NEEDED = 64 * 1024
"""Bytes that a start writes beside the file."""
LARGEST_LOG = 16 * 1024 * 1024
"""What is left of the write-ahead log after somebody read for long, such as a backup."""


class SqliteConnection:
    """Plain SQL with named parameters on sqlite-utils."""

    now = None
    for_update = ""
    hold = ""

    def __init__(self, db: SqliteUtils) -> None:
        self._db = db

    def rows(self, columns: Params) -> str:
        read = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in columns)
        return f"(SELECT key AS n, {read} FROM json_each(:rows)) AS new"  # noqa: S608 - names of ours

    def among(self, column: str, ids: Sequence[int]) -> tuple[str, Params]:
        return "", {}

    def having(self, words: Sequence[tuple[str, bool]]) -> tuple[str, Params]:
        match = " AND ".join(f'"{word}"{" *" if goes_on else ""}' for word, goes_on in words)
        return "SELECT rowid FROM words_found WHERE words_found MATCH :match", {"match": match}

    def execute(self, sql: str, params: Params) -> int:
        return self._db.conn.execute(sql, params).rowcount

    def execute_each(self, sql: str, params: Sequence[Params]) -> None:
        self._db.conn.executemany(sql, params)

    def write(self, sql: str, params: Params) -> None:
        self.execute(sql, params)

    def query(self, sql: str, params: Params) -> list[Row]:
        cursor = self._db.conn.execute(sql, params)
        names = [column[0] for column in cursor.description]
        # Tens of thousands for one page: this takes a third less time than a comprehension.
        return list(map(dict, map(zip, repeat(names), cursor.fetchall())))

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

    def takes_turn(self, what: str) -> bool:
        return True

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

    def __init__(self, path: str, *, reserve: bool = False) -> None:
        """Open a file; with a `reserve`, room is set aside beside it for when its disk is full."""
        self.where = path
        self._lock = sole_owner(path) if path != MEMORY else None
        self._reserve = Reserve(os.path.realpath(path)) if reserve and path != MEMORY else None
        try:
            self._open()
        except (sqlite3.Error, OSError) as error:
            self._release()
            raise DatabaseUnusable(explained(path, error)) from error
        except DatabaseUnusable:
            self._release()
            raise
        if self._reserve:
            self._reserve.keep()
        self._connection = SqliteConnection(self._db)
        self._file = None if path == MEMORY else _identity(path)
        self._moved = False

    def _open(self) -> None:
        try:
            self._db, self.id = _opened(self.where)
        except sqlite3.Error as error:
            if not no_room(error) or not self._reserve or not self._reserve.free():
                raise
            self._db, self.id = _opened(self.where)

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
            with ExitStack() as undo:
                undo.callback(self._db.rollback)
                yield
                self._db.conn.execute("COMMIT")
                undo.pop_all()
        except sqlite3.Error as error:
            if meant := in_our_words(self.where, error):
                raise meant from error
            raise

    def run(self, work: Callable[[SqliteConnection], R], *, writing: bool = True, guarded: bool = False) -> R:
        """Do `work` in a transaction; once more when it lacked room and the reserve could be given back."""
        try:
            with self.transaction(writing=writing, guarded=guarded) as connection:
                return work(connection)
        except Unwritable:
            if not self._reserve or not self._reserve.free():
                raise
        with self.transaction(writing=writing, guarded=guarded) as connection:
            return work(connection)

    def unwritable(self) -> str | None:
        """Commit something new; say what keeps it from the disk, or that there is hardly room any more.

        SQLite goes on writing a file that was removed, or replaced by another: the next start has none of it.
        """
        moved = self._file is not None and _identity(self.where) != self._file
        if moved and not self._moved:  # nothing else logs it: all writes succeed
            log.error(
                "the database's file was replaced or removed", extra={"file": self.where, "reason": REPLACED}
            )
        self._moved = moved
        if moved:
            return StillWritten(REPLACED)
        try:
            with self.transaction() as connection:
                connection.execute(_PROBE, {})
        except Unwritable as error:
            full = no_room(error.__cause__ if isinstance(error.__cause__, Exception) else None)
            return f"{NOT_WRITTEN}: no room is left on its disk" if full else NOT_WRITTEN
        except sqlite3.Error as error:
            return f"{NOT_WRITTEN}: {error}"
        if not self._reserve:
            return None
        self._reserve.keep()
        scarce = self._reserve.scarce()
        return StillWritten(scarce) if scarce else None

    def others(self) -> int:
        """Return nothing: the lock keeps others away."""
        return 0

    def ahead_of(self, now: datetime) -> timedelta:
        """Return nothing: a file has no clock."""
        return timedelta()

    def close(self) -> None:
        self._db.close()
        self._release()

    def _release(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None


def _identity(path: str) -> tuple[int, int] | None:
    """Return which file a path leads to now, None where there is none."""
    with suppress(OSError):
        found = os.stat(path)
        return found.st_dev, found.st_ino
    return None


def look_at(path: str) -> str | None:
    """Raise DatabaseUnusable where a start would; return where the database was moved, if it was.

    It makes no file beside it, as root might look.
    """
    file = Path(path)
    try:
        if not file.exists() and not file.parent.exists():
            raise FileNotFoundError
        if not all(os.access(one, os.W_OK) for one in (file, file.parent) if one.exists()):
            raise PermissionError
        reserve = Reserve(os.path.realpath(path))
        if not reserve.kept() and reserve.left() < NEEDED:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if not file.exists() or not file.stat().st_size:
            return None
        address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as db:
            found = dict(db.execute("SELECT key, value FROM meta WHERE key IN ('version', 'moved_to')"))
    except (sqlite3.Error, OSError) as error:
        if "no such table" in str(error):
            return None
        raise DatabaseUnusable(explained(path, error)) from error
    version = int(found.get("version", 0))
    if version > len(MIGRATIONS):
        raise DatabaseUnusable(too_new(version))
    return found.get("moved_to")


def sole_owner(path: str) -> ExitStack:
    """Take the locks that keep a second process away; the system frees them however this one ends.

    Two are needed: SQLite itself replaces nothing, but a restore gives the file's name to another file, and
    a hard link gives the file another name.
    """
    file = os.path.realpath(path)
    with ExitStack() as held:
        try:
            lock = held.enter_context(Path(f"{file}.lock").open("a+", encoding="utf-8"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _lock_itself(file, held)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip()
            raise DatabaseUnusable(
                f"{path} is in use by another muster process{f' (pid {holder})' if holder else ''}. "
                "Stop that one first, or give this one a database of its own with --database."
            ) from error
        except OSError as error:
            raise DatabaseUnusable(explained(path, error)) from error
        with suppress(OSError):  # on a full disk the lock holds all the same; only who has it is not said
            os.ftruncate(lock.fileno(), 0)
            os.write(lock.fileno(), str(os.getpid()).encode())
        return held.pop_all()


def _lock_itself(file: str, held: ExitStack) -> None:
    """Lock the file whatever its name. Linux keeps this lock apart from SQLite's own; others might not."""
    if sys.platform == "linux":
        handle = os.open(file, os.O_RDONLY | os.O_CREAT, 0o600)
        held.callback(os.close, handle)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _opened(path: str) -> tuple[SqliteUtils, str]:
    with ExitStack() as undo:
        db = _connected(path)
        undo.callback(db.close)
        if path == MEMORY:
            _without_rows().conn.backup(db.conn)
        _see_that_it_is_sound(_durable(db), path)
        found = _migrated(db, logging.INFO)
        undo.pop_all()
        # from here on the unit of work waits: while SQLite does, it answers no question either
        db.execute(f"PRAGMA busy_timeout = {BUSY}")
        return db, found


@cache
def _without_rows() -> SqliteUtils:
    """Return a database in memory with every table: to copy it takes 0.4 ms, to perform all steps 25 ms."""
    db = _connected(MEMORY)
    _migrated(db, logging.DEBUG)
    db.execute("DELETE FROM meta WHERE key = 'id'")  # each copy is given its own
    return db


def _connected(path: str) -> SqliteUtils:
    return SqliteUtils(sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=5))


def _durable(db: SqliteUtils) -> SqliteUtils:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute(f"PRAGMA journal_size_limit = {LARGEST_LOG}")
    return db


def _see_that_it_is_sound(db: SqliteUtils | sqlite3.Connection, path: str) -> None:
    """Refuse a damaged file: what is written into it would be lost, or damage more."""
    said = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    if said != "ok":
        raise DatabaseUnusable(damaged(path, said.splitlines()[-1]))


def schema_of(path: str) -> int:
    """Return the schema version of a file without writing anything; 0 of one that is not there yet."""
    if not Path(path).exists() or Path(path).stat().st_size == 0:
        return 0
    try:
        with closing(sqlite3.connect(Path(path).absolute().as_uri() + "?mode=ro", uri=True)) as db:
            _see_that_it_is_sound(db, path)
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                return 0
            found = db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
            return int(found[0]) if found else 0
    except sqlite3.Error as error:
        raise DatabaseUnusable(explained(path, error)) from error


def _migrated(db: SqliteUtils, level: int) -> str:
    """Bring the schema up to date, one numbered step after another, and return the database's own id."""
    with db.atomic():
        db.execute(META)
        found = db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
        version = int(found[0]) if found else 0
        if version > len(MIGRATIONS):
            raise DatabaseUnusable(too_new(version))
        for number, step in enumerate(MIGRATIONS[version:], version + 1):
            for statement in statements(step):
                db.execute(statement)
            log.log(level, "schema migrated", extra={"version": number})
        if version < len(MIGRATIONS):  # else nothing is written: a full disk keeps no start back
            db.execute(
                """INSERT INTO meta VALUES ('version', :version)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value""",
                {"version": str(len(MIGRATIONS))},
            )
        db.execute("INSERT INTO meta VALUES ('id', lower(hex(randomblob(8)))) ON CONFLICT (key) DO NOTHING")
        return str(db.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()[0])
