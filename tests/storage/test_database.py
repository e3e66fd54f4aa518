import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from storage.database import DatabaseBusy, DatabaseUnusable
from storage.migrations import MIGRATIONS
from storage.sqlite import MEMORY, SqliteDatabase

NOBODY = 65534

OTHER_PROCESS = """
import sys
from storage.sqlite import SqliteDatabase

database = SqliteDatabase(sys.argv[1])
insert = "INSERT INTO seen_events (id, at) VALUES (:id, '')"
with database.transaction() as connection:
    connection.execute(insert, {"id": "committed"})
with database.transaction() as connection:
    connection.execute(insert, {"id": "not committed"})
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "muster.db")


@contextmanager
def other_process(path: str) -> Iterator[subprocess.Popen[str]]:
    """Have another process open the database and stand still in the middle of a transaction."""
    with subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def powerless() -> Iterator[None]:
    """Act as a user who owns nothing, since permissions do not stop root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def open_files() -> list[str]:
    """Return what this process has open; nothing where the system does not say."""
    return [str(link.readlink()) for link in Path("/proc/self/fd").glob("*") if link.is_symlink()]


def ids(database: SqliteDatabase) -> list[str]:
    with database.transaction() as connection:
        return [row["id"] for row in connection.query("SELECT id FROM seen_events ORDER BY id", {})]


def pragma(database: SqliteDatabase, name: str) -> object:
    with database.transaction() as connection:
        return next(iter(connection.query(f"PRAGMA {name}", {})[0].values()))


def test_each_commit_waits_for_the_disk(path: str) -> None:
    database = SqliteDatabase(path)

    assert pragma(database, "journal_mode") == "wal"
    assert pragma(database, "synchronous") == 2  # FULL
    assert pragma(database, "foreign_keys") == 1
    database.close()


def test_migrations_are_applied_once_and_the_database_keeps_its_name(path: str) -> None:
    first = SqliteDatabase(path)
    with first.transaction() as connection:
        connection.execute("INSERT INTO seen_events (id, at) VALUES ('kept', '')", {})
    first.close()

    second = SqliteDatabase(path)

    assert second.id == first.id
    assert ids(second) == ["kept"]
    with second.transaction() as connection:
        (version,) = connection.query("SELECT value FROM meta WHERE key = 'version'", {})
    assert version["value"] == str(len(MIGRATIONS))
    second.close()


def test_two_databases_have_two_names() -> None:
    one, other = SqliteDatabase(MEMORY), SqliteDatabase(MEMORY)

    assert one.id != other.id
    one.close()
    other.close()


def test_an_exception_takes_back_everything_of_its_transaction() -> None:
    database = SqliteDatabase(MEMORY)

    def half_a_decision() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO seen_events (id, at) VALUES ('gone', '')", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_a_decision()

    assert ids(database) == []
    database.close()


def test_a_file_that_is_no_database_is_named(path: str) -> None:
    Path(path).write_text("Dear diary, " * 200, encoding="utf-8")

    with pytest.raises(DatabaseUnusable, match="is not a SQLite database"):
        SqliteDatabase(path)

    assert Path(path).read_text(encoding="utf-8").startswith("Dear diary")


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="cannot be opened"):
        SqliteDatabase(str(tmp_path))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="does its folder exist"):
        SqliteDatabase(str(tmp_path / "nowhere" / "muster.db"))


