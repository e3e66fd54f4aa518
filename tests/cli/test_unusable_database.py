"""A database that cannot be used is one line that says what to do, and code 2; a mended one starts."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from storage.migrations import MIGRATIONS
from storage.sqlite import SqliteDatabase
from tests.cli.test_commands import STAFFED, TOKENS, muster, process, read_until, refused
from tests.engines import Server
from tests.full import small_disk

PAGE = 4096


@pytest.fixture(autouse=True)
def in_a_folder_with_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MUSTER_DATABASE", raising=False)
    Path("muster.yml").write_text(STAFFED)
    database = SqliteDatabase("muster.db")
    database.run(
        lambda connection: [
            connection.execute("INSERT INTO seen_events (id, at) VALUES (hex(randomblob(500)), '')", {})
            for _ in range(200)
        ]
    )
    database.close()
    shutil.copy("muster.db", "copy.db")


def overwrite(*pages: int) -> None:
    with Path("muster.db").open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            file.write(b"\xde\xad" * (PAGE // 2))


def truncate() -> None:
    os.truncate("muster.db", 9 * PAGE + 100)


def newer() -> None:
    with closing(sqlite3.connect("muster.db", isolation_level=None)) as db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'version'", [str(len(MIGRATIONS) + 1)])


def another() -> None:
    Path("muster.db").write_text("Dear diary, " * 2000)


def empty_folder() -> None:
    Path("muster.db").unlink()
    Path("muster.db").mkdir()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda: overwrite(1), "is not a SQLite database"),
        (lambda: overwrite(2), "is damaged"),
        (lambda: overwrite(5, 6, 7), "is damaged"),
        (lambda: overwrite(*range(2, 40)), "is damaged"),
        (truncate, "is damaged"),
        (another, "is not a SQLite database"),
        (newer, f"schema version {len(MIGRATIONS) + 1}"),
        (empty_folder, "cannot be opened"),
    ],
    ids=["first page", "second page", "some pages", "all but the first", "cut", "text", "newer", "folder"],
)
@pytest.mark.parametrize("command", [["run", "--port", "0"], ["migrate"]], ids=["run", "migrate"])
def test_a_file(harm: Callable[[], None], said: str, command: list[str]) -> None:
    harm()

    [line] = refused(muster(*command, **TOKENS))

    assert said in line


def test_the_command_that_is_named_brings_it_back() -> None:
    overwrite(2, 3, 4)
    [line] = refused(muster("run", "--port", "0", **TOKENS))
    named = re.search(r"muster (restore FILE .*)", line)
    assert named

    assert muster(*named[1].replace("FILE", "copy.db").split()).exit_code == 0

    with process("run", "--port", "0", **TOKENS) as running:
        read_until(running, "asking Slack what happened since")
        running.send_signal(signal.SIGTERM)


def test_a_file_system_that_is_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 1) as disk:
        disk.fill()
        [line] = refused(muster("run", "--port", "0", "--database", str(disk.folder / "muster.db"), **TOKENS))

    assert "no room is left" in line


def test_a_file_system_that_is_read_only(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 4) as disk:
        shutil.copy("muster.db", disk.folder)
        subprocess.run(["mount", "-o", "remount,ro", disk.folder], check=True)
        where = str(disk.folder / "muster.db")
        [line] = refused(muster("run", "--port", "0", "--database", where, **TOKENS))

    assert "its file system is read-only" in line


@pytest.fixture
def elsewhere(postgres: Server) -> Iterator[str]:
    """The address of a PostgreSQL as somebody who may do nothing there."""
    postgres.emptied()
    postgres.session.execute("CREATE ROLE guest LOGIN PASSWORD 's3cr3t'")
    postgres.session.execute("CREATE DATABASE closed")
    with psycopg.connect(postgres.address.replace("/postgres?", "/closed?"), autocommit=True) as session:
        session.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    yield postgres.address.replace("://postgres:", "://guest:s3cr3t").replace("/postgres?", "/closed?")
    postgres.session.execute("DROP DATABASE closed WITH (FORCE)")
    postgres.session.execute("DROP ROLE guest")


def test_a_postgresql_that_gives_no_rights(elsewhere: str) -> None:
    [line] = refused(muster("run", "--port", "0", "--database", elsewhere, **TOKENS))

    assert "does not let this user make tables" in line
    assert "s3cr3t" not in line


@pytest.fixture
def guarded_by_passwords(postgres: Server) -> Iterator[str]:
    """The address of a PostgreSQL that asks one user for a password, as that user without one."""
    postgres.emptied()
    found = postgres.session.execute("SHOW hba_file").fetchone()
    assert found
    rules = Path(found[0])
    before = rules.read_text()
    postgres.session.execute("CREATE ROLE anna LOGIN PASSWORD 'right'")
    rules.write_text("local all anna scram-sha-256\nhost all anna all scram-sha-256\n" + before)
    postgres.session.execute("SELECT pg_reload_conf()")
    yield postgres.address.replace("://postgres:", "://anna")
    rules.write_text(before)
    postgres.session.execute("SELECT pg_reload_conf()")
    postgres.session.execute("DROP ROLE anna")


@pytest.mark.parametrize(
    "command", [("run", "--port", "0"), ("check",), ("migrate",), ("migrate", "--dry-run")], ids=" ".join
)
@pytest.mark.parametrize("password", ["", ":wr0ng"])
def test_a_postgresql_that_does_not_know_the_password(
    guarded_by_passwords: str, command: tuple[str, ...], password: str
) -> None:
    where = guarded_by_passwords.replace("://anna", f"://anna{password}")

    [line] = refused(muster(*command, "--database", where, **TOKENS))

    assert "lets nobody in with that name and password" in line
    assert "Check both in the address" in line
    assert "wr0ng" not in line


def test_a_postgresql_without_that_database(postgres: Server) -> None:
    nowhere = postgres.address.replace("/postgres?", "/nowhere?")

    for command in (["run", "--port", "0"], ["migrate"], ["migrate", "--dry-run"]):
        [line] = refused(muster(*command, "--database", nowhere, **TOKENS))
        assert "is not there" in line


def old(path: str, version: int) -> None:
    """Write a file as an older version left it."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;")
        db.executescript("".join(MIGRATIONS[:version]))
        db.execute("INSERT INTO meta VALUES ('version', ?)", [str(version)])
        db.commit()


