"""What a command takes over from a database, to ask it in memory. A bot may be at work in it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TypeAlias

from sqlite_utils import Database as SqliteUtils

from bot.domain.process import Process
from storage import people
from storage.backup import opened
from storage.database import Database, DatabaseUnusable
from storage.engines import file_of, is_postgres, open_database, schema_of, without_password
from storage.known import Known
from storage.migrations import MIGRATIONS, tables
from storage.moving import insert
from storage.people import Person
from storage.sqlite import MEMORY, SqliteConnection
from storage.transaction import Connection, Row, Tx

Workspace: TypeAlias = Mapping[str, Sequence[Row]]
"""The rows of each table that says who and what is there."""

_TABLES = ("people", "places", "overrides", "calendar_shifts", "contact_methods", "notification_rules")


def workspace_of(where: str) -> Workspace:
    """Read who and what is there, and change nothing. It is empty while no bot has met Slack."""
    version = schema_of(where)
    if not version:
        return {}
    if is_postgres(where) and version < len(MIGRATIONS):
        raise DatabaseUnusable(f"{without_password(where)} is of an older muster. Run: muster migrate")
    if is_postgres(where):
        with closing(open_database(where)) as database, database.transaction(writing=False) as connection:
            return _read(connection, version)
    with opened(file_of(where)) as db:
        return _read(SqliteConnection(SqliteUtils(db)), version)


@contextmanager
def looked_into(where: str, process: Process, at: datetime) -> Iterator[Tx]:
    """Yield what reads a database as it is, and changes nothing. Raises DatabaseUnusable."""
    if schema_of(where) != len(MIGRATIONS):
        state = "does not exist, or is of another muster"
        raise DatabaseUnusable(f"{without_password(where)} {state}. Correct the name, or run: muster migrate")
    if is_postgres(where):
        with closing(open_database(where)) as database, database.transaction(writing=False) as connection:
            yield Tx(connection, at, process, {})
    else:
        with opened(file_of(where)) as db:
            yield Tx(SqliteConnection(SqliteUtils(db)), at, process, {})


@contextmanager
def written_beside(where: str, process: Process, at: datetime) -> Iterator[Tx]:
    """Yield what writes a few rows into a database beside the bot that may be running on it, or nothing of
    it. It is for what no running bot keeps in its memory. Raises DatabaseUnusable.
    """
    if schema_of(where) != len(MIGRATIONS):
        state = "does not exist, or is of another muster"
        raise DatabaseUnusable(f"{without_password(where)} {state}. Correct the name, or run: muster migrate")
    if is_postgres(where):
        with closing(open_database(where)) as database, database.transaction() as connection:
            yield Tx(connection, at, process, {})
        return
    with opened(file_of(where), writing=True) as db:
        db.execute("BEGIN IMMEDIATE")
        yield Tx(SqliteConnection(SqliteUtils(db)), at, process, {})
        db.commit()


def workspace_in(tx: Tx) -> Workspace:
    """Read the same in a database that is in use."""
    found = {table: tx.all(f"SELECT * FROM {table}") for table in _TABLES}  # noqa: S608 - names of ours
    return found if found["people"] else {}


def take_over(database: Database, workspace: Workspace) -> None:
    """Write who and what is there into an empty database."""
    with database.transaction() as connection:
        for table, rows in workspace.items():
            insert(connection, table, iter(rows))


@contextmanager
def asked_of(workspace: Workspace, process: Process, at: datetime) -> Iterator[Tx]:
    """Yield a transaction in memory in which it is `at`. In an empty workspace everybody is who is named."""
    with closing(open_database(MEMORY, own_time=False)) as database:
        take_over(database, workspace)
        with database.transaction() as connection:
            tx = Tx(connection, at, process, {})
            if not workspace:
                people.record(tx, named_people(process))
            yield tx


def asked_at(tx: Tx, moment: datetime) -> Tx:
    """Return such a transaction at another time."""
    tx.now, tx.known = moment, Known()
    return tx


def named_people(process: Process, more: Sequence[str] = ()) -> list[Person]:
    """Return everybody whom the configuration names, and `more`, as if Slack had told us of them."""
    others = (one for each in process.schedules.values() for one in (*each.shadows, *each.managers))
    named: dict[str, str] = {}
    for entry in (*process.named, *others, *process.contacts, *more):
        named.setdefault(entry.lower(), entry)
    return [
        Person(f"UNAMED{number}", entry, entry, active=True, tz=None)
        if "@" in entry
        else Person(entry, entry, None, active=True, tz=None)
        for number, entry in enumerate(named.values(), 1)
    ]


def _read(connection: Connection, version: int) -> Workspace:
    there = tables(version)
    found = {table: list(connection.scan(table)) for table in _TABLES if table in there}
    return found if found["people"] else {}  # Slack has told the bot of nobody yet
