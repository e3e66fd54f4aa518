"""The database is away altogether: who has to be called is said by the configuration alone."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import aiohttp
import pytest

from handlers.refusals import CALL, LOOK_UP
from sandbox.slack import Slack
from storage.database import DatabaseBusy
from storage.sqlite import SqliteConnection, SqliteDatabase
from tests.fakes import FakeClock
from tests.scenarios.conftest import World, with_phones
from tests.scenarios.look import answer, asks, buttons, shown

pytestmark = pytest.mark.faults

R = TypeVar("R")
EOC = "*Engineer On Call (dotcom EOC)*: ana@example.com, +351 21 555 0101"
THEN = "then after 15 min IM ines@example.com, after 30 min Infrastructure Leader lena@example.com"


class Away(SqliteDatabase):
    away = False

    def run(self, work: Callable[[SqliteConnection], R], *, writing: bool = True, guarded: bool = False) -> R:
        if self.away:
            raise DatabaseBusy("connection refused")
        return super().run(work, writing=writing, guarded=guarded)


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    world = World(slack, clock, tmp_path / "muster.db", with_phones(slack))
    world.open = Away
    await world.start()
    yield world
    await world.stop()


async def test_commands_and_buttons_say_whom_to_call_by_the_configuration(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.declare()
    ana = world.person("ana")
    page = ana.dm()[0]
    monkeypatch.setattr(Away, "away", True)

    answers = [await asks(world, "dev", typed, "general") for typed in ("oncall", "list")]
    await ana.click(page, text="Acknowledge")
    await world.slack.idle()

    for said in (*map(shown, answers), answer(ana, page.get("channel", "dm"))["text"]):
        assert said.startswith(f"{CALL}\n")
        assert f"\n{EOC}\n{THEN}\n" in said


async def test_a_pipeline_is_answered_neither_yes_nor_no(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`muster blocked` ends with 2 then: tests/cli/test_blocked.py."""
    url = f"http://127.0.0.1:{world.muster.web.port}/api/v1/blocks"
    monkeypatch.setattr(Away, "away", True)

    async with (
        aiohttp.ClientSession() as http,
        http.get(url, headers={"Authorization": "Bearer muster_0123456789abcdef"}) as answered,
    ):
        body = await answered.json(content_type=None)

    assert answered.status == 503
    assert answered.headers["Retry-After"] == "5"
    assert "blocked" not in str(body)


async def test_a_form_leads_there_and_help_works(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    dev = world.person("dev")
    await dev.slash("/inc", "", channel="general")
    await world.slack.idle()
    await dev.fill({"name": "Cache cold", "severity": "S3"})
    monkeypatch.setattr(Away, "away", True)

    assert list((await dev.submit()).values()) == [LOOK_UP]
    assert "Declare an incident" in buttons(await asks(world, "dev", "help", "general"))
    assert "/inc oncall" in shown(await asks(world, "dev", "help oncall", "general"))
