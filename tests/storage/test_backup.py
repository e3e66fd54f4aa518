"""Copies of a database that is in use."""

import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage.backup import Copy, back_up, copied, opened, placed
from storage.database import DatabaseBusy, DatabaseUnusable
from storage.sqlite import SqliteDatabase
from tests.fakes import NOON

EVENT = "INSERT INTO seen_events VALUES (:id, :text)"
LARGE = "x" * 20_000

NO_ROOM = """
import resource, sys
from pathlib import Path
from storage.backup import back_up
from storage.database import DatabaseUnusable
from tests.fakes import NOON
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    back_up(sys.argv[1], Path(sys.argv[2]), at=NOON, replace=True)
except DatabaseUnusable as error:
    print(error)
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "muster.db"


@pytest.fixture
def database(source: Path) -> Iterator[SqliteDatabase]:
    """A database in use, as a bot that runs holds it."""
    database = SqliteDatabase(str(source))
    yield database
    database.close()


def copy_of(source: Path, *, replace: bool = False) -> Copy:
    return back_up(str(source), source.parent / "copy.db", at=NOON, replace=replace)


def write(database: SqliteDatabase, *names: str, text: str = "") -> None:
    with database.transaction() as connection:
        for name in names:
            connection.execute(EVENT, {"id": name, "text": text})


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [row[0] for row in db.execute("SELECT id FROM seen_events ORDER BY rowid")]


def meta(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT key, value FROM meta"))


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("muster.db"))


def test_what_is_still_in_the_log_is_copied_too(source: Path, database: SqliteDatabase) -> None:
    write(database, "first", "second")
    assert (source.parent / "muster.db-wal").stat().st_size > 0

    copy = copy_of(source)

    assert names(copy.path) == ["first", "second"]
    assert (copy.incidents, copy.pages, copy.bytes) == (0, 0, copy.path.stat().st_size)
    assert left_over(source.parent) == ["copy.db"]


def test_a_copy_is_for_its_owner_and_says_how_old_it_is(source: Path, database: SqliteDatabase) -> None:
    copy = copy_of(source)

    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600
    assert meta(copy.path)["backup_at"] == NOON.isoformat()
    assert meta(copy.path)["id"] == database.id
    assert "backup_at" not in meta(source)


def test_a_copy_of_a_copy_that_is_not_reconciled_is_as_old_as_that_one(source: Path) -> None:
    SqliteDatabase(str(source)).close()
    first = copy_of(source)

    second = back_up(str(first.path), source.parent / "second.db", at=NOON.replace(year=2030))

    assert meta(second.path)["backup_at"] == NOON.isoformat()


def test_the_bot_commits_while_it_is_copied_and_the_copy_is_of_one_moment(
    source: Path, database: SqliteDatabase
) -> None:
    write(database, *(f"old{number}" for number in range(1000)), text=LARGE)
    database._db.conn.execute("PRAGMA busy_timeout = 0")  # who would have to wait is refused
    committed, refused = 0, 0
    copying = threading.Event()
    copying.set()

    def commit() -> None:
        nonlocal committed, refused
        while copying.is_set():
            try:
                write(database, f"new{committed}")
                committed += 1
            except DatabaseBusy:
                refused += 1

    bot = threading.Thread(target=commit)
    bot.start()
    before = committed
    copies = [copy_of(source, replace=True) for _ in range(3)]
    during = committed - before
    copying.clear()
    bot.join()

    found = [name for name in names(copies[-1].path) if name.startswith("new")]
    assert found == [f"new{number}" for number in range(len(found))]
    assert during > 10
    assert refused == 0


def test_the_lock_of_the_bot_is_left_alone(source: Path, database: SqliteDatabase) -> None:
    lock = source.parent / "muster.db.lock"
    before = (lock.read_text(), lock.stat().st_mtime_ns)

    copy_of(source)

    assert (lock.read_text(), lock.stat().st_mtime_ns) == before
    with pytest.raises(DatabaseUnusable, match="in use"):
        SqliteDatabase(str(source))


def test_a_file_that_is_there_is_kept_unless_it_is_to_be_replaced(source: Path) -> None:
    SqliteDatabase(str(source)).close()
    target = source.parent / "copy.db"
    target.write_text("precious")

    with pytest.raises(DatabaseUnusable, match=r"there already.*--force"):
        copy_of(source)
    kept = target.read_text()
    copy_of(source, replace=True)

    assert kept == "precious"
    assert "version" in meta(target)


def test_the_database_is_not_replaced_by_its_own_copy(source: Path) -> None:
    SqliteDatabase(str(source)).close()

    with pytest.raises(DatabaseUnusable, match="the database itself"):
        back_up(str(source), source, at=NOON, replace=True)


def test_what_is_no_database_of_musters_is_not_copied(source: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=r"muster\.db does not exist"):
        copy_of(source)
    sqlite3.connect(source).execute("CREATE TABLE other (id TEXT)").connection.close()
    with pytest.raises(DatabaseUnusable, match="no Muster database"):
        copy_of(source)
    source.write_text("not a database, but long enough to look at" * 100)
    with pytest.raises(DatabaseUnusable, match="no Muster database"):
        copy_of(source)

    assert left_over(source.parent) == []


def test_a_newer_database_is_not_copied(source: Path) -> None:
    SqliteDatabase(str(source)).close()
    with closing(sqlite3.connect(source, isolation_level=None)) as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'version'")

    with pytest.raises(DatabaseUnusable, match="schema version 99"):
        copy_of(source)


def test_a_damaged_database_makes_no_copy_and_leaves_the_old_one(source: Path) -> None:
    database = SqliteDatabase(str(source))
    write(database, *(f"row{number}" for number in range(500)), text="x" * 500)
    database.close()
    copy_of(source)
    with source.open("r+b") as file:
        file.seek(source.stat().st_size // 2)
        file.write(b"\0" * 20_000)

    with pytest.raises(DatabaseUnusable, match=r"muster\.db is damaged.*Nothing was replaced"):
        copy_of(source, replace=True)

    assert len(names(source.parent / "copy.db")) == 500
    assert left_over(source.parent) == ["copy.db"]


def test_without_room_the_old_copy_stays(source: Path, database: SqliteDatabase) -> None:
    write(database, "first")
    copy_of(source)
    write(database, "second", text="x" * 200_000)
    target = source.parent / "copy.db"

    said = subprocess.run(
        [sys.executable, "-c", NO_ROOM, str(source), str(target)], capture_output=True, text=True, check=True
    ).stdout

    assert "copy.db could not be written" in said
    assert "Nothing was replaced. Is there room on that disk?" in said
    assert names(target) == ["first"]
    assert left_over(source.parent) == ["copy.db"]


def test_a_folder_that_is_not_there_is_named(source: Path) -> None:
    SqliteDatabase(str(source)).close()

    with pytest.raises(DatabaseUnusable, match="there is no folder"):
        back_up(str(source), source.parent / "no" / "copy.db", at=NOON)


@pytest.mark.proof
def test_killed_on_its_way_it_leaves_no_half_copy_under_the_name(
    source: Path, database: SqliteDatabase
) -> None:
    write(database, *(f"row{number}" for number in range(1500)), text=LARGE)
    command = [
        sys.executable,
        "-m",
        "bot",
        "backup",
        str(source.parent / "copy.db"),
        "--database",
        str(source),
    ]

    while not list(source.parent.glob(".copy.db.*")):  # it may have been done before it was killed
        (source.parent / "copy.db").unlink(missing_ok=True)
        running = subprocess.Popen(command)
        while not list(source.parent.glob(".copy.db.*")) and running.poll() is None:
            time.sleep(0.001)
        running.kill()
        running.wait()

    assert not (source.parent / "copy.db").exists()
    write(database, "after")
    assert names(copy_of(source).path)[-1] == "after"
    assert left_over(source.parent) == ["copy.db"]


def test_what_killed_copies_left_is_removed_and_nothing_else(source: Path, database: SqliteDatabase) -> None:
    for name in (
        ".monday.db.x1.muster-part",
        ".monday.db.x1.muster-part-journal",
        ".film.part",
        "note.muster-part",
    ):
        (source.parent / name).write_text("whatever")

    copy_of(source)

    assert left_over(source.parent) == [".film.part", "copy.db", "note.muster-part"]


def test_a_copy_leaves_another_one_alone_that_is_being_made(source: Path, database: SqliteDatabase) -> None:
    other = source.parent / "other.db"

    with opened(str(source)) as db, copied(db, str(source), other) as part:
        copy_of(source)
        assert part.exists()
        placed(part, other)

    assert left_over(source.parent) == ["copy.db", "other.db"]
