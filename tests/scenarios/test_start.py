"""Whatever fails when the bot starts, once or always: pages leave, it is told, and it is tried again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.app import Muster
from bot.config import load
from bot.domain.incidents.incident import Draft, Severity
from bot.operations import restored
from bot.operations.incidents.declare import declare
from bot.web.listening import PortInUse
from bot.web.server import Web
from sandbox.slack import Slack
from scheduler.starting import AGAIN, Step, Steps
from storage.backup import back_up
from storage.restoring import restore
from storage.transaction import Tx
from tests.fakes import FakeClock
from tests.patience import PATIENCE
from tests.scenarios.conftest import CONFIG, World

RETRIED = (
    "web server",
    "recovery",
    "schedules",
    "heartbeats",
    "other replicas",
    "sockets",
    "calendars",
    "insights",
)
"""Steps that are made again by themselves; the others are made again and again anyway."""
MADE_AGAIN = (
    "clock",
    "deadlines",
    "people",
    "introduction",
    "who is on call",
    "directory",
    "channels that came back",
)
STEPS = (*RETRIED, "pages after a restore", *MADE_AGAIN)

pytestmark = pytest.mark.faults


class Bug(Exception):
    """What nobody expects."""


class Failing(Steps):
    """Steps of which some fail, so many times."""

    names: frozenset[str] = frozenset()
    times = 0
    made: set[str]

    async def attempt(self, name: str, step: Step, *, fatal: tuple[type[Exception], ...] = ()) -> bool:
        async def fails() -> None:
            raise Bug(name)

        Failing.made.add(name)
        if name in Failing.names and Failing.times > 0:
            Failing.times -= 1
            return await super().attempt(name, fails, fatal=fatal)
        return await super().attempt(name, step, fatal=fatal)


class Starting(World):
    """A bot that starts on a copy of its database, with a page that waits."""

    async def starts(self) -> Muster:
        self.bot = self.build()
        await asyncio.wait_for(self.bot.start(ticking=False), PATIENCE)
        await self.bot.ticks.tick()  # the loop's part
        await asyncio.wait_for(self.bot.deliveries.quiet(), PATIENCE)
        return self.bot

    def paged(self) -> int:
        """Count the pages that were posted: a newer one deletes the one before it."""
        posted = [one for one in self.slack.calls("chat.postMessage") if one.ok]
        theirs = [one for one in posted if one.args.get("channel") == self.person("ana").id]
        return len([one for one in theirs if "You are paged" in str(one.args.get("text"))])

    async def declares(self) -> None:
        """Have an incident declared, whichever way people reach the bot."""
        draft = Draft("Cache cold", "GitLab.com", Severity.S3, triage=False, private=False)
        await self.muster.uow.perform(declare, draft, by=self.person("dev").id, form=None)
        await asyncio.wait_for(self.muster.deliveries.quiet(), PATIENCE)


@pytest.fixture
async def world(
    slack: Slack, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Starting]:
    world = Starting(slack, clock, tmp_path / "muster.db", load(CONFIG))
    await world.start()
    await world.declare()
    copy = tmp_path / "copy.db"
    back_up(str(tmp_path / "muster.db"), copy, at=clock.now())
    await world.stop()
    restore(copy, str(tmp_path / "muster.db"), at=clock.now(), replace=True)
    monkeypatch.setattr("bot.app.Steps", Failing)
    Failing.made, Failing.names, Failing.times = set(), frozenset(), 0
    yield world
    await world.stop()


async def ready(bot: Muster) -> tuple[int, dict[str, str]]:
    """Return what `/readyz` answers, and what it says is failing."""
    url = f"http://127.0.0.1:{bot.web.port}/readyz"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, (await answer.json()).get("failing", {})


async def measured(bot: Muster, name: str) -> bool:
    page, _ = await bot.watching.metrics.scrape("")
    return f'muster_step_failing{{step="{name}"}} 1.0' in page.decode()


async def test_the_steps_that_are_walked_here_are_all_that_there_are(world: Starting) -> None:
    await world.starts()

    sometimes = {"pages after a restore", "loop lag", "first sight"}
    assert Failing.made | sometimes == {*STEPS, *sometimes}
    assert world.muster.steps.failing == {}


@pytest.mark.parametrize("times", [1, 10**6], ids=["once", "always"])
@pytest.mark.parametrize("name", STEPS)
async def test_a_step_that_fails_keeps_no_page_back(world: Starting, name: str, times: int) -> None:
    before = world.paged()
    Failing.names, Failing.times = (
        frozenset({name, "recovery"} if name.startswith("pages") else {name}),
        times,
    )

    bot = await world.starts()
    await world.declares()

    if not (name.startswith("pages") and times > 1):
        assert world.paged() == before + 2
    else:
        assert world.paged() == before + 1  # the page that was sent before the copy is not sent again

    if times > 1:
        assert bot.steps.failing[name] == "Bug; it is tried again"
        assert await measured(bot, name)
        if name != "web server":
            assert (await ready(bot))[1][name] == "Bug; it is tried again"


@pytest.mark.parametrize("name", RETRIED)
async def test_a_step_that_failed_once_is_made_again(
    world: Starting, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    Failing.names, Failing.times = frozenset({name}), 1
    bot = await world.starts()
    assert name in bot.steps.failing

    async def mended() -> bool:
        world.clock.advance(AGAIN)
        await asyncio.sleep(0)
        return not bot.steps.failing

    await world.until(mended)

    assert (await ready(bot))[1] == {}
    assert f"{name}: this works again" in caplog.messages
    assert not await bot.uow.read(restored.older_state_of)


async def test_what_slack_shows_is_passed_over_when_it_can_never_be_taken_over(
    world: Starting, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconciled = restored.reconciled

    def trips(tx: Tx, found: restored.Found) -> None:
        if found.traces:
            raise Bug("what is found cannot be taken over")
        reconciled(tx, found)

    monkeypatch.setattr(restored, "reconciled", trips)
    before = world.paged()
    bot = await world.starts()
    assert world.paged() == before + 1

    async def went_on() -> bool:
        world.clock.advance(AGAIN)
        await asyncio.sleep(0.01)
        return not bot.steps.failing

    await world.until(went_on)

    assert not await bot.uow.read(restored.older_state_of)


async def port_in_use(_: Web) -> None:
    raise PortInUse("127.0.0.1", 3000, OSError(98, "in use"))


async def test_a_port_in_use_ends_the_start_only_where_slack_comes_by_it_and_nothing_is_open(
    world: Starting, slack: Slack, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Web, "start", port_in_use)
    before = world.paged()
    idle, by_http = (Starting(slack, clock, tmp_path / f"{name}.db", load(CONFIG)) for name in "ab")
    by_http.socket_mode = False

    await world.starts()
    await idle.starts()
    with pytest.raises(PortInUse):
        await by_http.starts()
    again = idle.paged()
    await idle.declares()

    assert world.paged() == before + 1 + 1
    assert idle.paged() == again + 1
    for one in (world, idle):
        assert list(one.muster.steps.failing) == ["web server"]
        assert "port 3000 on 127.0.0.1 is in use" in one.muster.steps.failing["web server"]
    await by_http.stop()
    await idle.stop()
