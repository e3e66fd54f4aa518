"""The whole bot and the sandbox in one event loop, on a clock that the test moves."""

import asyncio
import json
import logging
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.app import Muster
from bot.config import Config, Secrets, load
from bot.config.environment import WebClient
from bot.integrations.carrier import Carrier
from sandbox.person import Person
from sandbox.serving import accounts
from sandbox.slack import Slack
from storage.database import Database
from storage.sqlite import MEMORY, SqliteDatabase
from tests.fakes import FakeClock
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
TEXTED = ROOT / "tests" / "scenarios" / "texted.yml"
SANDBOX_CONFIG = ROOT / "sandbox" / "muster.yml"
QUIET = 0.002
"""Seconds without a word between Slack and the bot after which nobody waits: all is on one loop."""
CONFIG = ROOT / "tests" / "muster.yml"


def opened(path: str) -> Database:
    """Return a file that waits for no disk: here no power is cut. A new one has its tables by a copy."""
    if not Path(path).exists():
        with closing(sqlite3.connect(path)) as file, closing(SqliteDatabase(MEMORY)) as empty:
            file.execute("PRAGMA synchronous = OFF")
            empty._db.conn.backup(file)
    database = SqliteDatabase(path)
    database._db.execute("PRAGMA synchronous = OFF")
    return database


class Unpaced(Muster):
    """The bot that edits a card as often as it likes."""

    edits_apart = timedelta()


class World:
    """Slack, the bot, and the people. Everything a scenario does goes through here."""

    def __init__(
        self, slack: Slack, clock: FakeClock, database: Path, config: Config, *, socket_mode: bool = True
    ) -> None:
        self.slack = slack
        slack.patience = PATIENCE  # else whoever types is told of trouble when this machine stalls
        self.socket_mode = socket_mode
        self.open: Callable[[str], Database] = opened
        self.patience = PATIENCE
        self.in_place = True
        self.paced = False  # else a card would show what was done a second of the clock later
        self.api_url: str | None = None
        self.clock = clock
        self.config = config
        self.heartbeat_url: str | None = None
        self.public_url: str | None = None
        self.carrier: Carrier | None = None
        self._database = database
        self.bot: Muster | None = None

    @property
    def muster(self) -> Muster:
        assert self.bot, "the bot is not running"
        return self.bot

    def build(self) -> Muster:
        """Return the bot, not yet started."""
        secrets = Secrets(
            bot_token=self.slack.bot_token,
            app_token=self.slack.app_token if self.socket_mode else None,
            signing_secret=self.slack.signing_secret,
            api_url=self.api_url or self.slack.api_url,
            heartbeat_url=self.heartbeat_url,
            client=WebClient(self.slack.sign_in.client_id, self.slack.sign_in.client_secret),
        )
        return (Muster if self.paced else Unpaced)(
            self.config,
            secrets,
            database=self.open(str(self._database)),
            clock=self.clock,
            port=0,
            public_url=self.public_url,
            patience=self.patience,
            in_place=self.in_place,
            carrier=self.carrier,
        )

    async def start(self) -> None:
        """Start the bot, as after an installation or a restart."""
        self.bot = self.build()
        await self.bot.start(ticking=False)
        if not self.socket_mode:
            self.slack.request_url = f"http://127.0.0.1:{self.bot.web.port}/slack/events"
        await self.until(self.muster.connected)
        await self.settle()

    async def stop(self) -> None:
        """Stop the bot; Slack and the people stay."""
        if self.bot:
            await self.bot.stop()
            self.bot = None

    def person(self, handle: str) -> Person:
        """Return somebody at a keyboard."""
        return self.slack.person(handle)

    async def declare(self, who: str = "dev", **answers: Any) -> Person:
        """Have somebody declare an incident, by default an active S3 called "Disk full"."""
        person = self.person(who)
        await person.slash("/inc", "", channel="general")
        await self.calm()
        if "people" in answers:  # asked once the type is chosen
            await person.press("declare_type", value=answers["type"])
            await self.calm()
            answers["people"] = [self.person(one).id for one in answers["people"]]
        await person.fill({"name": "Disk full", "severity": "S3"} | answers)
        assert await person.submit() == {}
        await self.settle()
        return person

    def texts(self, who: str, channel: str) -> list[str]:
        """Return what somebody reads in a channel, oldest first, without Slack's own lines."""
        found = self.person(who).messages(channel)
        return [message["text"] for message in found if message.get("subtype") is None]

    async def calm(self) -> None:
        """Wait until nothing is on its way between Slack and the bot."""
        await self.slack.idle(PATIENCE, quiet=QUIET)

    async def settle(self) -> None:
        """Wait until nobody is waiting for anybody."""
        for _ in range(2):
            await self.calm()
            await asyncio.wait_for(self.muster.deliveries.quiet(), PATIENCE)

    async def settle_down(self) -> None:
        """Wait, also for what waits whether more of its kind happens: the channel's topic and name."""
        await self.settle()
        await self.pass_minutes(0.1)

    async def pass_minutes(self, minutes: float) -> None:
        """Let time pass, with everything that falls in it, as the page's buttons do."""
        self.slack.workspace.skips_to = self.clock.now() + timedelta(minutes=minutes)
        await self.muster.advance(self.clock, minutes * 60)
        await self.settle()

    async def pass_hours(self, hours: float) -> None:
        """Let hours pass in which no page is due, by ten minutes: in small steps a day takes seconds."""
        for _ in range(round(hours * 6)):
            self.clock.advance(minutes=9.75)
            await self.muster.advance(self.clock, 15)
        await self.settle()

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Wait for something that takes a moment of real time, such as a socket to open."""
        async with asyncio.timeout(PATIENCE):
            while not await condition():  # noqa: ASYNC110 - the condition is the network's, not ours
                await asyncio.sleep(0.002)


def with_phones(slack: Slack) -> Config:
    """Return a configuration by which people can be texted in the sandbox."""
    return load(TEXTED, {"MUSTER_SANDBOX": urlsplit(slack.url).netloc})


def as_tried_out(slack: Slack) -> Config:
    """Return the configuration that `muster sandbox` has, with its account at the sandbox's Twilio."""
    known = slack.credentials
    return load(SANDBOX_CONFIG, accounts(urlsplit(slack.url).netloc, known.twilio_sid, known.twilio_token))


