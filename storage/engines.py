"""Opens the engine that an address means."""

import re
from importlib import import_module
from types import ModuleType

from storage import sqlite, words
from storage.database import Database, DatabaseUnusable
from storage.migrations import MIGRATIONS, for_postgres, statements
from storage.sqlite import SqliteDatabase
from storage.transaction import Connection

POSTGRES = ("postgresql://", "postgres://")
_SETTINGS = re.compile(
    r"\s*(?:host|hostaddr|port|dbname|user|password|passfile|service|ssl\w+)\s*=", re.IGNORECASE
)
_PASSWORD = re.compile(r"[^=]*pass", re.IGNORECASE)

MOVED_TO = "moved_to"
"""The key in `meta` of a database that goes on elsewhere: there."""


def open_database(
    where: str, *, own_time: bool = True, moved: bool = False, reserve: bool = False
) -> Database:
    """Open a PostgreSQL address or a SQLite file. Raises DatabaseUnusable.

    With a `reserve`, room is set aside beside a file for when its disk is full.
    `own_time` lets a database that has a clock decide what time it is for everybody who shares it. One that
    was moved elsewhere is refused, so that nobody goes on with it by mistake, unless `moved`.
    """
    database = _opened(where, own_time=own_time, reserve=reserve)
    there = None if moved else database.run(_moved_to, writing=False)
    if there:
        database.close()
        raise DatabaseUnusable(_moved(where, there))
    words.complete(database)
    return database


def _moved(where: str, there: str) -> str:
    return (
        f"{without_password(where)} was moved to {there}. Start muster with that database, "
        "or go on with this older state by --force."
    )


def look_at(where: str) -> None:
    """Raise DatabaseUnusable where a start would, and change nothing: a bot may be running on it."""
    if is_postgres(where):
        _driven("postgres").look_at(where)
    else:
        there = sqlite.look_at(file_of(where))
        if there:
            raise DatabaseUnusable(_moved(where, there))


def _moved_to(connection: Connection) -> str | None:
    found = connection.query("SELECT value FROM meta WHERE key = :key", {"key": MOVED_TO})
    return found[0]["value"] if found else None


def _opened(where: str, *, own_time: bool, reserve: bool) -> Database:
    if is_postgres(where):
        opened: Database = _driven("postgres").PostgresDatabase(where, own_time=own_time)
        return opened
    return SqliteDatabase(file_of(where), reserve=reserve)


def schema_of(where: str) -> int:
    """Return the schema version of a database without changing it. Raises DatabaseUnusable."""
    if is_postgres(where):
        version: int = _driven("postgres_start").schema_of(where)
        return version
    return sqlite.schema_of(file_of(where))


def schema_steps(where: str, since: int) -> list[list[str]]:
    """Return the statements of each step that would follow version `since` there."""
    said = for_postgres if is_postgres(where) else str
    return [[there for one in statements(step) if (there := said(one))] for step in MIGRATIONS[since:]]


def _driven(module: str) -> ModuleType:
    """Load what needs PostgreSQL's driver: an optional extra, which takes long to load."""
    try:
        return import_module(f"storage.{module}")
    except ImportError as missing:
        raise DatabaseUnusable(
            f"PostgreSQL needs a driver that is not installed here ({missing}). "
            "Install it with: pip install 'muster-bot[postgres]'."
        ) from missing


def is_postgres(where: str) -> bool:
    """Say whether this is the address of a PostgreSQL database."""
    return where.startswith(POSTGRES)


def file_of(where: str) -> str:
    """Return the SQLite file that is meant: its kind may be written before it, as in `sqlite:muster.db`.

    Raises DatabaseUnusable for what names a server in a way of its own; it may hold a password, so it is not
    repeated.
    """
    file = where.removeprefix("sqlite:").removeprefix("//") if where.startswith("sqlite:") else where
    if "://" in file:
        raise DatabaseUnusable(
            f"{file.partition('://')[0]}:// is no database that muster knows. "
            "Name a SQLite file, or an address such as postgresql://muster@localhost/muster."
        )
    if _SETTINGS.match(file):
        raise DatabaseUnusable(
            "the database is given as settings (host=... password=...). Write one address instead, such as "
            "postgresql://muster@localhost:5432/muster, and the password as PGPASSWORD."
        )
    return file


def without_password(where: str) -> str:
    """Return an address as it may be shown, and be used where the password comes from elsewhere."""
    scheme, mark, rest = where.partition("://")
    if not mark:
        return where
    user, at, place = rest.rpartition("@")
    path, _, query = place.partition("?")
    kept = [one for one in query.split("&") if one and not _PASSWORD.match(one)]
    return f"{scheme}://{user.partition(':')[0]}{at}{path}{'?' if kept else ''}{'&'.join(kept)}"
