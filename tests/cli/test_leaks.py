"""The program's commands show no name or content of a private incident, nor do their files to others."""

import os
import stat
from contextlib import closing
from pathlib import Path

import click
import pytest

from bot.__main__ import main
from storage.engines import open_database
from tests.cli.test_commands import STAFFED, muster
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident

ASKED = {
    "blocked": ["blocked", "deployments"],
    "check": ["check"],
    "migrate": ["migrate"],
    "oncall": ["oncall"],
    "simulate": ["simulate"],
    "backup": ["backup", "copy.db"],
    "outbox": ["outbox", "list"],
}
"""Commands that look into the database, as they are typed."""
WITHOUT_IT = {
    "alerts": "asks the API",
    "incidents": "asks the API, as a token may",
    "followups": "likewise",
    "insights": "likewise",
    "review": "likewise",
    "mcp": "likewise",
    "alert": "reads a payload and the configuration",
    "source": "makes a key",
    "statuspage": "writes what is published: tests/scenarios/test_leaks.py",
    "token": "makes, lists and revokes tokens",
    "webhook": "shows the configuration, and how webhooks stand",
    "import": "reads another product's file",
    "init": "writes a configuration",
    "manifest": "prints the app's manifest",
    "move": "prints how many rows it moved",
    "restore": "prints how many rows there are",
    "run": "is the bot: tests/scenarios/test_leaks.py",
    "sandbox": "likewise",
}


def test_every_command_is_listed_here() -> None:
    assert set(main.list_commands(click.Context(main))) == {*ASKED, *WITHOUT_IT}


@pytest.mark.parametrize("name", ASKED)
def test_no_command_shows_what_a_private_incident_is_about(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "muster.yml").write_text(STAFFED)
    with closing(open_database("muster.db", own_time=False)) as database:
        given_incident(Office(database, process(), FakeClock()), "S1", name="Stolen key", private=True)
    before = os.umask(0)
    try:
        said = muster(*ASKED[name])
    finally:
        os.umask(before)

    assert said.output
    assert "stolen" not in said.output.lower()
    if name == "backup":
        assert stat.filemode(Path("copy.db").stat().st_mode) == "-rw-------"