def test_a_dry_run_says_what_would_be_done_and_does_nothing() -> None:
    old("old.db", len(MIGRATIONS) - 1)
    before = Path("old.db").read_bytes()

    shown = muster("migrate", "--dry-run", "--database", "old.db")

    assert shown.exit_code == 0
    assert (
        f"is at schema version {len(MIGRATIONS) - 1}; this muster works with {len(MIGRATIONS)}."
        in shown.output
    )
    assert f"-- step {len(MIGRATIONS)}\n" in shown.output
    assert MIGRATIONS[-1].split(";")[0].strip() in shown.output
    assert "Nothing was changed." in shown.output
    assert Path("old.db").read_bytes() == before

    assert (
        f"Done: it is at schema version {len(MIGRATIONS)}."
        in muster("migrate", "--database", "old.db").output
    )
    assert "There is nothing to do." in muster("migrate", "--dry-run", "--database", "old.db").output


def test_postgresql_is_migrated_in_its_own_words(postgres: Server) -> None:
    address = postgres.address.replace("/postgres?", "/fresh_one?")
    postgres.session.execute("CREATE DATABASE fresh_one")
    try:
        shown = muster("migrate", "--dry-run", "--database", address)
        assert "is at schema version 0" in shown.output
        assert "GENERATED BY DEFAULT AS IDENTITY" in shown.output
        with psycopg.connect(address) as session:
            assert session.execute("SELECT to_regclass('incidents')").fetchone() == (None,)

        assert "Done" in muster("migrate", "--database", address).output
        assert "There is nothing to do." in muster("migrate", "--database", address).output
    finally:
        postgres.session.execute("DROP DATABASE fresh_one WITH (FORCE)")


def test_everything_that_is_written_is_for_its_owner_alone() -> None:
    for file in Path().glob("muster.db*"):
        file.unlink()
    with process("run", "--port", "0", **TOKENS) as running:
        read_until(running, "muster is running")
        found = {path.name: path.stat().st_mode & 0o777 for path in Path().glob("muster.db*")}
        assert muster("backup", "kept.db").exit_code == 0
        running.send_signal(signal.SIGTERM)

    assert set(found) >= {
        "muster.db",
        "muster.db-wal",
        "muster.db-shm",
        "muster.db.lock",
        "muster.db.reserve",
    }
    assert set(found.values()) == {0o600}
    assert Path("kept.db").stat().st_mode & 0o777 == 0o600


def test_check_names_a_file_that_others_may_read() -> None:
    Path("muster.db").chmod(0o644)
    Path("muster.db.lock").chmod(0o600)

    said = muster("check", **TOKENS).output

    assert "warning  muster.db may be used by others than its owner (mode 644)" in said
    assert "chmod 600 muster.db" in said
    assert "muster.db.lock" not in said
    Path("muster.db").chmod(0o600)
    assert "chmod" not in muster("check", **TOKENS).output
