"""Every command works for a user without a home and without an entry in the list of users."""

import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from storage.sqlite import SqliteDatabase
from tests.cli.test_commands import STAFFED, TOKENS, read_until
from tests.patience import PATIENCE

NOBODY = 54321
ROOT = Path(__file__).parents[2]
BARE = {"PATH": os.environ["PATH"]}
PACKAGES = sysconfig.get_path("purelib")
CODE = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {PACKAGES!r}]; from bot.__main__ import main; main()"
SAME_PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user that nobody knows")


@pytest.fixture(scope="module")
def python() -> str:
    """An interpreter that this user may run: root's own is often in a folder that others may not enter."""
    for each in (sys.executable, f"/usr/bin/{SAME_PYTHON}", f"/usr/local/bin/{SAME_PYTHON}"):
        with suppress(OSError):
            if subprocess.run([each, "-c", ""], check=False, env=BARE, user=NOBODY).returncode == 0:
                return each
    pytest.skip(f"no {SAME_PYTHON} here that another user may run, so commands were not tried without a home")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of that user's, with a configuration; other users may not enter pytest's own."""
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "muster.yml").write_text(STAFFED)
        os.chown(made, NOBODY, NOBODY)
        yield Path(made)


def started(
    python: str, folder: Path, *arguments: str, environ: Mapping[str, str] = BARE
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [python, "-c", CODE, *arguments],
        cwd=folder,
        env={**environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
    )


def said(python: str, folder: Path, *arguments: str, environ: Mapping[str, str] = BARE) -> tuple[int, str]:
    running = started(python, folder, *arguments, environ=environ)
    text, _ = running.communicate(timeout=PATIENCE)
    return running.returncode, text


def test_nobody_knows_this_user() -> None:
    with pytest.raises(KeyError):
        pwd.getpwuid(NOBODY)


HOMES = [{}, *(pytest.param({"HOME": home}, marks=pytest.mark.proof) for home in ("", "/nonexistent"))]


@pytest.mark.parametrize("home", HOMES)
def test_it_knows_its_version_and_its_commands(python: str, folder: Path, home: dict[str, str]) -> None:
    assert said(python, folder, "--version", environ=BARE | home)[1].startswith("muster, version")
    assert said(python, folder, "run", "--help", environ=BARE | home)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "wanted"),
    [
        (("check",), 1, "Slack cannot be reached"),
        (("run", "--database", "sqlite:no/such/muster.db"), 2, "muster: "),
        (("backup", "copy.db"), 2, "muster: "),
        (("restore",), 2, "muster: muster.db is not there"),
        (("move", "--from", "a.db", "--to", "b.db"), 2, "muster: there is no database of Muster's at a.db"),
        (("migrate", "--database", "a.db"), 0, "Done"),
    ],
)
def test_every_command_answers_in_plain_lines(
    python: str, folder: Path, arguments: tuple[str, ...], code: int, wanted: str
) -> None:
    ended, text = said(python, folder, *arguments, environ=BARE | TOKENS)

    assert ended == code, text
    assert wanted in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("arguments", "running_is"),
    [
        (("run", "--port", "0"), "muster is running"),
        (("sandbox", "--port", "0", "--no-open"), "sandbox is at"),
    ],
)
def test_the_bot_and_the_sandbox_run(
    python: str, folder: Path, arguments: tuple[str, ...], running_is: str
) -> None:
    running = started(python, folder, *arguments, environ=BARE | (TOKENS if arguments[0] == "run" else {}))

    try:
        read_until(running, running_is)
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=PATIENCE)
    finally:
        running.kill()
        running.communicate()

    assert running.returncode == 0


def test_postgresql_is_asked_without_a_home_too(python: str, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
    address = f"postgresql://muster@127.0.0.1:{port}/muster"

    ended, text = said(python, folder, "run", "--database", address, environ=BARE | TOKENS)

    assert ended == 2
    assert "cannot be reached" in text
    assert "Traceback" not in text


def unreadable(folder: Path) -> None:
    os.chown(folder / "muster.db", 0, 0)
    (folder / "muster.db").chmod(0o600)


def read_only(folder: Path) -> None:
    (folder / "muster.db").chmod(0o444)
    os.chown(folder / "muster.db", 0, 0)


def in_a_closed_folder(folder: Path) -> None:
    """Leave the file to the user, and nowhere to keep what stands beside it."""
    os.chown(folder, 0, 0)
    folder.chmod(0o755)


def out_of_sight(folder: Path) -> None:
    (folder / "inner").mkdir(mode=0o700)
    (folder / "muster.db").rename(folder / "inner" / "muster.db")


Harmed = tuple[Callable[[Path], None], str, str]
EACH_ONCE: list[Harmed] = [
    (unreadable, "muster.db", "run"),
    (read_only, "muster.db", "check"),
    (in_a_closed_folder, "muster.db", "backup"),
    (in_a_closed_folder, "new.db", "migrate"),
    (out_of_sight, "inner/muster.db", "move"),
    (out_of_sight, "inner/new.db", "restore"),
]
EVERYWHERE = ("run", "check", "migrate", "backup", "restore", "move")
THE_REST: list[Harmed] = [
    *((unreadable, "muster.db", each) for each in ("check", "migrate", "backup", "move")),
    *((read_only, "muster.db", each) for each in ("run", "move")),
    *((in_a_closed_folder, "muster.db", each) for each in ("run", "check", "restore", "move")),
    *((in_a_closed_folder, "new.db", each) for each in ("run", "check", "restore")),
    *((out_of_sight, "inner/muster.db", each) for each in EVERYWHERE if each != "move"),
    *((out_of_sight, "inner/new.db", each) for each in EVERYWHERE if each != "restore"),
]


@pytest.mark.parametrize(
    ("harm", "where", "command"),
    [*EACH_ONCE, *(pytest.param(*each, marks=pytest.mark.proof) for each in THE_REST)],
)
def test_a_database_that_this_user_may_not_use_is_one_line_that_says_what_to_do(
    python: str, folder: Path, harm: Callable[[Path], None], where: str, command: str
) -> None:
    for name in ("muster.db", "copy.db"):
        SqliteDatabase(str(folder / name)).close()
        for file in folder.glob(f"{name}*"):
            os.chown(file, NOBODY, NOBODY)
    harm(folder)
    arguments = {
        "backup": ["backup", "b.db", "--database", where],
        "restore": ["restore", "copy.db", "--force", "--database", where],
        "move": ["move", "--from", where, "--to", "b.db"],
    }.get(command, [command, "--database", where])

    ended, text = said(python, folder, *arguments, environ=BARE | TOKENS)

    [line] = [line for line in text.splitlines() if line.startswith("muster: ")]
    assert ended == 2, text
    assert "Traceback" not in text
    assert re.search(r"this user|Permission denied", line), text
