"""Copies of a SQLite file: made while the bot writes, and whole or not there at all."""

import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.database import DatabaseUnusable
from storage.migrations import MIGRATIONS, too_new
from storage.sqlite_errors import explained

BACKUP_AT = "backup_at"
"""The key in `meta` that says how old a copy is, until the bot has reconciled it with Slack."""
RECONCILING_SINCE = "reconciling_since"

_PART = ".muster-part"
"""How the name of a copy ends while it is made. Whoever makes it holds a lock on it."""
_BESIDE = ("", "-journal", "-wal", "-shm")
"""The copy itself, and what SQLite may keep beside it."""


@dataclass(frozen=True, slots=True)
class Copy:
    path: Path
    incidents: int
    pages: int
    bytes: int
    version: int


def back_up(source: str, target: Path, *, at: datetime, replace: bool = False) -> Copy:
    """Copy a database that may be in use, as it was at one moment. Raises DatabaseUnusable.

    The whole file is read in one transaction: in WAL mode that keeps no writer waiting, and what is committed
    meanwhile does not make the copy begin again, as it would if it were taken in steps.
    """
    if target.exists():
        if not replace:
            raise DatabaseUnusable(
                f"{target} is there already. Name another file, or replace it with --force."
            )
        if Path(source).exists() and target.samefile(source):
            raise DatabaseUnusable(f"{target} is the database itself. Name another file.")
    with opened(source) as db:
        found = db.execute("SELECT value FROM meta WHERE key = 'moved_to'").fetchone()
    if found:
        raise DatabaseUnusable(
            f"{source} was moved to {found[0]}, and is out of date. Back that one up: "
            f"muster backup {target} --database '{found[0]}'. To keep the old file too, copy it with cp."
        )
    with opened(source) as db, copied(db, source, target) as copy:
        with closing(sqlite3.connect(copy, isolation_level=None)) as fresh:
            _stamp(fresh, at)
            what = held(fresh, target, copy)
        placed(copy, target)
        return what


@contextmanager
def opened(path: str, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a file of Muster's beside whoever uses it, without its lock. Raises DatabaseUnusable."""
    if not os.path.exists(path):
        raise DatabaseUnusable(f"{path} does not exist, or this user may not look there. Correct the name.")
    if not os.access(path, os.R_OK):
        raise DatabaseUnusable(f"{path} may not be read by this user. Let it read the file.")
    try:
        with closing(sqlite3.connect(Path(path).absolute().as_uri() + "?mode=rw", uri=True, timeout=5)) as db:
            db.execute("PRAGMA synchronous = FULL" if writing else "PRAGMA query_only = ON")
            found = db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
            if not found:
                raise DatabaseUnusable(f"{path} is no Muster database. Name another file.")
            if int(found[0]) > len(MIGRATIONS):
                raise DatabaseUnusable(too_new(int(found[0])))
            yield db
    except sqlite3.Error as error:
        if "no such table" in str(error) or "not a database" in str(error):
            raise DatabaseUnusable(f"{path} is no Muster database. Name another file.") from error
        if "malformed" in str(error):
            raise DatabaseUnusable(f"{path} is damaged ({error}). {_KEPT}") from error
        raise DatabaseUnusable(explained(path, error)) from error


@contextmanager
def copied(db: sqlite3.Connection, source: str, target: Path) -> Iterator[Path]:
    """Copy an open database into a file beside `target`, for its owner alone, and see that it is sound.

    The file is gone in the end unless it was moved to its place; so are those of copies that were killed.
    Raises DatabaseUnusable.
    """
    _remove_leftovers(target.parent)
    handle: int | None = None
    copy: Path | None = None
    try:
        handle, copy = _begun(target)
        with closing(sqlite3.connect(copy, isolation_level=None)) as fresh:
            db.backup(fresh)
            fresh.execute("PRAGMA journal_mode = DELETE")
            _see_that_it_is_sound(fresh, source)
        yield copy
    except (sqlite3.Error, OSError) as error:
        raise DatabaseUnusable(_not_written(source, target, error)) from error
    finally:
        if copy:
            copy.unlink(missing_ok=True)
        if handle is not None:
            os.close(handle)


def _begun(target: Path) -> tuple[int, Path]:
    """Make an empty file beside `target` and hold a lock on it."""
    while True:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=_PART, dir=target.parent)
        with suppress(OSError):  # where nothing can be locked, nothing is taken for a leftover either
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle, Path(name)
        os.close(handle)  # somebody took it for a leftover before it was locked


def _remove_leftovers(folder: Path) -> None:
    """Remove what copies left in a folder that were killed on their way: nobody holds the lock on it."""
    for left in folder.glob(f".*{_PART}"):
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for ending in _BESIDE:
                Path(f"{left}{ending}").unlink(missing_ok=True)


def is_sqlite(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"
    return False


def flushed(path: Path) -> None:
    """Return when a file, or a folder's list of files, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def placed(copy: Path, target: Path) -> None:
    """Give the copy its name, at one stroke, and return when that is on the disk."""
    flushed(copy)
    copy.replace(target)
    flushed(target.parent)


def _stamp(db: sqlite3.Connection, at: datetime) -> None:
    """Say how old the copy is. One of a copy that is not reconciled yet is as old as that one."""
    db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO NOTHING", [BACKUP_AT, at.isoformat()])
    db.execute("DELETE FROM meta WHERE key = ?", [RECONCILING_SINCE])


def held(db: sqlite3.Connection, path: Path, file: Path) -> Copy:
    """Return what the copy in `file` holds, which will be at `path`."""

    def number(sql: str) -> int:
        return int(db.execute(sql).fetchone()[0])

    return Copy(
        path,
        incidents=number("SELECT COUNT(*) FROM incidents"),
        pages=number("SELECT COUNT(*) FROM pages"),
        bytes=file.stat().st_size,
        version=number("SELECT value FROM meta WHERE key = 'version'"),
    )


def _see_that_it_is_sound(db: sqlite3.Connection, source: str) -> None:
    said = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if said != "ok":
        raise DatabaseUnusable(
            f"{source} is damaged ({said.splitlines()[-1]}). {_KEPT} Restore a backup that is whole."
        )


_KEPT = "Nothing was replaced."


def _not_written(source: str, target: Path, error: Exception) -> str:
    if "malformed" in str(error) or "not a database" in str(error):
        return f"{source} is damaged ({error}). {_KEPT} Restore a backup that is whole."
    if isinstance(error, FileNotFoundError):
        return f"{target} cannot be written: there is no folder {target.parent}. Make it first."
    if isinstance(error, PermissionError):
        return f"{target} cannot be written by this user. Give it write permission to {target.parent}."
    why = error.strerror if isinstance(error, OSError) and error.strerror else error
    return f"{target} could not be written ({why}). {_KEPT} Is there room on that disk?"
