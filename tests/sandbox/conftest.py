"""A sandbox, and a real Bolt app that is connected to it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Slack
from tests.patience import PATIENCE

MANIFEST = Path(__file__).parents[2] / "manifest.yml"


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        until = self._now + timedelta(seconds=seconds)
        while self._now < until:
            await self._moved.wait()

    def advance(self, **kwargs: float) -> None:
        self._now += timedelta(**kwargs)
        self._moved.set()
        self._moved = asyncio.Event()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def shipped() -> dict[str, Any]:
    """What is in the repository, read once."""
    read: dict[str, Any] = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return read


@pytest.fixture
def manifest(shipped: dict[str, Any]) -> dict[str, Any]:
    """The bot's manifest, with what other apps ask for; a test may change it before it asks for `slack`."""
    read = deepcopy(shipped)
    read["oauth_config"]["scopes"]["bot"] += ["bookmarks:read", "bookmarks:write"]
    return read


@pytest.fixture
async def slack(clock: FakeClock, manifest: dict[str, Any]) -> AsyncIterator[Slack]:
    slack = Slack(manifest, clock)
    slack.patience = PATIENCE  # what is to be late says so
    await slack.start()
    yield slack
    await slack.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(slack: Slack, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(
        slack.bot_token,
        base_url=slack.api_url,
        session=session,
        retry_handlers=[],
        trust_env_in_session=False,
    )


@pytest.fixture
def app(client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret="unused")


def key(slack: Slack) -> dict[str, str]:
    """The header with which the page acts."""
    return {"X-Sandbox-Key": slack.credentials.page_key}


async def unheard() -> None:
    """Takes the events that a test has no interest in."""


@pytest.fixture
async def connect(slack: Slack, app: AsyncApp) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Connects the app by Socket Mode, once its listeners are in place."""
    handlers: list[AsyncSocketModeHandler] = []

    async def connect() -> None:
        # Bolt does not acknowledge what no listener takes.
        app.event(re.compile(".*"))(unheard)
        handler = AsyncSocketModeHandler(app, slack.app_token)
        handlers.append(handler)
        await handler.connect_async()
        await slack.idle()

    yield connect
    for handler in handlers:
        await handler.close_async()


class Ear:
    """A bare Socket Mode client: keeps every frame, and acknowledges it unless told to be `deaf`."""

    def __init__(self, slack: Slack, session: aiohttp.ClientSession) -> None:
        self._slack, self._session = slack, session
        self._task: asyncio.Task[None] | None = None
        self.frames: list[dict[str, Any]] = []
        self.deaf = False
        self.answers: list[Any] = []

    async def connect(self, url: str = "") -> None:
        self.socket = await self._session.ws_connect(url or self._slack.sockets.new_url())
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for message in self.socket:
            frame = json.loads(message.data)
            self.frames.append(frame)
            if "envelope_id" in frame and not self.deaf:
                answer = {"payload": self.answers.pop(0)} if self.answers else {}
                await self.socket.send_json({"envelope_id": frame["envelope_id"], **answer})

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [frame["payload"] for frame in self.frames if "payload" in frame]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [payload["event"] for payload in self.payloads if "event" in payload]

    @property
    def names(self) -> list[str]:
        """Type, or subtype, of each event."""
        return [event.get("subtype") or event["type"] for event in self.events]

    async def close(self) -> None:
        await self.socket.close()
        if self._task is not None:
            await self._task


@pytest.fixture
async def ear(slack: Slack, session: aiohttp.ClientSession) -> AsyncIterator[Ear]:
    ear = Ear(slack, session)
    await ear.connect()
    yield ear
    await ear.close()


async def until(condition: Callable[[], Any]) -> None:
    """Wait until something that another task does has happened."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - another task is at work
            await asyncio.sleep(0.005)


async def refused(call: Awaitable[Any]) -> str:
    """The error code that Slack gives to this call."""
    with pytest.raises(SlackApiError) as refusal:
        await call
    return str(refusal.value.response["error"])
