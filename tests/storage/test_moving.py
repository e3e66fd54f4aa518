"""Everything moves from one engine to the other, once, and nothing else."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
import pytest

from storage.database import DatabaseUnusable
from storage.engines import open_database
from storage.migrations import tables
from storage.moving import go_on_with, move
from storage.sqlite import SqliteDatabase
from tests.engines import Server
from tests.patience import PATIENCE

Contents: TypeAlias = dict[str, list[tuple[Any, ...]]]
Fresh: TypeAlias = Callable[[str], str]
"""Makes an empty database of an engine and returns its address."""

SMALL_DISK = """
import resource, sys
from storage.database import DatabaseUnusable
from storage.engines import open_database
from storage.moving import move
open_database(sys.argv[2]).close()
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    move(sys.argv[1], sys.argv[2])
except DatabaseUnusable as error:
    print(error)
"""


@pytest.fixture
def source(tmp_path: Path) -> str:
    """A database with a row in every table, a merged incident, and numbers further than the rows."""
    path = tmp_path / "muster.db"
    SqliteDatabase(str(path)).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for name in in_the_file(path):
            _fill(db, name)
        _fill(db, "incidents")
        db.execute("UPDATE incidents SET merged_into = 2 WHERE id = 1")  # one that comes after it
        db.execute("UPDATE sqlite_sequence SET seq = 77")
        db.execute("UPDATE people SET name = 'Zoë \U0001f600' || char(0) || 'x'")
        db.execute("UPDATE pages SET late = 0.1 + 0.2")
    return f"sqlite:{path}"


@pytest.fixture
def fresh(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Fresh]:
    made: list[str] = []

    def make(engine: str) -> str:
        if engine == "sqlite":
            return f"sqlite:{tmp_path / 'other.db'}"
        server: Server = request.getfixturevalue("postgres")
        name = f"moved{time.monotonic_ns()}"
        server.session.execute(f"CREATE DATABASE {name}".encode())
        made.append(name)
        return re.sub(r"/postgres(\?|$)", rf"/{name}\1", server.address)

    yield make
    for name in made:
        request.getfixturevalue("postgres").session.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _fill(db: sqlite3.Connection, table: str) -> None:
    """Write a row with the least that its table asks for."""
    [[made]] = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", [table])
    words = dict(re.findall(r"CHECK \(\s*(\w+) IN \('(\w+)'", made))
    words |= dict.fromkeys(re.findall(r"CHECK \((\w+) <?> \w+\)", made), "2")
    words |= {"role": ""} if "thing = 'role'" in made else {}
    columns = [column for column in db.execute(f"PRAGMA table_info({table})") if column[3]]
    values = [words.get(name, "1") if kind == "TEXT" else 1 for _, name, kind, *_ in columns]
    names = ", ".join(column[1] for column in columns)
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", values)


def in_the_file(path: str | Path) -> list[str]:
    """Return the tables as SQLite lists them, whatever the code believes that there are, but for an index."""
    with closing(sqlite3.connect(path)) as db:
        found = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")
        ours = (name for (name,) in found if not name.startswith(("sqlite_", "words_found")))
        return [name for name in ours if name != "meta"]


def contents(address: str) -> Contents:
    database = open_database(address, moved=True)
    try:
        with database.transaction(writing=False) as connection:
            return {
                name: [tuple(row[key] for key in sorted(row)) for row in connection.scan(name)]
                for name in (*tables(), "meta")
            }
    finally:
        database.close()


def values(found: Contents, key: str) -> str | None:
    return {name: value for name, value in found["meta"]}.get(key)  # noqa: C416 - typed so


def file_of(address: str) -> str:
    return address.removeprefix("sqlite:")


def write(address: str, sql: str) -> None:
    with closing(open_database(address, moved=True)) as database:
        database.run(lambda connection: connection.execute(sql, {}))


def without_nul(found: Contents) -> Contents:
    return {
        name: [tuple(one.replace("\0", "�") if isinstance(one, str) else one for one in row) for row in rows]
        for name, rows in found.items()
        if name != "meta"
    }


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_every_table_is_moved_with_its_ids_and_the_databases_own(
    source: str, fresh: Fresh, engine: str
) -> None:
    target = fresh(engine)

    moved = move(source, target)

    before, after = contents(source), contents(target)
    assert set(in_the_file(file_of(source))) == set(tables()) == {table.name for table in moved.tables}
    assert all(before[name] for name in tables())
    assert without_nul(after) == without_nul(before)
    assert values(after, "id") == values(before, "id")
    assert values(after, "moved_to") is None
    twice = {"incidents": 2, "incident_words": 2}  # the second one's words are written at the start
    assert {table.name: table.rows for table in moved.tables if table.rows != 1} == twice


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_numbers_go_on_where_they_were(source: str, fresh: Fresh, engine: str) -> None:
    target = fresh(engine)
    move(source, target)

    with closing(open_database(target)) as database, database.transaction() as connection:
        [row] = connection.query(
            """INSERT INTO outbox (event, job, lane, urgent, subject, state, due_at, created_at, attempt)
            VALUES ('', '', '', 0, '{}', 'sent', '', '', 0) RETURNING id""",
            {},
        )

    assert row["id"] == 78


def test_there_and_back_again_nothing_has_changed(source: str, fresh: Fresh) -> None:
    before = contents(source)
    target = fresh("postgres")

    move(source, target)
    write(target, "UPDATE incidents SET name = 'Changed there'")
    move(target, source)

    after = contents(source)
    assert after["incidents"] != before["incidents"]
    assert after["pages"] == before["pages"]
    assert values(after, "moved_to") is None
    with pytest.raises(DatabaseUnusable, match="was moved to sqlite:"):
        open_database(target)


def test_an_old_process_refuses_with_the_new_address_and_no_password(source: str, fresh: Fresh) -> None:
    target = fresh("postgres").replace("//postgres:@", "//postgres:secret@")
    move(source, target)

    with pytest.raises(DatabaseUnusable, match="was moved to postgresql://postgres@") as refused:
        open_database(source)

    assert "secret" not in str(refused.value)
    go_on_with(source)
    open_database(source).close()


def test_a_second_time_it_was_moved_already(source: str, fresh: Fresh) -> None:
    target = fresh("postgres")
    move(source, target)
    write(target, "UPDATE incidents SET name = 'Changed there'")
    after = contents(target)

    again = move(source, target)

    assert again.before
    assert contents(target) == after


def test_died_before_the_old_one_was_marked_it_is_made_again(source: str, fresh: Fresh) -> None:
    target = fresh("postgres")
    move(source, target)
    go_on_with(source)

    moved = move(source, target)

    assert not moved.before
    assert values(contents(source), "moved_to")


def test_another_state_of_the_same_database_is_replaced_only_when_told_to(source: str, fresh: Fresh) -> None:
    target = fresh("postgres")
    move(source, target)
    go_on_with(source)
    write(target, "UPDATE incidents SET name = 'Changed there'")

    with pytest.raises(DatabaseUnusable, match="another state of this database"):
        move(source, target)
    move(source, target, force=True)

    assert without_nul(contents(target)) == without_nul(contents(source))


def test_what_somebody_else_keeps_is_never_replaced(source: str, fresh: Fresh) -> None:
    target = fresh("postgres")
    write(target, "INSERT INTO people VALUES ('U1', 'Other', NULL, 1, NULL)")
    before = contents(target)

    for force in (False, True):
        with pytest.raises(DatabaseUnusable, match=r"holds something else \(there are people\)"):
            move(source, target, force=force)

    assert contents(target) == before
    assert values(contents(source), "moved_to") is None


def test_a_state_that_is_out_of_date_is_not_moved_on(source: str, fresh: Fresh, tmp_path: Path) -> None:
    move(source, fresh("postgres"))

    with pytest.raises(DatabaseUnusable, match="is out of date"):
        move(source, f"sqlite:{tmp_path / 'third.db'}")


@pytest.mark.parametrize("name", ["", "&application_name=pager"])
def test_nothing_is_moved_while_somebody_is_at_work(source: str, fresh: Fresh, name: str) -> None:
    target = fresh("postgres")
    with closing(open_database(source)), pytest.raises(DatabaseUnusable, match="in use by another muster"):
        move(source, target)
    with (
        closing(open_database(target + name)),
        pytest.raises(DatabaseUnusable, match="1 connections of Muster's are open"),
    ):
        move(source, target)


@pytest.mark.proof
def test_killed_half_way_it_leaves_nothing_and_is_made_again(source: str, fresh: Fresh) -> None:
    target = fresh("postgres")
    many = [(f"E{number}", "x" * 500) for number in range(60_000)]
    with closing(sqlite3.connect(file_of(source))) as db, db:
        db.executemany("INSERT INTO seen_events VALUES (?, ?)", many)
    command = [sys.executable, "-m", "bot", "move", "--from", source, "--to", target]

    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    with psycopg.connect(target, autocommit=True) as looking:
        while running.poll() is None and not looking.execute(_INSERTING).fetchone():
            time.sleep(0.002)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()

    assert running.returncode == -signal.SIGKILL
    _until_left_alone(target)
    assert not any(rows for name, rows in contents(target).items() if name != "meta")
    assert values(contents(source), "moved_to") is None
    moved = move(source, target)
    assert {table.name: table.rows for table in moved.tables}["seen_events"] == 60_001


_INSERTING = b"""SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'INSERT INTO seen_events%'"""


def _until_left_alone(target: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with closing(open_database(target, moved=True)) as database:
            if not database.others():
                return
        time.sleep(0.05)
    raise AssertionError("its connection is not gone")


def test_without_room_both_stay_as_they_were(source: str, fresh: Fresh) -> None:
    target = fresh("sqlite")
    with closing(sqlite3.connect(file_of(source))) as db, db:
        db.executemany("INSERT INTO seen_events VALUES (?, ?)", [(f"E{n}", "x" * 500) for n in range(2_000)])

    said = subprocess.run(
        [sys.executable, "-c", SMALL_DISK, source, target], capture_output=True, text=True, check=True
    ).stdout

    assert "it could not be moved" in said
    assert not any(rows for name, rows in contents(target).items() if name != "meta")
    assert values(contents(source), "moved_to") is None


def test_a_database_is_not_moved_to_itself(source: str) -> None:
    with pytest.raises(DatabaseUnusable, match="the same database"):
        move(source, source)