@pytest.mark.parametrize("writable_folder", [False, True])
def test_a_file_that_may_not_be_written_says_so(writable_folder: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "muster.db"
        SqliteDatabase(str(path)).close()
        path.chmod(0o444)
        Path(folder).chmod(0o777 if writable_folder else 0o555)
        Path(f"{path}.lock").chmod(0o666)

        with powerless(), pytest.raises(DatabaseUnusable, match=r"cannot be (written|opened).*write"):
            SqliteDatabase(str(path))

        Path(folder).chmod(0o755)


def test_a_database_of_a_newer_version_is_left_alone(path: str) -> None:
    SqliteDatabase(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
    connection.close()

    with pytest.raises(DatabaseUnusable, match=r"schema version 99.*a newer one"):
        SqliteDatabase(path)

    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone() == ("99",)
    connection.close()


def test_a_second_process_is_sent_away_and_told_who_has_it(path: str) -> None:
    with (
        other_process(path) as process,
        pytest.raises(DatabaseUnusable, match=rf"another muster process \(pid {process.pid}\)"),
    ):
        SqliteDatabase(path)


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_second_process_is_sent_away_under_another_name_too(path: str, link: Callable[[str, str], None]):
    other = Path(path).with_name("other")
    other.mkdir()
    with other_process(path):
        link(path, str(other / "state.db"))

        with pytest.raises(DatabaseUnusable, match="in use by another muster process"):
            SqliteDatabase(str(other / "state.db"))


def test_a_killed_process_frees_the_file_and_loses_only_what_it_did_not_commit(path: str) -> None:
    with other_process(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()

        database = SqliteDatabase(path)

    assert ids(database) == ["committed"]
    database.close()


def test_one_that_could_not_be_opened_is_free_for_the_next(path: str) -> None:
    Path(path).write_text("Dear diary, " * 200, encoding="utf-8")
    with pytest.raises(DatabaseUnusable):
        SqliteDatabase(path)
    assert not [file for file in open_files() if file.startswith(path)]
    Path(path).unlink()

    SqliteDatabase(path).close()


def test_it_knows_whether_it_takes_a_commit(path: str) -> None:
    database = SqliteDatabase(path)
    assert not database.unwritable()

    other = sqlite3.connect(path)
    other.execute("DROP TABLE meta")
    other.commit()
    other.close()

    assert database.unwritable()
    database.close()


@contextmanager
def a_backup_that_writes(path: str) -> Iterator[sqlite3.Connection]:
    """Hold the write lock, as another program may that knows nothing of ours."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        other.close()


def test_a_decision_that_reads_first_waits_for_another_writer_too(path):
    with closing(SqliteDatabase(path)) as database, a_backup_that_writes(path) as other:
        database._db.execute("PRAGMA busy_timeout = 5000")
        threading.Timer(0.2, other.rollback).start()

        with database.transaction() as connection:
            connection.query("SELECT * FROM seen_events", {})
            connection.execute("INSERT INTO seen_events (id, at) VALUES ('one', '')", {})

        with database.transaction(writing=False) as connection:
            assert connection.query("SELECT id FROM seen_events", {}) == [{"id": "one"}]


def test_a_writer_that_stays_is_told_apart_from_other_faults_and_keeps_nobody_from_reading(path):
    with closing(SqliteDatabase(path)) as database, a_backup_that_writes(path):
        with database.transaction(writing=False) as connection:
            connection.query("PRAGMA busy_timeout = 1", {})
            assert connection.query("SELECT * FROM seen_events", {}) == []

        with pytest.raises(DatabaseBusy), database.transaction():
            pytest.fail("nothing may happen in it")


def many(database: SqliteDatabase) -> None:
    """Write more than a small cache holds, and have it on the disk."""
    database.run(
        lambda connection: [
            connection.execute("INSERT INTO seen_events (id, at) VALUES (hex(randomblob(500)), '')", {})
            for _ in range(500)
        ]
    )
    database._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database._db.execute("PRAGMA cache_size = 1")


def test_damage_under_a_running_bot_is_no_bug_and_says_what_to_do(path: str) -> None:
    database = SqliteDatabase(path)
    many(database)
    with Path(path).open("r+b") as file:
        file.seek(40 * 4096)
        file.write(b"\xde\xad" * 2048 * 80)

    with pytest.raises(DatabaseBusy, match=r"is damaged .*muster restore FILE --database"):
        database.run(lambda connection: connection.query("SELECT id, at FROM seen_events", {}), writing=False)

    database.close()


def test_a_mistake_in_a_statement_stays_one(path: str) -> None:
    database = SqliteDatabase(path)

    with pytest.raises(sqlite3.OperationalError):
        database.run(lambda connection: connection.query("SELECT nothing FROM nowhere", {}))
    with pytest.raises(sqlite3.IntegrityError):
        database.run(lambda connection: connection.execute("INSERT INTO meta VALUES ('id', 'x')", {}))

    database.close()
