"""A sandbox, and a real Bolt app that is connected to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Slack

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


@pytest.fixture
def manifest() -> dict[str, Any]:
    """The app's own manifest; a test may change it before it asks for `slack`."""
    read: dict[str, Any] = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return read


@pytest.fixture
async def slack(clock: FakeClock, manifest: dict[str, Any]) -> AsyncIterator[Slack]:
    slack = Slack(manifest, clock)
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


@pytest.fixture
async def connect(slack: Slack, app: AsyncApp) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Connects the app by Socket Mode, once its listeners are in place."""
    handlers: list[AsyncSocketModeHandler] = []

    async def connect() -> None:
        handler = AsyncSocketModeHandler(app, slack.app_token)
        handlers.append(handler)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await slack.idle()

    yield connect
    for handler in handlers:
        await handler.close_async()  # type: ignore[no-untyped-call]
