"""Putting a copy of a SQLite file back, and saying of a database that it is an older state."""

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.backup import BACKUP_AT, RECONCILING_SINCE, Copy, copied, flushed, held, opened, placed
from storage.database import Database, DatabaseUnusable
from storage.sqlite import sole_owner
from storage.sqlite_errors import explained
from storage.transaction import Connection, instant

RESTORED_AT = "restored_at"

_NEWEST = """SELECT MAX(at) AS at FROM (SELECT MAX(at) AS at FROM entries
    UNION ALL SELECT MAX(created_at) FROM outbox UNION ALL SELECT MAX(called_at) FROM escalations) AS times"""
_ROWS = (
    "SELECT (SELECT COUNT(*) FROM incidents) + (SELECT COUNT(*) FROM pages) + (SELECT COUNT(*) FROM outbox)"
)
_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a file, and would read into another one that took its place."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, of when it is, and where the database is that was there before."""

    copy: Copy
    of: datetime
    kept: Path | None


def restore(source: Path, where: str, *, at: datetime, replace: bool = False) -> Restored:
    """Put a copy in the place of a database that no bot runs on. Raises DatabaseUnusable.

    What was there is kept beside it. The next start first reconciles with Slack, since `meta` says of when
    the copy is; one that muster did not make is as old as the newest thing in it.
    """
    target = Path(where)
    with opened(str(source)) as db:
        if target.exists() and target.samefile(source):
            raise DatabaseUnusable(f"{target} is the database itself. Name the copy to restore.")
        with closing(sole_owner(where)):
            something = _something_in(target)
            if something and not replace:
                raise DatabaseUnusable(
                    f"{target} {something}. With --force the copy takes its place, and it is kept beside it."
                )
            return _restored(db, source, target, at, keep=bool(something))


def mark_restored(database: Database, *, at: datetime) -> datetime:
    """Say of a database that was put back by other means that it is an older state; return of when it is."""

    def mark(connection: Connection) -> datetime:
        newest = connection.query(_NEWEST, {})[0]["at"] or at.isoformat()
        for key, value in ((BACKUP_AT, newest), (RESTORED_AT, at.isoformat())):
            connection.execute(
                """INSERT INTO meta VALUES (:key, :value)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value""",
                {"key": key, "value": value},
            )
        connection.execute("DELETE FROM meta WHERE key = :key", {"key": RECONCILING_SINCE})
        return instant(newest)

    return database.run(mark)


def _restored(db: sqlite3.Connection, source: Path, target: Path, at: datetime, *, keep: bool) -> Restored:
    with copied(db, str(source), target) as copy:
        with closing(sqlite3.connect(copy, isolation_level=None)) as fresh:
            of = _stamp(fresh, at)
            what = held(fresh, target, copy)
        flushed(copy)
        kept = _set_aside(target, at) if keep else None
        for ending in _BESIDE:
            Path(f"{target}{ending}").unlink(missing_ok=True)
        placed(copy, target)
        return Restored(what, of, kept)


def _stamp(db: sqlite3.Connection, at: datetime) -> datetime:
    newest = db.execute(_NEWEST).fetchone()[0] or at.isoformat()
    db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO NOTHING", [BACKUP_AT, newest])
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [RESTORED_AT, at.isoformat()])
    db.execute("DELETE FROM meta WHERE key = ?", [RECONCILING_SINCE])
    return instant(db.execute("SELECT value FROM meta WHERE key = ?", [BACKUP_AT]).fetchone()[0])


def _something_in(target: Path) -> str | None:
    """Say what would be lost if another file took the place of this one; with its log written into it."""
    if not target.exists() or target.stat().st_size == 0:
        return None
    try:
        with opened(str(target)) as db:
            rows = db.execute(_ROWS).fetchone()[0]
        return "holds incidents already" if rows else None
    except DatabaseUnusable as error:
        return f"is there already, and cannot be read ({error})"


def _set_aside(target: Path, at: datetime) -> Path:
    """Keep the database under another name. Its own stays until the copy takes it, at one stroke."""
    kept = Path(f"{target}.before-{at:%Y%m%dT%H%M%SZ}")
    try:
        with suppress(sqlite3.Error), closing(sqlite3.connect(target)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for ending in _BESIDE:
            with suppress(FileNotFoundError):
                Path(f"{target}{ending}").rename(f"{kept}{ending}")
        os.link(target, kept)
    except OSError as error:
        raise DatabaseUnusable(explained(str(target), error)) from error
    return kept
