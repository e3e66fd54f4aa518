"""Copies are put back: whole, onto a database that nobody uses, and marked as an older state."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from storage.backup import back_up
from storage.database import DatabaseUnusable
from storage.engines import open_database
from storage.restoring import Restored, mark_restored, restore
from storage.sqlite import SqliteDatabase
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident
from tests.storage.test_backup import left_over, meta

LATER = NOON + timedelta(hours=3)

NO_ROOM = """
import resource, sys
from pathlib import Path
from storage.database import DatabaseUnusable
from storage.restoring import restore
from tests.fakes import NOON
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    restore(Path(sys.argv[1]), sys.argv[2], at=NOON, replace=True)
except DatabaseUnusable as error:
    print(error)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def address(folder: Path) -> str:
    return str(folder / "muster.db")


@pytest.fixture
def copy(office: Office, folder: Path) -> Path:
    """A copy with one incident of a database that has two, and that nobody uses any more."""
    given_incident(office, name="Before")
    back_up(office.database.where, folder / "copy.db", at=NOON)
    given_incident(office, name="After", channel="CAFTER")
    office.database.close()
    return folder / "copy.db"


def put_back(copy: Path, *, replace: bool = False) -> Restored:
    return restore(copy, str(copy.parent / "muster.db"), at=LATER, replace=replace)


def names(path: Path | str) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [row[0] for row in db.execute("SELECT name FROM incidents ORDER BY id")]


def test_a_copy_takes_the_place_of_a_database_that_is_kept(copy: Path, folder: Path, address: str) -> None:
    done = put_back(copy, replace=True)

    assert names(address) == ["Before"]
    assert done.kept == folder / "muster.db.before-20260302T150000Z"
    assert names(done.kept) == ["Before", "After"]
    assert left_over(folder) == ["copy.db"]
    SqliteDatabase(address).close()


def test_what_was_in_the_log_of_the_old_one_is_kept_and_not_read_into_the_new_one(
    copy: Path, folder: Path, address: str
) -> None:
    killed = f"""
import os
from storage.sqlite import SqliteDatabase
database = SqliteDatabase({address!r})
with database.transaction() as connection:
    connection.execute("UPDATE incidents SET name = 'In the log'", {{}})
os._exit(1)
"""
    subprocess.run([sys.executable, "-c", killed], check=False)
    assert (folder / "muster.db-wal").stat().st_size > 0

    done = put_back(copy, replace=True)

    assert names(address) == ["Before"]
    assert done.kept
    assert names(done.kept) == ["In the log", "In the log"]


def test_it_says_of_when_it_is_until_it_is_reconciled(copy: Path, address: str) -> None:
    done = put_back(copy, replace=True)

    assert done.of == NOON
    assert meta(Path(address))["backup_at"] == NOON.isoformat()
    assert meta(Path(address))["restored_at"] == LATER.isoformat()


def test_a_file_that_muster_did_not_copy_is_as_old_as_the_newest_thing_in_it(
    copy: Path, folder: Path, address: str
) -> None:
    SqliteDatabase(address).close()
    (folder / "snapshot.db").write_bytes(Path(address).read_bytes())

    done = restore(folder / "snapshot.db", str(folder / "other.db"), at=LATER)

    assert done.of == NOON
    assert names(folder / "other.db") == ["Before", "After"]


def test_a_database_that_holds_something_is_replaced_only_when_told_to(copy: Path, address: str) -> None:
    with pytest.raises(DatabaseUnusable, match=r"holds incidents already.*--force"):
        put_back(copy)

    assert names(address) == ["Before", "After"]


@pytest.mark.parametrize("there", ["nothing", "an empty file", "an empty database"])
def test_a_place_where_nothing_is_needs_no_force(copy: Path, folder: Path, address: str, there: str) -> None:
    Path(address).unlink()
    if there == "an empty file":
        Path(address).touch()
    elif there == "an empty database":
        SqliteDatabase(address).close()

    assert put_back(copy).kept is None
    assert names(address) == ["Before"]


