"""Commands for copies of the database, as an operator types them."""

import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.engines import open_database
from storage.sqlite import SqliteDatabase
from tests.cli.test_commands import STAFFED, TOKENS, muster, process, read_until, refused
from tests.engines import Server


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MUSTER_DATABASE", raising=False)


def given_database(path: str = "muster.db") -> None:
    SqliteDatabase(path).close()


def meta(path: str) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT key, value FROM meta"))


@pytest.mark.parametrize("database", ["muster.db", "sqlite:muster.db"])
def test_backup_says_what_was_copied(database: str) -> None:
    given_database()

    result = muster("backup", "copy.db", "--database", database)

    assert result.exit_code == 0
    version = meta("copy.db")["version"]
    size = f"{Path('copy.db').stat().st_size / 1_000_000:.1f} MB"
    assert result.output == (
        f"Copied {database} to copy.db: 0 incidents, 0 pages, {size}, schema version {version}.\n"
    )


def test_backup_replaces_a_file_only_when_told_to() -> None:
    given_database()
    Path("copy.db").write_text("precious")

    [line] = refused(muster("backup", "copy.db"))

    assert "copy.db is there already" in line
    assert muster("backup", "copy.db", "--force").exit_code == 0


@pytest.mark.parametrize(
    "address",
    ["postgresql://muster:secret@db.example/muster", "postgresql://muster@db.example/muster?password=secret"],
)
def test_backup_of_postgresql_names_the_command_without_the_password(address: str) -> None:
    [line] = refused(muster("backup", "muster.dump", MUSTER_DATABASE=address))

    assert line.endswith(
        "pg_dump --format=custom --file=muster.dump --dbname='postgresql://muster@db.example/muster'"
    )


def test_restore_puts_a_copy_back_and_says_what_happens_next() -> None:
    given_database()
    muster("backup", "copy.db")

    result = muster("restore", "copy.db")

    assert result.exit_code == 0
    first, last = result.output.splitlines()
    assert first.startswith("Restored muster.db from copy.db, as it was at 20")
    assert "first looks in Slack" in last
    assert {"backup_at", "restored_at"} <= set(meta("muster.db"))


def test_restore_without_a_file_marks_what_is_there() -> None:
    [line] = refused(muster("restore"))
    given_database()

    result = muster("restore")

    assert "muster.db is not there" in line
    assert result.output.startswith("muster.db is marked as restored, as it was at 20")


def test_a_database_in_use_is_not_marked_as_restored(postgres: Server) -> None:
    with closing(open_database(f"{postgres.address}&application_name=pager")):
        [line] = refused(muster("restore", "--database", postgres.address))

    assert "1 connections of Muster's are open. Stop every replica first." in line
    assert "backup_at" not in dict(postgres.session.execute("SELECT key, value FROM meta").fetchall())


def test_restore_to_postgresql_names_the_commands_without_the_password() -> None:
    address = "postgresql://muster:secret@db.example/muster"

    [line] = refused(muster("restore", "muster.dump", MUSTER_DATABASE=address))

    assert "pg_restore --clean --if-exists --dbname='postgresql://muster@db.example/muster'" in line
    assert " && muster restore --database 'postgresql://muster@db.example/muster'" in line
    assert line.endswith("muster restore --database 'postgresql://muster@db.example/muster'")


def test_move_prints_what_was_moved_and_says_so_once() -> None:
    given_database()
    move = ("move", "--from", "sqlite:muster.db", "--to", "sqlite:other.db")

    first, second = muster(*move), muster(*move)

    assert first.exit_code == second.exit_code == 0
    assert first.output.splitlines()[0] == "table               rows  checksum, the same in both"
    assert "incidents              0" in first.output
    assert first.output.endswith("Start muster with MUSTER_DATABASE=sqlite:other.db\n")
    assert second.output == "It was moved to sqlite:other.db before. Nothing was done.\n"


def test_a_backup_of_a_database_that_was_moved_names_the_command_for_the_other() -> None:
    given_database()
    muster("move", "--from", "sqlite:muster.db", "--to", "sqlite:other.db")

    [line] = refused(muster("backup", "copy.db"))
    command = line.partition(": muster ")[2].partition(". To keep")[0]

    assert muster(*shlex.split(command)).output.startswith("Copied sqlite:")
    assert Path("copy.db").exists()


def test_run_on_a_database_that_was_moved_refuses_unless_told_to() -> None:
    given_database()
    Path("muster.yml").write_text(STAFFED)
    muster("move", "--from", "sqlite:muster.db", "--to", "sqlite:other.db")

    [line] = refused(muster("run", "--port", "0", **TOKENS))
    with process("run", "--port", "0", "--force", **TOKENS) as running:
        read_until(running, "muster is running")

    assert f"muster.db was moved to sqlite:{Path('other.db').resolve()}" in line


@pytest.mark.parametrize("source", ["none.db", "sqlite:no/such/folder.db", "empty.db"])
def test_move_refuses_a_source_that_is_no_database_of_ours(source: str) -> None:
    Path("empty.db").touch()
    before = sorted(file.name for file in Path().iterdir())

    [line] = refused(muster("move", "--from", source, "--to", "new.db"))

    assert line == f"muster: there is no database of Muster's at {source}. Correct --from."
    assert sorted(file.name for file in Path().iterdir()) == before


SETTINGS = "host=db.example dbname=muster user=anna password=s3cr3t"


@pytest.mark.parametrize("where", [SETTINGS, f"sqlite:{SETTINGS}", " Password = s3cr3t host=db"])
@pytest.mark.parametrize(
    "command",
    [
        ("run", "--database"),
        ("check", "--database"),
        ("migrate", "--database"),
        ("migrate", "--dry-run", "--database"),
        ("backup", "copy.db", "--database"),
        ("restore", "--database"),
        ("restore", "copy.db", "--database"),
        ("move", "--to", "new.db", "--from"),
        ("move", "--from", "muster.db", "--to"),
    ],
    ids=" ".join,
)
def test_settings_of_a_server_are_no_file_and_are_not_repeated(where: str, command: tuple[str, ...]) -> None:
    given_database()
    given_database("copy.db")
    Path("muster.yml").write_text(STAFFED)
    before = sorted(file.name for file in Path().iterdir())

    [line] = refused(muster(*command, where, **TOKENS))

    assert "Write one address instead, such as postgresql://muster@localhost:5432/muster" in line
    assert "s3cr3t" not in line
    assert sorted(file.name for file in Path().iterdir() if "new.db" not in file.name) == before
