"""What a rehearsal takes over from a database: who and what is there. A bot may be at work in it."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TypeAlias

from sqlite_utils import Database as SqliteUtils

from storage.backup import opened
from storage.database import Database, DatabaseUnusable
from storage.engines import file_of, is_postgres, open_database, schema_of, without_password
from storage.migrations import MIGRATIONS
from storage.moving import insert
from storage.sqlite import SqliteConnection
from storage.transaction import Connection, Row

Workspace: TypeAlias = Mapping[str, Sequence[Row]]
"""The rows of each table that says who and what is there."""

_TABLES = ("people", "places")


def workspace_of(where: str) -> Workspace:
    """Read who and what is there, and change nothing. Nobody is where there is no database yet."""
    version = schema_of(where)
    if not version:
        return {}
    if is_postgres(where) and version < len(MIGRATIONS):
        raise DatabaseUnusable(f"{without_password(where)} is of an older muster. Run: muster migrate")
    if is_postgres(where):
        with closing(open_database(where)) as database, database.transaction(writing=False) as connection:
            return _read(connection)
    with opened(file_of(where)) as db:
        return _read(SqliteConnection(SqliteUtils(db)))


def take_over(database: Database, workspace: Workspace) -> None:
    """Write who and what is there into an empty database."""
    with database.transaction() as connection:
        for table, rows in workspace.items():
            insert(connection, table, iter(rows))


def _read(connection: Connection) -> Workspace:
    return {table: list(connection.scan(table)) for table in _TABLES}
