"""Memory while Slack is away for hours: a program of its own, in which they pass on a clock that is moved.

`python -m tests.bench.away DATABASE` runs the bot on a database with open incidents, against a Slack that
answers every call with 503, and prints by how many bytes the process grew.
"""

import asyncio
import gc
import logging
import os
import sys

import click
from aiohttp import web

from bot.app import Muster
from bot.clock import SystemClock
from bot.config import Secrets, load
from storage.engines import open_database
from tests.bench import filled
from tests.bench.figures import Line
from tests.bench.place import CONFIG, ROOT, place, resident_bytes
from tests.bench.stores import Setup
from tests.fakes import FakeClock

BUDGET = 50
MEGABYTE = 1_000_000
WARMING_UP = 20 * 60
"""Seconds before the first look, in which everything has happened once."""


async def figures(setup: Setup, incidents: int, *, hours: float) -> list[Line]:
    """Measure it with so many incidents that nobody answers."""
    async with place(setup, incidents=incidents) as at:
        await filled.put(at, [SystemClock().now() + filled.TIMEOUT] * incidents)
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.away", at.store.where, str(hours)),
            cwd=ROOT,
            env=at.environment(),
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await program.communicate()
    grown = int(said) / MEGABYTE
    what = f"Memory that {hours:g} hours without Slack add, {incidents} incidents unanswered"
    return [Line(what, f"{grown:.0f} MB", budget=f"under {BUDGET} MB", kept=grown < BUDGET)]


async def _grown(database: str, hours: float) -> int:
    """Return by how many bytes this process grew."""
    clock = FakeClock(SystemClock().now())
    runner = await _away()
    host, port = runner.addresses[0]
    secrets = Secrets("xoxb-bench", None, "bench", f"http://{host}:{port}/api/")
    muster = Muster(
        load(CONFIG),
        secrets,
        database=open_database(database, own_time=False),
        clock=clock,
        port=0,
        in_place=True,
    )
    await muster.start(ticking=False)
    await muster.advance(clock, WARMING_UP)
    before = _resident()
    await muster.advance(clock, hours * 3600)
    after = _resident()
    await muster.stop()
    await runner.cleanup()
    return after - before


async def _away() -> web.AppRunner:
    """Serve what Slack says while it is away."""

    async def unavailable(_: web.Request) -> web.Response:
        return web.Response(status=503, text="<html>Slack is down</html>")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", unavailable)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


def _resident() -> int:
    gc.collect()
    return resident_bytes(os.getpid()) or 0


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    click.echo(asyncio.run(_grown(sys.argv[1], float(sys.argv[2]))))
