"""Moving a database from one engine to the other: everything, once, and checked."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from storage.database import Database, DatabaseBusy, DatabaseUnusable
from storage.engines import MOVED_TO, file_of, is_postgres, open_database, schema_of, without_password
from storage.migrations import numbered, tables
from storage.transaction import Connection, Row

BATCH = 1_000
"""Rows that are sent at once."""
_MARKS = (MOVED_TO, "version")
"""What `meta` says of a place and not of what is kept there."""

_Meta: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """How many rows a table has, and a checksum of them in whatever order."""

    name: str
    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved; nothing when it had been moved before."""

    tables: tuple[Table, ...]
    before: bool


def move(source: str, target: str, *, force: bool = False) -> Moved:
    """Copy everything in one transaction into an empty database, and mark the source as moved there.

    Nothing is in the target before all of it is; so it can be repeated however it ended. Raises
    DatabaseUnusable: when somebody is at work in one of them, or the target holds something else.
    """
    if without_password(source) == without_password(target):
        raise DatabaseUnusable("Both addresses are the same database. Name another one to move to.")
    if schema_of(source) == 0:
        raise DatabaseUnusable(
            f"there is no database of Muster's at {without_password(source)}. Correct --from."
        )
    with (
        closing(open_database(source, moved=True)) as here,
        closing(open_database(target, moved=True)) as there,
    ):
        for database in (here, there):
            refuse_while_used(database)
        try:
            with here.transaction(writing=False) as reading:
                moved = there.run(lambda writing: _copied(reading, writing, target, force=force))
        except (DatabaseBusy, sqlite3.Error) as error:
            raise DatabaseUnusable(
                f"it could not be moved ({error}). Both databases are as they were; mend that and try again."
            ) from error
        here.run(lambda connection: _mark(connection, _absolute(target)))
        return moved


def _absolute(where: str) -> str:
    """Return an address that means the same from every folder, without its password."""
    return without_password(where) if is_postgres(where) else f"sqlite:{os.path.abspath(file_of(where))}"


def go_on_with(where: str) -> None:
    """Take back that a database was moved: it is used again, as it is."""
    with closing(open_database(where, moved=True)) as database:
        database.run(
            lambda connection: connection.execute("DELETE FROM meta WHERE key = :key", {"key": MOVED_TO})
        )


def refuse_while_used(database: Database) -> None:
    """Raise DatabaseUnusable while a bot is at work in the database, as far as it shows."""
    if others := database.others():
        raise DatabaseUnusable(
            f"{without_password(database.where)} is in use: {others} connections of Muster's are open. "
            "Stop every replica first."
        )


def _copied(reading: Connection, writing: Connection, target: str, *, force: bool) -> Moved:
    ours, theirs = _meta(reading), _meta(writing)
    place = without_password(target)
    same = ours["id"] == theirs["id"]
    if MOVED_TO in ours and not force:
        if same and MOVED_TO not in theirs:
            return Moved((), before=True)
        raise DatabaseUnusable(
            f"this database was moved to {ours[MOVED_TO]}, and is out of date. "
            "Move that one, or this older state with --force."
        )
    if not same:
        _refuse_what_is_not_empty(writing, place)
    elif MOVED_TO not in theirs and not force and _sums(writing) != _sums(reading):
        raise DatabaseUnusable(
            f"{place} holds another state of this database: one of the two was used since it was moved. "
            "Look which one is newer; --force replaces the one you move to."
        )
    return _everything(reading, writing, ours, place)


def _everything(reading: Connection, writing: Connection, ours: _Meta, place: str) -> Moved:
    for name in reversed(tables()):
        writing.execute(f"DELETE FROM {name}", {})  # noqa: S608 - a name of ours
    for name in tables():
        insert(writing, name, iter(reading.scan(name)))
        if name in numbered() and (last := reading.counter(name)):
            writing.count_on(name, last)
    _take_over(writing, ours)
    found = _sums(reading)
    if _sums(writing) != found:
        raise DatabaseUnusable(f"{place} does not hold what was written to it, so nothing was moved.")
    return Moved(tuple(found), before=False)


def _sums(connection: Connection) -> list[Table]:
    return [_sum(name, connection.scan(name)) for name in tables()]


def _sum(name: str, rows: Iterable[Row]) -> Table:
    number = total = 0
    for row in rows:
        values = json.dumps([_alike(row[column]) for column in sorted(row)], ensure_ascii=False)
        total += int.from_bytes(hashlib.sha256(values.encode()).digest())
        number += 1
    return Table(name, number, f"{total % 2**256:064x}"[:16])


def _alike(value: Any) -> Any:
    """Return a value as both engines keep it: one of them has no NUL in a text."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value


def insert(writing: Connection, table: str, rows: Iterator[Row]) -> None:
    while batch := list(islice(rows, BATCH)):
        values = ", ".join(f":{name}" for name in batch[0])
        writing.execute_each(f"INSERT INTO {table} ({', '.join(batch[0])}) VALUES ({values})", batch)  # noqa: S608 - ours


def _refuse_what_is_not_empty(writing: Connection, place: str) -> None:
    for name in tables():
        if writing.query(f"SELECT 1 FROM {name} LIMIT 1", {}):  # noqa: S608 - a name of ours
            raise DatabaseUnusable(
                f"{place} holds something else (there are {name}). Name an empty database."
            )


def _meta(connection: Connection) -> _Meta:
    return {row["key"]: row["value"] for row in connection.scan("meta")}


def _take_over(writing: Connection, ours: _Meta) -> None:
    writing.execute("DELETE FROM meta WHERE key <> 'version'", {})
    for key, value in ours.items():
        if key not in _MARKS:
            writing.execute("INSERT INTO meta VALUES (:key, :value)", {"key": key, "value": value})


def _mark(connection: Connection, place: str) -> None:
    connection.execute(
        "INSERT INTO meta VALUES (:key, :place) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        {"key": MOVED_TO, "place": place},
    )
