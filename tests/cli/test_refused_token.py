"""Slack refuses the token when the bot starts: it ends, unless somebody has to be paged by other methods."""

import asyncio
import signal
import urllib.error
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.config import Config, load
from bot.domain.incidents.incident import Draft, Severity, Status
from bot.jobs import routes
from bot.operations.incidents.declare import declare
from bot.operations.incidents.lifecycle import change_status
from bot.operations.workspace.people import learned
from bot.unit_of_work import UnitOfWork
from storage.people import Person
from storage.sqlite import SqliteDatabase
from tests.cli.slack_stub import SlackStub, served
from tests.cli.test_commands import TOKENS, answers, ended, free_port, process, read_until
from tests.fakes import FakeClock
from tests.patience import PATIENCE
from tests.phones import Phones, phones

CONFIG = """
teams:
  dotcom EOC: {{on_call: [eoc@example.com], path: [{{page: dotcom EOC}}]}}
contact_methods: {{sms: "{url}"}}
people:
  eoc@example.com: {{sms: "+442079460001"}}
"""
EOC = Person("UEOC", "eoc", "eoc@example.com", active=True, tz=None)


@pytest.fixture
async def phone() -> AsyncIterator[Phones]:
    async with phones() as found:
        yield found


@pytest.fixture
def config(phone: Phones, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A folder with a configuration in which somebody has a contact method."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "muster.yml"
    path.write_text(CONFIG.format(url=phone.url))
    return load(path)


async def given_incident(config: Config, *, over: bool) -> None:
    """Leave behind a database as of a bot that ended twenty minutes ago, after an incident was declared."""
    clock = FakeClock(SystemClock().now() - timedelta(minutes=20))
    with closing(SqliteDatabase("muster.db")) as database:
        uow = UnitOfWork(database, config.process, clock)
        uow.deliver_to(routes([]), lambda: None)
        await uow.perform(learned, [EOC], [])
        draft = Draft("Disk full", "GitLab.com", Severity.S3, triage=False, private=False)
        incident = await uow.perform(declare, draft, by=EOC.id, form=None)
        for status in (Status.FIXING, Status.RESOLVED) if over else ():
            await uow.perform(change_status, incident.id, status, by=EOC.id)


@pytest.mark.parametrize(
    "refusal",
    [
        "invalid_auth",
        *(pytest.param(one, marks=pytest.mark.proof) for one in ("account_inactive", "token_revoked")),
    ],
)
async def test_while_an_incident_is_open_it_pages_by_contact_methods(
    phone: Phones, config: Config, refusal: str
) -> None:
    await given_incident(config, over=False)
    port = free_port()

    async with served(SlackStub(refused={"*": refusal})) as slack:
        environment = {**TOKENS, "SLACK_API_URL": slack.url}
        with process("run", "--port", str(port), **environment) as running:
            both = r'(?s)level=error .*goes on paging.*event="muster is running"[^\n]*\n'
            said = await asyncio.to_thread(read_until, running, both)
            async with asyncio.timeout(PATIENCE):
                await phone.rung.wait()
            with pytest.raises(urllib.error.HTTPError, match="503"):
                await asyncio.to_thread(answers, port, "/readyz")
            code = await asyncio.to_thread(ended, running, signal.SIGTERM)

    assert f"SLACK_BOT_TOKEN is refused by Slack: {refusal}. Copy the token anew" in said
    assert 'missing="SLACK_BOT_TOKEN is refused' in said
    assert "INC-1" in phone.texts("+442079460001")[0]
    assert code == 0


async def test_when_every_incident_is_over_it_ends(config: Config) -> None:
    await given_incident(config, over=True)

    async with served(SlackStub(refused={"*": "invalid_auth"})) as slack:
        environment = {**TOKENS, "SLACK_API_URL": slack.url}
        with process("run", "--port", "0", **environment) as running:
            said, _ = await asyncio.to_thread(running.communicate, timeout=PATIENCE)

    assert running.returncode == 2
    assert "muster: SLACK_BOT_TOKEN is refused by Slack: invalid_auth" in said
