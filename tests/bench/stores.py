"""The databases that figures are taken on: a SQLite file, and a PostgreSQL server of our own."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import psycopg

from tests.bench.wal import commits
from tests.engines import Server


class Store(Protocol):
    """One database that a bot works in."""

    @property
    def where(self) -> str: ...

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Answer a question while the bot is at work."""
        ...

    def written(self) -> int | None:
        """Return a number that grows by one with each transaction that writes, if it can be told."""
        ...


class Engine(Protocol):
    """What makes databases."""

    name: str

    def filled(self, incidents: int) -> str:
        """Return where the database is that others with so many incidents are copied from."""
        ...

    def store(self, folder: Path, incidents: int) -> Store:
        """Make a database: an empty one, or a copy."""
        ...


@dataclass(frozen=True)
class SqliteStore:
    where: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.where}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()

    def written(self) -> int | None:
        return commits(Path(self.where))


class Sqlite:
    name = f"SQLite {sqlite3.sqlite_version}"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def filled(self, incidents: int) -> str:
        return str(self._folder / f"{incidents}.db")

    def store(self, folder: Path, incidents: int) -> Store:
        path = str(folder / "muster.db")
        if incidents:
            shutil.copy(self.filled(incidents), path)
        return SqliteStore(path)


@dataclass(frozen=True)
class PostgresStore:
    where: str
    session: psycopg.Connection[tuple[Any, ...]]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.where, autocommit=True) as session:
            return session.execute(sql.encode()).fetchall()

    def written(self) -> int | None:
        """Return the next transaction's number: PostgreSQL gives one to those that write, and to no other."""
        found = self.session.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
        return int(found[0]) if found else None


class Postgres:
    """Databases on one server, which is as safe as an operator has it: it waits for its disk."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._numbers = count(1)
        version = server.session.info.server_version
        self.name = f"PostgreSQL {version // 10000}.{version % 10000}"

    def filled(self, incidents: int) -> str:
        """Return its address, and make an empty one if there is none."""
        name = f"filled_{incidents}"
        known = self._server.session.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not known.fetchone():
            self._server.session.execute(f"CREATE DATABASE {name}".encode())
        return self._address(name)

    def store(self, folder: Path, incidents: int) -> Store:
        name = f"bench_{next(self._numbers)}"
        like = f" TEMPLATE filled_{incidents}" if incidents else ""
        self._server.session.execute(f"CREATE DATABASE {name}{like}".encode())
        return PostgresStore(self._address(name), self._server.session)

    def settle(self, incidents: int) -> None:
        """Let it look at its tables, as it does by itself within minutes."""
        with psycopg.connect(self.filled(incidents), autocommit=True) as session:
            session.execute("VACUUM ANALYZE")

    def _address(self, name: str) -> str:
        return urlsplit(self._server.address)._replace(path=f"/{name}").geturl()


@dataclass(frozen=True)
class Setup:
    """What is measured: so many replicas on an engine."""

    engine: Engine
    replicas: int

    @property
    def title(self) -> str:
        number = {1: "one replica", 3: "three replicas"}.get(self.replicas, f"{self.replicas} replicas")
        return f"{self.engine.name}, {number}"


@contextmanager
def dropped(store: Store) -> Iterator[None]:
    """Drop a database on a server afterwards."""
    try:
        yield
    finally:
        if isinstance(store, PostgresStore):
            name = urlsplit(store.where).path.lstrip("/")
            store.session.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
