"""How a connection to PostgreSQL begins: settings, schema, and what to say when it does not."""

import logging
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import InsufficientPrivilege, InvalidSchemaName

from storage.database import DatabaseUnusable
from storage.migrations import META, MIGRATIONS, for_postgres, statements, too_new

log = logging.getLogger("muster.database")

OLDEST = 140000
MIGRATING = 0x6D75_7374_6572
"""The advisory lock that keeps two replicas from migrating at once."""
AT_WORK = 0x6D75_7374_6573
"""The advisory lock that every connection shares while it is open. Whoever asks sees it by that, whatever its
name and its user are."""

_UNLESS_SAID: dict[str, Any] = {
    "application_name": "muster",
    "client_encoding": "utf8",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds
}
_SETTINGS = f"""
SET TIME ZONE 'UTC';
SET statement_timeout = '10s';
SET lock_timeout = '5s';
SET idle_in_transaction_session_timeout = '30s';
SET plan_cache_mode = 'force_generic_plan';
SELECT pg_advisory_lock_shared({AT_WORK})
"""


LOOKS = 3
"""How often the server processes of two connections are compared: a busy pooler lends them in any order."""


class Session(psycopg.Connection[tuple[Any, ...]]):
    """A connection, and when its plans were made, by the database's clock."""

    planned = datetime.min.replace(tzinfo=UTC)


def conninfo(where: str, **unless_said: Any) -> str:
    """Return the address with our defaults for what it does not say."""
    return make_conninfo(**(_UNLESS_SAID | unless_said | conninfo_to_dict(where)))


def connected(where: str) -> Session:
    """Return a new connection that waits for nothing for ever. Raises psycopg.Error."""
    session = Session.connect(conninfo(where), autocommit=True)
    try:
        session.execute(_SETTINGS.encode())
    except psycopg.Error:
        session.close()
        raise
    return session


def migrated(session: psycopg.Connection[tuple[Any, ...]]) -> str:
    """Bring the schema up to date, alone, in one transaction; return the database's own id."""
    suitable(session)
    with session.transaction():
        session.execute("SET LOCAL lock_timeout = '5min'; SET LOCAL statement_timeout = '5min'")
        session.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATING])
        version = _version(session)
        if version > len(MIGRATIONS):
            raise DatabaseUnusable(too_new(version))
        if version < len(MIGRATIONS):
            _migrate(session, version)
        return str(_value(session, "id"))


def schema_of(where: str) -> int:
    """Return the schema version of a database without writing anything. Raises DatabaseUnusable."""
    try:
        with connected(where) as session:
            return _version(session)
    except (psycopg.Error, UnicodeError) as error:
        raise DatabaseUnusable(explained(where, error)) from error


def explained(where: str, error: Exception) -> str:
    """Return what to tell the operator. The address may hold a password, so it is not repeated."""
    if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:
        return "that is no PostgreSQL address. Write one such as postgresql://muster@localhost:5432/muster."
    place = _place(where)
    said = said_by(error)
    if "password" in said or "authentication" in said:
        return f"{place} lets nobody in with that name and password ({said}). Check both in the address."
    if isinstance(error, InsufficientPrivilege | InvalidSchemaName):
        return (
            f"{place} does not let this user make tables ({said}). Grant it USAGE and CREATE on the schema."
        )
    if "does not exist" in said:
        return f"{place} is not there ({said}). Create it with createdb, or correct the address."
    if isinstance(error, psycopg.OperationalError):
        return f"{place} cannot be reached ({said}). Is the server running, and is the address right?"
    return f"{place} cannot be used: {said}."


def said_by(error: Exception) -> str:
    """Return the first line of what the server or the driver says."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def refuse_pooler(session: Session, where: str) -> None:
    """Raise DatabaseUnusable when sessions are shared, as by PgBouncer with pool_mode = transaction.

    Two connections that are both open have a server process each, unless a pooler lends one to both.
    """
    with closing(Session.connect(conninfo(where), autocommit=True)) as other:
        if shared(session, other):
            raise DatabaseUnusable(
                f"{_place(where)} is behind a pooler that gives each transaction another session, such as "
                "PgBouncer with pool_mode = transaction. Its sessions have time limits and locks of their "
                "own. Set pool_mode = session for this database, or name the server itself."
            )


def shared(one: Session, other: Session) -> bool:
    """Say whether one server process works for both connections, or several for one of them."""
    seen: list[set[int]] = [set(), set()]
    for _ in range(LOOKS):
        for session, pids in zip((one, other), seen, strict=True):
            found = session.execute("SELECT pg_backend_pid()", prepare=False).fetchone()
            pids.add(found[0] if found else 0)
    return bool(seen[0] & seen[1]) or any(len(pids) > 1 for pids in seen)


def suitable(session: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Raise DatabaseUnusable when Muster cannot work with this server, database or schema."""
    version = _version(session)
    if version > len(MIGRATIONS):
        raise DatabaseUnusable(too_new(version))
    info = session.info
    if info.server_version < OLDEST:
        raise DatabaseUnusable(
            f"the server is PostgreSQL {info.server_version // 10000}, and muster needs {OLDEST // 10000} or "
            "newer. Upgrade the server, or name another one."
        )
    if info.parameter_status("server_encoding") != "UTF8":
        raise DatabaseUnusable(
            f"the database {info.dbname} does not keep its text as UTF-8. "
            f"Create one that does: createdb --encoding=UTF8 --template=template0 {info.dbname}."
        )


def _version(session: psycopg.Connection[tuple[Any, ...]]) -> int:
    found = session.execute("SELECT to_regclass('meta')").fetchone()
    return int(_value(session, "version") or 0) if found and found[0] else 0


def _value(session: psycopg.Connection[tuple[Any, ...]], key: str) -> str | None:
    found = session.execute("SELECT value FROM meta WHERE key = %s", [key]).fetchone()
    return str(found[0]) if found else None


def _migrate(session: psycopg.Connection[tuple[Any, ...]], version: int) -> None:
    session.execute(for_postgres(META).encode())
    for number, step in enumerate(MIGRATIONS[version:], version + 1):
        for statement in statements(step):
            if there := for_postgres(statement):
                session.execute(there.encode())
        log.info("schema migrated", extra={"version": number})
    session.execute(
        """INSERT INTO meta VALUES ('version', %s), ('id', replace(gen_random_uuid()::text, '-', ''))
        ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE meta.key = 'version'""",
        [str(len(MIGRATIONS))],
    )


def _place(where: str) -> str:
    parts = conninfo_to_dict(where)
    host = parts.get("host") or parts.get("hostaddr") or "localhost"
    port = f":{parts['port']}" if parts.get("port") else ""
    return f"the PostgreSQL database {parts.get('dbname') or parts.get('user') or ''} on {host}{port}"
