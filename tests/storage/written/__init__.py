"""Databases as each step of the schema was in use, kept as text; `python -m tests.storage.written` adds one.

A file is written once, when its step is new, and never again: it is what an operator's database looks like.
"""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import psycopg

from storage.migrations import META, MIGRATIONS, for_postgres, numbered, statements
from tests.engines import Server

FOLDER = Path(__file__).parent


def steps() -> list[int]:
    """Return the steps of which there is a database."""
    return sorted(int(found.stem) for found in FOLDER.glob("*.sql"))


def left_at(step: int) -> datetime:
    """Return when the database of a step was left."""
    return datetime.fromisoformat(_lines(step)[0].removeprefix("-- "))


def restored(step: int, where: Path | Server, *more: str) -> str:
    """Write the database of a step anew, as it was but for `more` statements, and return its address."""
    schema = [META, *(one for each in MIGRATIONS[:step] for one in statements(each))]
    rows = _lines(step)[1:]
    if isinstance(where, Path):
        with closing(sqlite3.connect(where / "old.db")) as db:
            db.executescript(";\n".join([*schema, *rows, *more]))
        return str(where / "old.db")
    where.session.execute("DROP DATABASE IF EXISTS old WITH (FORCE)")
    where.session.execute("CREATE DATABASE old TEMPLATE template0 ENCODING 'UTF8'")
    address = where.address.replace("/postgres?", "/old?")
    with psycopg.connect(address) as db:
        for statement in [*map(for_postgres, schema), *rows]:
            db.execute(statement.encode())
        for table in numbered() & {row.split()[2] for row in rows}:
            last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))"
            db.execute(last.encode())
        for statement in more:
            db.execute(statement.encode())
    return address


def _lines(step: int) -> list[str]:
    return (FOLDER / f"{step:04}.sql").read_text(encoding="utf-8").splitlines()
