"""Of every variable that there is: only what paging itself needs keeps the pager from starting."""

import signal
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from bot.cli.plain import plain_errors
from bot.cli.settings import Settings, bot_options, read_settings
from bot.config.environment import CLIENT, HEARTBEATS, KNOWN
from tests.cli.test_commands import STAFFED, TOKENS, ended, muster, process, read_until

NEEDED = {
    *("SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN_FILE", "SLACK_APP_TOKEN", "SLACK_APP_TOKEN_FILE", "SLACK_API_URL"),
    *("SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRET_FILE"),
    *("MUSTER_DATABASE", "MUSTER_DATABASE_FILE", "PGPASSWORD_FILE"),
    *("MUSTER_CONFIG", "MUSTER_ENV_FILE"),
}
"""Slack, the database, and where all of it is said. Nothing else may be needed."""
SPARED = sorted(KNOWN - NEEDED)
SECRET = {*HEARTBEATS, *CLIENT}
WRONG = ["", " ", "nonsense", "http://", "https://[::1", "99999999", "-1", "/no/such/file", "a b\tc", "é" * 9]
ALL_WRONG = {
    "MUSTER_PORT": "http",
    "MUSTER_LOG_FORMAT": "xml",
    "MUSTER_PUBLIC_URL": "muster.example.com",
    "MUSTER_CONFIG_URL": "muster.example.com",
    "MUSTER_HEARTBEAT_URL_FILE": "/no/such/file",
    "MUSTER_HEARTBEAT_FAIL_URL": "hc-ping.com",
    "MUSTER_SLACK_CLIENT_ID": "1.2",
    "MUSTER_SLACK_CLIENT_SECRET_FILE": "/no/such/file",
    "MUSTER_TOKEN_FILE": "/no/such/file",
}
COUNTED = [
    *("MUSTER_CONFIG_URL", "MUSTER_HEARTBEAT_FAIL_URL", "MUSTER_HEARTBEAT_URL", "MUSTER_LOG_FORMAT"),
    *("MUSTER_PORT", "MUSTER_PUBLIC_URL", "MUSTER_SLACK_CLIENT_SECRET"),
]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "muster.yml").write_text(STAFFED)


def started(**env: str) -> Settings:
    """Read what `muster run` is started with."""
    found: list[Settings] = []

    @click.command()
    @bot_options
    def run(**given_as: Any) -> None:
        with plain_errors():
            found.append(read_settings(**given_as, startable=True))

    done = CliRunner().invoke(run, [], env=env)
    assert done.exit_code == 0, done.output
    return found[0]


@pytest.mark.parametrize("name", SPARED)
def test_no_value_of_what_no_page_needs_ends_the_start(name: str) -> None:
    for value in WRONG:
        settings = started(**TOKENS, **{name: value})

        aside = settings.config.process.set_aside
        assert set(aside) <= {name.removesuffix("_FILE"), *CLIENT}
        assert set(aside.values()) <= set(settings.config.warnings)
        assert name not in SECRET or len(value) < 5 or value not in "".join(aside.values())


def test_all_of_it_wrong_at_once_is_said_and_the_pager_runs() -> None:
    with process("run", **TOKENS, **ALL_WRONG) as running:
        said = read_until(running, r"(?s)(.*muster is running)")
        code = ended(running, signal.SIGTERM)
    checked = muster("check", **TOKENS, **ALL_WRONG)

    assert code == 0
    assert sorted(started(**TOKENS, **ALL_WRONG).config.process.set_aside) == COUNTED
    assert checked.exit_code == 1
    for name in COUNTED:
        assert f'level=warning logger=muster event="{name}' in said, name
        assert f"error    {name}" in checked.output, name
