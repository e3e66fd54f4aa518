"""The commands: what they refuse is said in plain lines, and they stop when they are told to."""

import asyncio
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp.web import Response as Broken
from click.testing import CliRunner, Result

from bot.__main__ import COMMANDS, main
from tests.cli.slack_stub import SlackStub, served
from tests.patience import PATIENCE

NOWHERE = "http://127.0.0.1:9/api/"
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": NOWHERE}
STAFFED = "teams:\n  dotcom EOC: {on_call: [eoc@example.com]}\n"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def staffed(tmp_path: Path) -> None:
    (tmp_path / "muster.yml").write_text(STAFFED)


def muster(*arguments: str, **env: str) -> Result:
    return CliRunner().invoke(main, arguments, env=env)


def refused(result: Result) -> list[str]:
    """Return the lines of a refusal: nothing but lines that begin with the program's name."""
    assert result.exit_code == 2, result.output
    lines = [line for line in result.stderr.splitlines() if not line.startswith("time=")]
    assert all(line.startswith("muster: ") for line in lines), result.stderr
    return lines


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


@contextmanager
def process(*arguments: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """Run the program as an operator does."""
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        env={**os.environ, "PYTHONUNBUFFERED": "1", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def read_until(running: subprocess.Popen[str], wanted: str, seconds: float = PATIENCE) -> str:
    assert running.stdout
    said = ""
    while not (found := re.search(wanted, said)):
        ready, _, _ = select.select([running.stdout], [], [], seconds)
        chunk = os.read(running.stdout.fileno(), 65536).decode() if ready else ""
        assert chunk, f"{wanted} was not said, but:\n{said}"
        said += chunk
    return found[1] if found.groups() else found[0]


def ended(running: subprocess.Popen[str], how: signal.Signals) -> int:
    """Tell the program to stop, and return its exit code."""
    running.send_signal(how)
    running.communicate(timeout=PATIENCE)
    return running.returncode


def free_port() -> int:
    with taken_port() as port:
        return port


def answers(port: int, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as response:
        return int(response.status)


def test_it_knows_its_version_and_its_commands() -> None:
    assert re.fullmatch(r"muster, version \d+\.\d+\.\d+\n", muster("--version").output)
    assert all(muster(name, "--help").exit_code == 0 for name in COMMANDS)


@pytest.mark.parametrize("command", ["run", "check"])
def test_everything_wrong_with_file_and_environment_is_named_at_once(command: str) -> None:
    Path("muster.yml").write_text("teams:\n  dotcom EOC: {on_cal: []}\ntypes: 7\n")

    lines = refused(muster(command))

    assert [line[:40] for line in lines] == [
        "muster: muster.yml:2: teams.dotcom EOC.o",
        "muster: muster.yml:3: types: found `7` (",
        "muster: SLACK_BOT_TOKEN is not set. Find",
        "muster: SLACK_APP_TOKEN is not set: make",
    ]


@pytest.mark.parametrize("env", [{}, {"MUSTER_CONFIG": "other.yml"}])
def test_a_file_that_is_named_must_be_there(env: dict[str, str]) -> None:
    named = [] if env else ["--config", "other.yml"]

    [line] = refused(muster("run", *named, **TOKENS, **env))

    assert "other.yml: there is no such file" in line


def test_it_does_not_start_when_a_page_would_reach_nobody() -> None:
    without, line, *_ = refused(muster("run", **TOKENS))

    assert "teams.dotcom EOC" in line
    assert "nobody who can be paged" in line
    assert f"There is no muster.yml in {Path.cwd()}: the handbook's defaults are in force" in without
    example = re.search(r"cp (\S+) muster\.yml", without)
    assert example
    assert Path(example[1]).is_file()


def test_check_says_too_that_there_is_no_configuration() -> None:
    assert "There is no muster.yml in" in muster("check", **TOKENS).output


@pytest.mark.usefixtures("staffed")
def test_a_database_that_is_none_is_named() -> None:
    Path("muster.db").write_text("not a database, but long enough to look at" * 100)

    [line] = refused(muster("run", **TOKENS))

    assert "muster.db" in line


@pytest.mark.usefixtures("staffed")
def test_a_database_in_a_folder_that_is_not_there_is_named() -> None:
    [line] = refused(muster("run", "--database", "no/such/muster.db", **TOKENS))

    assert "no/such/muster.db" in line


@pytest.mark.usefixtures("staffed")
def test_a_port_in_use_is_named() -> None:
    by_http = {**TOKENS, "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "abc"}
    with taken_port() as port:
        [line] = refused(muster("run", "--port", str(port), **by_http))

    assert f"port {port} on 127.0.0.1 is in use" in line
    assert "--port" in line


@pytest.mark.usefixtures("staffed")
def test_a_port_in_use_ends_no_pager_that_slack_reaches_by_its_socket() -> None:
    with taken_port() as port, process("run", "--port", str(port), **TOKENS) as running:
        said = read_until(running, r"(?s)(.*muster is running)")
        code = ended(running, signal.SIGTERM)

    assert f"web server: port {port} on 127.0.0.1 is in use by another process" in said
    assert "Traceback" not in said.partition("web server")[2].partition("\n")[2].partition("time=")[0]
    assert code == 0


def test_a_port_in_use_is_named_by_the_sandbox_too() -> None:
    with taken_port() as port:
        [line] = refused(muster("sandbox", "--port", str(port)))
    assert f'make sandbox ARGS="--port {port + 1}"' in line

    assert f"port {port} on 127.0.0.1 is in use" in line


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.usefixtures("staffed")
def test_it_starts_while_slack_is_down_and_stops_when_told(how: signal.Signals) -> None:
    port = free_port()

    with process("run", "--port", str(port), "--log-format", "json", **TOKENS) as running:
        read_until(running, '"event": "muster is running"')
        healthy = answers(port, "/healthz")
        code = ended(running, how)

    assert (healthy, code) == (200, 0)


@pytest.mark.usefixtures("staffed")
def test_it_stops_while_it_still_waits_for_slack_to_answer() -> None:
    port = free_port()

    with (
        taken_port() as silent,
        process(
            "run", "--port", str(port), **{**TOKENS, "SLACK_API_URL": f"http://127.0.0.1:{silent}/api/"}
        ) as running,
    ):
        wait_for(port)
        code = ended(running, signal.SIGTERM)

    assert code == 0


def wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as tried:
            tried.settimeout(1)
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        select.select([], [], [], 0.1)
    raise AssertionError(f"nothing listens on port {port}")


@pytest.mark.usefixtures("staffed")
def test_two_cannot_share_a_database() -> None:
    with process("run", "--port", "0", **TOKENS) as running:
        read_until(running, "muster is running")
        [line] = refused(muster("run", "--port", "0", **TOKENS))
        ended(running, signal.SIGTERM)

    assert "in use by another muster process" in line


def test_the_sandbox_says_where_it_is_and_leaves_nothing_behind(tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())

    with process("sandbox", "--port", "0", "--no-open", TMPDIR=str(tmp_path)) as running:
        port = int(read_until(running, r"sandbox is at http://127\.0\.0\.1:(\d+)"))
        shown = answers(port, "/")
        kept = set(tmp_path.iterdir()) - before
        code = ended(running, signal.SIGINT)

    assert (shown, code) == (200, 0)
    assert len(kept) == 1
    assert set(tmp_path.iterdir()) == before


@pytest.mark.usefixtures("staffed")
async def test_run_refuses_what_makes_every_page_impossible() -> None:
    async with served(SlackStub(refused={"auth.test": "invalid_auth"})) as slack:
        environment = {**TOKENS, "SLACK_API_URL": slack.url}
        with process("run", "--port", "0", **environment) as running:
            said, _ = await asyncio.to_thread(running.communicate, timeout=PATIENCE)

    assert running.returncode == 2
    assert "muster: SLACK_BOT_TOKEN is refused by Slack" in said
    assert "muster is running" not in said


@pytest.mark.usefixtures("staffed")
async def test_a_check_that_hits_a_bug_does_not_end_the_pager() -> None:
    async with served(SlackStub(people={"eoc@example.com": {"name": "no id"}})) as slack:
        environment = {**TOKENS, "SLACK_API_URL": slack.url}
        with process("run", "--port", "0", **environment) as running:
            await asyncio.to_thread(read_until, running, "the configuration could not be held against the")
            code = await asyncio.to_thread(ended, running, signal.SIGTERM)

    assert code == 0


@pytest.mark.usefixtures("staffed")
async def test_what_answers_in_plain_text_does_not_end_the_pager() -> None:
    async with served(SlackStub(broken=Broken(text="It works!"))) as slack:
        environment = {**TOKENS, "SLACK_API_URL": slack.url}
        with process("run", "--port", "0", **environment) as running:
            await asyncio.to_thread(read_until, running, "what answers is not Slack")
            await asyncio.to_thread(read_until, running, "muster is running")
            code = await asyncio.to_thread(ended, running, signal.SIGTERM)

    assert code == 0


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize(("refusal", "code"), [({}, 0), ({"auth.test": "invalid_auth"}, 1)])
async def test_check_ends_with_what_it_found(refusal: dict[str, str], code: int) -> None:
    async with served(SlackStub(refused=refusal)) as slack:
        result = await asyncio.to_thread(muster, "check", **{**TOKENS, "SLACK_API_URL": slack.url})

    assert result.exit_code == code, result.output
    assert result.output.startswith("fatal" if code else "ok")
    assert "xoxb-1" not in result.output


@pytest.mark.usefixtures("staffed")
def test_check_says_that_slack_cannot_be_reached() -> None:
    result = muster("check", **TOKENS)

    assert result.exit_code == 1
    assert f"fatal    Slack cannot be reached at {NOWHERE}" in result.output


@pytest.mark.usefixtures("staffed")
async def test_a_refused_token_is_not_told_as_an_absence_of_slack() -> None:
    async with served(SlackStub(refused={"*": "token_revoked"})) as slack:
        with process("run", "--port", "0", **{**TOKENS, "SLACK_API_URL": slack.url}) as running:
            said, _ = await asyncio.to_thread(running.communicate, timeout=PATIENCE)

    assert "cannot be reached" not in said
    assert "Slack refuses SLACK_BOT_TOKEN: copy it anew" in said
    assert "Traceback" not in said