@cache
def _shipped() -> str:
    """Return the manifest as JSON, which is read in no time."""
    return json.dumps(yaml.safe_load((ROOT / "manifest.yml").read_text()))


def manifest(*, socket_mode: bool = True) -> dict[str, Any]:
    """Return the manifest that the bot ships, for one of its two transports."""
    found: dict[str, Any] = json.loads(_shipped())
    found["settings"]["socket_mode_enabled"] = socket_mode
    return found


@pytest.fixture
async def slack(clock: FakeClock) -> AsyncIterator[Slack]:
    slack = Slack(manifest(), clock)
    await slack.start(port=0)
    yield slack
    await slack.stop()


@pytest.fixture(scope="session")
def config() -> Config:
    return load(CONFIG)


@pytest.fixture
async def world(
    slack: Slack, clock: FakeClock, tmp_path: Path, request: pytest.FixtureRequest, config: Config
) -> AsyncIterator[World]:
    world = World(slack, clock, tmp_path / "muster.db", config)
    await world.start()
    yield world
    if not request.node.get_closest_marker("faults"):
        await _the_audit_finds_nothing(world)
    await world.stop()
    _nothing_was_said_twice(slack)


@pytest.fixture(autouse=True)
def _no_errors(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Any:
    """Fail a scenario in which the bot logged an error that the test does not expect."""
    yield
    if request.node.get_closest_marker("faults"):
        return
    errors = [
        record.getMessage()
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.ERROR
    ]
    assert not errors


@pytest.fixture
async def http_world(clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    """The same, with Slack delivering to the bot's HTTP server."""
    slack = Slack(manifest(socket_mode=False), clock)
    await slack.start(port=0)
    world = World(slack, clock, tmp_path / "muster.db", load(CONFIG), socket_mode=False)
    await world.start()
    yield world
    await world.stop()
    await slack.stop()
    _nothing_was_said_twice(slack)


async def _the_audit_finds_nothing(world: World) -> None:
    """The cheapest detector of pages that are lost on the way."""
    if world.bot:
        found, whole = await world.bot.watching.audit.look()
        assert (found, whole) == ([], True)


def _nothing_was_said_twice(slack: Slack) -> None:
    """The cheapest detector of duplicates: the same delivery in a conversation more than once."""
    posted = [call for call in slack.calls("chat.postMessage") if call.ok]
    marks = Counter(
        (call.args["channel"], call.args["metadata"]["event_payload"]["delivery"])
        for call in posted
        if call.args.get("metadata")
    )
    assert [mark for mark, times in marks.items() if times > 1] == []
