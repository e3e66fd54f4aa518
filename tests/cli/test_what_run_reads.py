"""What `run` would refuse, `check` refuses too; what a platform sets in the environment misleads neither."""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.config import ConfigInvalid, load
from bot.config.environment import read_secret_files, withhold_links
from bot.config.files import read_env_file
from storage.database import DatabaseUnusable
from storage.engines import look_at, open_database
from storage.moving import move
from tests.cli.test_commands import STAFFED, TOKENS, muster, process, read_until, refused
from tests.engines import Server
from tests.full import small_disk

LINKS = {
    "MUSTER_PORT": "tcp://10.43.7.12:3000",
    "MUSTER_SERVICE_HOST": "10.43.7.12",
    "MUSTER_SERVICE_PORT": "3000",
    "MUSTER_SERVICE_PORT_HTTP": "3000",
    "MUSTER_PORT_3000_TCP": "tcp://10.43.7.12:3000",
    "MUSTER_PORT_3000_TCP_PROTO": "tcp",
    "MUSTER_PORT_3000_TCP_PORT": "3000",
    "MUSTER_PORT_3000_TCP_ADDR": "10.43.7.12",
}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "muster.yml").write_text(STAFFED)


def test_what_kubernetes_says_of_a_service_named_muster_is_ignored_with_one_sentence() -> None:
    env = {**LINKS, "MUSTER_DATABASE": "x.db", "MUSTER_ENV_FILE": "a"}

    [said] = withhold_links(env)

    assert env == {"MUSTER_DATABASE": "x.db", "MUSTER_ENV_FILE": "a"}
    assert "MUSTER_PORT, MUSTER_PORT_3000_TCP," in said
    assert "enableServiceLinks: false" in said


@pytest.mark.parametrize("port", ["3000", "tcp", "-1", ""])
def test_a_port_that_somebody_set_is_left(port: str) -> None:
    env = {"MUSTER_PORT": port}

    assert withhold_links(env) == []
    assert env == {"MUSTER_PORT": port}


def test_run_and_check_work_in_such_a_pod_and_say_so() -> None:
    with process("run", "--port", "0", **TOKENS, **LINKS) as running:
        said = read_until(running, r"(?s)(MUSTER_PORT.*muster is running)")
    checked = muster("check", **TOKENS, **LINKS)

    assert "the platform made them" in said
    assert "warning  MUSTER_PORT" in checked.output
    assert checked.exit_code == 1


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"MUSTER_DATABASE": "no/such/folder/muster.db"}, "cannot be opened"),
        ({"MUSTER_DATABASE": "garbage.db"}, "is not a SQLite database"),
        ({"MUSTER_DATABASE": "newer.db"}, "Run the muster that wrote it"),
        ({"MUSTER_DATABASE": "moved.db"}, "moved.db was moved to sqlite:/"),
        ({"MUSTER_DATABASE": "mysql://host/x"}, "is no database that muster knows"),
        ({"MUSTER_DATABASE": "postgresql://muster@127.0.0.1:9/muster"}, "cannot be reached"),
        ({"SLACK_BOT_TOKEN_FILE": "nowhere"}, "SLACK_BOT_TOKEN"),
        ({"MUSTER_ENV_FILE": "nowhere"}, "nowhere: cannot be read"),
    ],
)
@pytest.mark.parametrize("command", ["run", "check"])
def test_what_run_refuses_check_refuses(command: str, given: dict[str, str], wanted: str) -> None:
    Path("garbage.db").write_text("no database, but long enough to look at " * 100)
    open_database("newer.db").close()
    open_database("moved.db").close()
    move("sqlite:moved.db", "sqlite:there.db")
    with closing(sqlite3.connect("newer.db")) as db, db:
        db.execute("UPDATE meta SET value = '999' WHERE key = 'version'")

    result = muster(command, **TOKENS, **given)

    assert result.exit_code == 2, result.output
    assert wanted in result.output


def test_check_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    open_database("muster.db").close()
    before = sorted(tmp_path.iterdir())

    result = muster("check", **TOKENS)

    assert "Slack cannot be reached" in result.output
    assert sorted(tmp_path.iterdir()) == before


def test_check_looks_at_postgresql_and_changes_nothing(postgres: Server) -> None:
    postgres.session.execute("CREATE DATABASE looked_at TEMPLATE template0")
    address = postgres.address.replace("/postgres?", "/looked_at?")

    result = muster("check", "--database", address, **TOKENS)
    with psycopg.connect(address) as session:
        tables = session.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()

    assert result.exit_code == 1, result.output
    assert "Slack cannot be reached" in result.output
    assert tables == (0,)


def test_a_file_of_lines_is_read_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "muster.env"
    file.write_text(
        "# tokens\n\n; more\nA=1\nexport B = 'two words # no comment'\nC=\"x=y\"\nD=a#b\nE=from file\n\tF=\n"
    )
    env = {"E": "from environment"}

    read_env_file(file, env)

    assert env == {
        "A": "1",
        "B": "two words # no comment",
        "C": "x=y",
        "D": "a#b",
        "E": "from environment",
        "F": "",
    }


def test_lines_that_say_nothing_are_named_without_what_they_hold(tmp_path: Path) -> None:
    file = tmp_path / "muster.env"
    file.write_text("A=1\nxoxb-s3cr3t\nB='open s3cr3t\n")

    with pytest.raises(ConfigInvalid) as caught:
        read_env_file(file, {})

    assert [problem.partition(": ")[0] for problem in caught.value.problems] == [f"{file}:2", f"{file}:3"]
    assert "s3cr3t" not in str(caught.value)


