"""Runs the bot until it is told to stop: in a workspace, or in a Slack of its own."""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.app import Muster
from bot.cli.checks.workspace import examine
from bot.cli.findings import Level
from bot.cli.settings import Place
from bot.clock import Clock, ShiftedClock, SystemClock
from bot.config import Config, ConfigInvalid, Secrets
from bot.health.systemd import Service
from bot.web.connections import raise_limit
from storage.database import Database, DatabaseUnusable
from storage.engines import open_database

log = logging.getLogger("muster")

STOPPING_SECONDS = 4.0
"""A bot that has not stopped by then is left behind: what it did not send, it sends after its next start."""

BEGINS_AFTER = 10_000
"""So many values more than were let go are made before garbage is looked for: at most some megabytes."""

FURTHEST_APART = 30.0
"""Seconds that the clocks of this machine and of the database may be apart."""


async def serve(config: Config, secrets: Secrets, place: Place) -> None:
    """Run the bot in a workspace.

    Deadlines are looked at first; meanwhile Slack is asked what it thinks of the configuration. While Slack
    is away the bot runs on what it knows. Raises DatabaseUnusable, PortInUse, and ConfigInvalid when Slack's
    answers show that no page could arrive by it, unless incidents are open: methods may reach somebody.
    """
    raise_limit()
    for warning in config.warnings:
        log.warning(warning)
    stop = told_to_stop()
    async with running(config, secrets, place, SystemClock(), stop) as muster:
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


@asynccontextmanager
async def running(
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
    spare_collecting()
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


def spare_collecting() -> None:
    """Have the garbage collector look less often, and never at what is loaded by now.

    It would go through all of that again and again, and nobody is heard meanwhile: a tenth of a second each
    time. As it is set by Python it also begins after 700 new values: an eighth of the time that a year's
    figures take.
    """
    gc.freeze()
    gc.set_threshold(BEGINS_AFTER)


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


async def _stopped(muster: Muster) -> None:
    try:
        async with asyncio.timeout(STOPPING_SECONDS):
            await muster.stop()
    except TimeoutError:
        log.error("could not stop in %g s; what is not sent is sent after the next start", STOPPING_SECONDS)


def told_to_stop() -> asyncio.Event:
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