def test_a_database_that_is_damaged_beyond_reading_is_kept_too(copy: Path, address: str) -> None:
    Path(address).write_bytes(b"\0" * 50_000)

    with pytest.raises(DatabaseUnusable, match=r"cannot be read.*--force"):
        put_back(copy)
    done = put_back(copy, replace=True)

    assert names(address) == ["Before"]
    assert done.kept
    assert done.kept.read_bytes() == b"\0" * 50_000


def test_the_log_of_a_damaged_one_is_not_read_into_the_copy(copy: Path, folder: Path, address: str) -> None:
    log = folder / "muster.db-wal"
    Path(address).write_bytes(b"\0" * 50_000)
    log.write_bytes(b"a log that belongs to what was damaged")

    put_back(copy, replace=True)

    assert not log.exists()
    assert names(address) == ["Before"]


@pytest.mark.parametrize("text", ["", "no database, but long enough to look at" * 100])
def test_what_is_no_database_is_not_restored_and_stays_as_it_is(
    folder: Path, address: str, text: str
) -> None:
    source = folder / "copy.db"
    source.write_text(text)

    with pytest.raises(DatabaseUnusable) as refused:
        restore(source, address, at=LATER, replace=True)

    assert str(refused.value) == f"{source} is no Muster database. Name another file."
    assert source.read_text() == text
    assert not Path(address).exists()


def test_nothing_is_put_under_a_bot_that_runs(copy: Path, address: str) -> None:
    bot = SqliteDatabase(address)

    with pytest.raises(DatabaseUnusable, match="in use by another muster process"):
        put_back(copy, replace=True)

    bot.close()
    assert names(address) == ["Before", "After"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("UPDATE meta SET value = '99' WHERE key = 'version'", "schema version 99"),
        ("DROP TABLE meta", "no Muster database"),
    ],
)
def test_a_copy_that_this_muster_cannot_use_is_refused(
    copy: Path, folder: Path, address: str, spoil: str, said: str
) -> None:
    with closing(sqlite3.connect(copy, isolation_level=None)) as db:
        db.execute(spoil)

    with pytest.raises(DatabaseUnusable, match=said):
        put_back(copy, replace=True)

    assert names(address) == ["Before", "After"]


def test_a_damaged_copy_is_refused(copy: Path, folder: Path, address: str) -> None:
    with copy.open("r+b") as file:
        file.seek(copy.stat().st_size - 40_000)
        file.write(b"\xff" * 20_000)

    with pytest.raises(DatabaseUnusable, match=r"copy\.db is damaged.*Nothing was replaced"):
        put_back(copy, replace=True)

    assert names(address) == ["Before", "After"]
    assert left_over(folder) == ["copy.db"]


def test_without_room_the_database_stays(copy: Path, folder: Path, address: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", NO_ROOM, str(copy), address], capture_output=True, text=True, check=True
    ).stdout

    assert "muster.db could not be written" in said
    assert names(address) == ["Before", "After"]
    assert left_over(folder) == ["copy.db"]


def test_a_database_is_not_restored_from_itself(copy: Path, address: str) -> None:
    with pytest.raises(DatabaseUnusable, match="the database itself"):
        restore(Path(address), address, at=NOON, replace=True)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_database_that_was_put_back_by_other_means_can_be_marked(
    engine: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgres").emptied() if engine == "postgres" else None
    database = open_database(server or str(folder / "muster.db"), own_time=False)

    first = mark_restored(database, at=LATER)
    with database.transaction() as connection:
        rows = connection.query("SELECT key, value FROM meta", {})
        connection.execute("DELETE FROM meta WHERE key IN ('backup_at', 'restored_at')", {})
    database.close()

    assert first == LATER
    assert {row["key"]: row["value"] for row in rows}["backup_at"] == LATER.isoformat()