def test_run_takes_tokens_and_database_from_a_file(tmp_path: Path) -> None:
    lines = [f"{name}={value}" for name, value in TOKENS.items()]
    Path("secrets").mkdir()
    Path("secrets/app").write_text("xapp-9\n")
    lines = [*(line for line in lines if "APP_TOKEN" not in line), "SLACK_APP_TOKEN_FILE=secrets/app"]
    (tmp_path / "muster.env").write_text("\n".join([*lines, "MUSTER_DATABASE=elsewhere.db"]))

    with process("run", "--port", "0", "--env-file", "muster.env") as running:
        read_until(running, "muster is running")

    assert Path("elsewhere.db").exists()


def test_a_secret_may_be_in_a_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-1-2\n")
    env = {"SLACK_BOT_TOKEN_FILE": str(tmp_path / "token"), "SSL_CERT_FILE": "/etc/ca.pem"}

    assert list(read_secret_files(env)) == []
    assert env["SLACK_BOT_TOKEN"] == "xoxb-1-2"
    assert "SSL_CERT" not in env


def test_so_may_what_a_contact_method_names(tmp_path: Path) -> None:
    (tmp_path / "pass").write_text("p@ss\n")
    (tmp_path / "muster.yml").write_text(
        'contact_methods: {sms: "json://me:${CONTACT_METHOD_PASS}@host/{address}"}'
    )

    config = load(tmp_path / "muster.yml", {"CONTACT_METHOD_PASS_FILE": str(tmp_path / "pass")})

    assert config.contact_methods["sms"].url("a") == "json://me:p%40ss@host/a"
    assert "p@ss" in config.withheld


@pytest.mark.parametrize(
    ("content", "more", "wanted"),
    [
        (None, {}, "cannot be read: No such file"),
        (b"", {}, "is empty"),
        (b"\xff\xfe\x00", {}, "it is no text"),
        (b"x" * 100_000, {}, "too long for a secret"),
        (b"xoxb-1", {"SLACK_BOT_TOKEN": "xoxb-2"}, "are both set"),
    ],
)
def test_a_file_of_which_no_secret_comes_is_named(
    tmp_path: Path, content: bytes | None, more: dict[str, str], wanted: str
) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)

    [problem] = read_secret_files({"SLACK_BOT_TOKEN_FILE": str(tmp_path / "token"), **more})

    assert problem.startswith("SLACK_BOT_TOKEN")
    assert wanted in problem


def test_refusals_of_the_environment_are_plain_lines() -> None:
    [line] = refused(muster("check", **{**TOKENS, "SLACK_BOT_TOKEN_FILE": os.devnull}))

    assert "are both set" in line


@pytest.mark.parametrize(
    ("flag", "wanted"),
    [
        ("--port=99999", r"--port.*`99999` is no port. Expected a number from 0 to 65535"),
        ("--port=abc", r"--port.*`abc` is no port. Expected a number from 0 to 65535"),
        ("--log-format=xml", r"--log-format.*'xml' is not one of 'text', 'json'"),
        ("--env-file=.", r"\.: cannot be read: Is a directory. Name a file of NAME=value lines"),
    ],
)
def test_a_wrong_flag_is_one_line_with_its_name_and_what_was_expected(flag: str, wanted: str) -> None:
    done = muster("check", flag, **TOKENS)

    assert done.exit_code == 2
    [line] = done.output.splitlines()
    assert re.search(wanted, line)


def test_a_misspelled_variable_is_told() -> None:
    assert "warning  MUSTER_DATABSE is set and not read. Did you mean MUSTER_DATABASE?" in (
        muster("check", **TOKENS, MUSTER_DATABSE="x.db").output
    )


@pytest.mark.parametrize(
    "command",
    [("backup", "copy.db", "--database", "typo.db"), ("restore", "typo.db", "--database", "new.db")],
)
def test_a_file_that_is_not_there_is_said_to_be_not_there(command: tuple[str, ...]) -> None:
    done = muster(*command)

    assert done.exit_code == 2
    assert done.output == (
        "muster: typo.db does not exist, or this user may not look there. Correct the name.\n"
    )


def test_a_folder_in_place_of_a_copy_is_one_line() -> None:
    Path("folder").mkdir()

    [line] = muster("backup", "folder").output.splitlines()

    assert "'folder' is a directory" in line


def test_a_misspelled_secret_is_told_beside_the_one_that_is_missing() -> None:
    done = muster("check", SLACK_BOT_TOKN="xoxb-1-abc", SLACK_APP_TOKEN="xapp-1-abc")

    assert "Did you mean SLACK_BOT_TOKEN?" in done.output
    assert "SLACK_BOT_TOKEN is not set" in done.output


def test_a_full_disk_is_said_by_check(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 4) as disk:
        disk.fill()
        with pytest.raises(DatabaseUnusable, match="no room is left"):
            look_at(str(disk.folder / "muster.db"))


@pytest.mark.parametrize("url", ["https://muster.example.com/bot/", ""])
def test_a_manifest_is_for_a_host_alone(url: str) -> None:
    done = muster("manifest", "--url", url)

    assert done.exit_code == 2
    assert "Expected an https:// address and nothing after the host" in done.output


def test_a_copy_of_a_file_is_not_offered_to_pg_restore() -> None:
    open_database("copy.db").close()

    done = muster("restore", "copy.db", "--database", "postgresql://muster@db/muster")

    assert "pg_restore" not in done.output
    assert "muster restore copy.db --database restored.db && muster move --from" in done.output
