"""Runs the bot until it is told to stop: in a workspace, or in a Slack of its own."""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Muster
from bot.cli.check import Finding, Level, check
from bot.cli.manifest import manifest
from bot.clock import Clock, ShiftedClock, SystemClock
from bot.config import Config, ConfigInvalid, Secrets
from bot.health.systemd import Service
from bot.web.connections import raise_limit
from bot.web.server import PortInUse
from handlers.paging.rehearsal_page import choices, rehearsed
from sandbox.app import read_manifest_file
from sandbox.errors import CannotListen, Unusable
from sandbox.serving import Place as SandboxPlace
from sandbox.serving import alone, served
from storage.database import Database, DatabaseUnusable
from storage.engines import open_database

log = logging.getLogger("muster")

STOPPING_SECONDS = 4.0
"""A bot that has not stopped by then is left behind: what it did not send, it sends after its next start."""

FURTHEST_APART = 30.0
"""Seconds that the clocks of this machine and of the database may be apart."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bot keeps its state and listens, and at which address people's phones reach it."""

    database: str
    host: str = "127.0.0.1"
    port: int = 3000
    public_url: str | None = None


async def serve(config: Config, secrets: Secrets, place: Place) -> None:
    """Run the bot in a workspace.

    Deadlines are looked at first; meanwhile Slack is asked what it thinks of the configuration. While Slack
    is away the bot runs on what it knows. Raises DatabaseUnusable, PortInUse, and ConfigInvalid when Slack's
    answers show that no page could arrive by it, unless incidents are open: methods may reach somebody.
    """
    raise_limit()
    for warning in config.warnings:
        log.warning(warning)
    stop = _told_to_stop()
    async with _running(config, secrets, place, SystemClock(), stop) as muster:
        checking = asyncio.create_task(_report(config, secrets), name="check")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait({checking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        fatal = _found_fatal(checking) if checking.done() else []
        missing = fatal
        if fatal and await muster.needed():
            fatal = _tolerated(fatal)
        if not fatal:
            if not stop.is_set():
                await muster.say_that_it_runs(missing)
            await stopping
        checking.cancel()
        stopping.cancel()
        await asyncio.gather(checking, stopping, return_exceptions=True)
    if fatal:
        raise ConfigInvalid(fatal)


async def play(
    configured: Callable[[str, str, str], Config],
    place: Place,
    sandbox: SandboxPlace,
    ready: Callable[[str], Awaitable[None]],
) -> None:
    """Run the bot with a Slack of its own; `ready` hears the address of its page.

    `configured` returns the configuration for a page at that host and port, as people's phones are there, and
    for that account at its Twilio, which replies to where the bot listens.

    Raises DatabaseUnusable, PortInUse and, for a file of the sandbox's, ConfigInvalid.
    """
    clock = ShiftedClock()
    stop = _told_to_stop()
    with _plain_refusals(sandbox):
        async with served(manifest(), clock, sandbox, clock.advance) as slack:
            secrets = Secrets(slack.bot_token, slack.app_token, slack.signing_secret, slack.api_url)
            known = slack.credentials
            config = configured(urlsplit(slack.url).netloc, known.twilio_sid, known.twilio_token)
            async with _running(config, secrets, place, clock, stop) as muster:

                async def skip(seconds: float) -> None:
                    await muster.advance(clock, seconds)

                slack.on_advance, slack.pace.hold = skip, clock.hold
                slack.simulation.offer(
                    choices(config.process), partial(rehearsed, muster.uow, muster.rehearsals)
                )
                slack.twilio.sms_url = f"{muster.links.base}/twilio/sms"
                if not stop.is_set():
                    await muster.say_that_it_runs()
                    await ready(slack.url)
                await stop.wait()
                await slack.pace.close()


async def play_without_bot(
    manifest_file: Path | None,
    sandbox: SandboxPlace,
    request_url: str | None,
    ready: Callable[[str], Awaitable[None]],
) -> None:
    """Run a Slack for an app that runs elsewhere. Raises PortInUse and ConfigInvalid."""
    stop = _told_to_stop()
    with _plain_refusals(sandbox):
        told = read_manifest_file(manifest_file) if manifest_file else manifest()
        async with alone(told, sandbox, request_url) as slack:
            await ready(slack.url)
            await stop.wait()


async def examine(
    config: Config, secrets: Secrets, *, unreachable: Level = Level.FATAL, reached: Collection[str] = ()
) -> list[Finding]:
    """Hold the configuration against the workspace, patiently where Slack wants fewer calls."""
    client = AsyncWebClient(
        token=secrets.bot_token,
        base_url=secrets.api_url,
        timeout=10,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=5)],
    )
    return await check(config, secrets, client, unreachable=unreachable, reached=reached)


@asynccontextmanager
async def _running(
    config: Config, secrets: Secrets, place: Place, clock: Clock, stop: asyncio.Event
) -> AsyncIterator[Muster]:
    """Start the bot and stop it again, also when it is told to stop while it starts."""
    real = not isinstance(clock, ShiftedClock)
    database = open_database(place.database, own_time=real, reserve=real)
    _agree_on_the_time(database, clock)
    muster = Muster(
        config,
        secrets,
        database=database,
        clock=clock,
        host=place.host,
        port=place.port,
        public_url=place.public_url,
    )
    # What is loaded by now stays. The garbage collector would go through all of it again and again, and
    # nobody is heard meanwhile: a tenth of a second each time.
    gc.freeze()
    service = Service(os.environ)
    muster.ticks.alive = service.alive
    try:
        starting = asyncio.create_task(muster.start(), name="start")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if starting.done():
            starting.result()
            service.ready()
        starting.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        yield muster
    finally:
        service.stopping()
        await _stopped(muster)


def _agree_on_the_time(database: Database, clock: Clock) -> None:
    """Refuse to work with a database that is in another time than we are. Closes it then."""
    ahead = database.ahead_of(clock.now()).total_seconds()
    if abs(ahead) > FURTHEST_APART:
        database.close()
        raise DatabaseUnusable(
            f"the database's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this "
            f"machine's, and more than {FURTHEST_APART:.0f} s makes deadlines doubtful. Set both clocks, "
            "best with NTP, and start again."
        )


@contextmanager
def _plain_refusals(sandbox: SandboxPlace) -> Iterator[None]:
    try:
        yield
    except Unusable as error:
        raise ConfigInvalid(error.problems) from error
    except CannotListen as error:
        also = f'; with make: make sandbox ARGS="--port {sandbox.port + 1}"'
        raise PortInUse(sandbox.host, sandbox.port, error.reason, also) from error


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


def _found_fatal(checking: asyncio.Task[list[str]]) -> list[str]:
    """Return what makes every page impossible: nothing, as far as a check knows that hit a bug."""
    if error := checking.exception():
        log.error("the configuration could not be held against the workspace", exc_info=error)
        return []
    return checking.result()


def _tolerated(fatal: list[str]) -> list[str]:
    """Be loud about what would end a bot that nobody needs now."""
    for each in fatal:
        log.error("%s Then restart muster: incidents are open, so it goes on paging by what is left.", each)
    return []


async def _report(config: Config, secrets: Secrets) -> list[str]:
    """Warn of what `muster check` would find, and return what makes every page impossible."""
    found = await examine(config, secrets, unreachable=Level.WARNING)
    for finding in found:
        if finding.level is Level.WARNING and finding.what not in config.warnings:
            log.warning("%s %s", finding.what, finding.cure)
    return [f"{finding.what} {finding.cure}" for finding in found if finding.level is Level.FATAL]
