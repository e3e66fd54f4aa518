"""Runs the bot until it is told to stop: in a workspace, or in a Slack of its own."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Muster
from bot.check import Finding, Level, check
from bot.clock import Clock, ShiftedClock, SystemClock
from bot.config import Config, ConfigInvalid, Secrets
from bot.manifest import manifest
from bot.web import PortInUse
from sandbox.slack import Slack
from storage.database import Database

log = logging.getLogger("muster")

STOPPING_SECONDS = 5.0
"""A bot that has not stopped by then is left behind: what it did not send, it sends after its next start."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bot keeps its state and listens."""

    database: str
    host: str = "127.0.0.1"
    port: int = 3000


async def serve(config: Config, secrets: Secrets, place: Place) -> None:
    """Run the bot in a workspace.

    Deadlines are looked at first; meanwhile Slack is asked what it thinks of the configuration. While Slack
    is away the bot runs on what it knows. Raises DatabaseUnusable, PortInUse, and ConfigInvalid when Slack's
    answers show that no page could arrive.
    """
    for warning in config.warnings:
        log.warning(warning)
    stop = _told_to_stop()
    async with _running(config, secrets, place, SystemClock(), stop):
        checking = asyncio.create_task(_report(config, secrets), name="check")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait({checking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        fatal = checking.result() if checking.done() else []
        if not fatal:
            await stopping
        checking.cancel()
        stopping.cancel()
        await asyncio.gather(checking, stopping, return_exceptions=True)
    if fatal:
        raise ConfigInvalid(fatal)


async def play(config: Config, place: Place, port: int, ready: Callable[[str], Awaitable[None]]) -> None:
    """Run the bot with a Slack in memory, whose page is on `port`; `ready` hears its address."""
    clock = ShiftedClock()
    slack = Slack(manifest(), clock)
    stop = _told_to_stop()
    try:
        await _listening(slack, place.host, port)
        secrets = Secrets(slack.bot_token, slack.app_token, slack.signing_secret, slack.api_url)
        async with _running(config, secrets, place, clock, stop) as muster:

            async def skip(seconds: float) -> None:
                await muster.advance(clock, seconds)

            slack.on_advance = skip
            if not stop.is_set():
                await ready(slack.url)
            await stop.wait()
    finally:
        await slack.stop()


async def examine(config: Config, secrets: Secrets, *, unreachable: Level = Level.FATAL) -> list[Finding]:
    """Hold the configuration against the workspace, patiently where Slack wants fewer calls."""
    client = AsyncWebClient(
        token=secrets.bot_token,
        base_url=secrets.api_url,
        timeout=10,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=5)],
    )
    return await check(config, secrets, client, unreachable=unreachable)


@asynccontextmanager
async def _running(
    config: Config, secrets: Secrets, place: Place, clock: Clock, stop: asyncio.Event
) -> AsyncIterator[Muster]:
    """Start the bot and stop it again, also when it is told to stop while it starts."""
    database = Database(place.database)
    muster = Muster(config, secrets, database=database, clock=clock, host=place.host, port=place.port)
    try:
        starting = asyncio.create_task(muster.start(), name="start")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if starting.done():
            starting.result()
        starting.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        yield muster
    finally:
        await _stopped(muster)


async def _listening(slack: Slack, host: str, port: int) -> None:
    try:
        await slack.start(port=port, host=host)
    except OSError as error:
        raise PortInUse(host, port, error) from error


async def _stopped(muster: Muster) -> None:
    try:
        async with asyncio.timeout(STOPPING_SECONDS):
            await muster.stop()
    except TimeoutError:
        log.error("could not stop in %g s; what is not sent is sent after the next start", STOPPING_SECONDS)


def _told_to_stop() -> asyncio.Event:
    """Return what SIGTERM and Ctrl-C set."""
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    return stop


async def _report(config: Config, secrets: Secrets) -> list[str]:
    """Warn of what `muster check` would find, and return what makes every page impossible."""
    found = await examine(config, secrets, unreachable=Level.WARNING)
    for finding in found:
        if finding.level is Level.WARNING and finding.what not in config.warnings:
            log.warning("%s %s", finding.what, finding.cure)
    return [f"{finding.what} {finding.cure}" for finding in found if finding.level is Level.FATAL]
