"""The process as an operator sees it: how soon it pages after a restart, and how much memory it takes."""

import asyncio
from datetime import timedelta
from math import inf
from statistics import median

from bot.clock import SystemClock
from tests.bench import filled
from tests.bench.figures import Line, ms
from tests.bench.place import place, running
from tests.bench.stores import Setup

HOUR = timedelta(hours=1)
STARTUP_BUDGET = 3.0
MEMORY_BUDGET = 150
PATIENCE = 20.0
MEGABYTE = 1_000_000


async def startup(setup: Setup, rows: int, *, rounds: int) -> list[Line]:
    """Start with `rows` deadlines that passed while the bot was down."""
    times = [await _first_page(setup, rows) for _ in range(rounds)]
    page, heard = (median(column) for column in zip(*times, strict=True))
    what = f"From process start with {rows:,} overdue pages"
    budget, kept = f"under {ms(STARTUP_BUDGET)}", page < STARTUP_BUDGET
    return [
        Line(f"{what} to the first page posted", ms(page), budget=budget, kept=kept),
        Line(f"{what} until commands are heard", ms(heard) if heard < inf else f"over {ms(PATIENCE)}"),
    ]


async def memory(setup: Setup, incidents: int) -> list[Line]:
    """Hold this many open incidents, declare another, and look at the process."""
    async with place(setup, incidents=incidents) as at:
        await filled.put(at, [SystemClock().now() + HOUR] * incidents)
        async with running(at) as muster:
            await muster.ready()
            dev = at.slack.person("dev")
            for text in ("list", "oncall", "help"):
                await dev.slash("/inc", text, channel="general")
            await at.slack.idle(quiet=1.5)
            used = muster.resident_bytes()
    what, budget = f"Memory with {incidents:,} open incidents", f"under {MEMORY_BUDGET} MB"
    if used is None:
        return [Line(what, "not known on this system", budget=budget)]
    megabytes = used / MEGABYTE
    return [Line(what, f"{megabytes:.0f} MB", budget=budget, kept=megabytes < MEMORY_BUDGET)]


async def _first_page(setup: Setup, rows: int) -> tuple[float, float]:
    """Return after how many seconds the first page was posted, and when Slack's events reached the bot."""
    async with place(setup, incidents=rows) as at:
        await filled.put(at, [SystemClock().now() - HOUR] * rows)
        async with running(at) as muster:
            im = at.slack.person("ines").id

            def posted() -> list[float]:
                posts = at.slack.calls("chat.postMessage")
                return [call.ended for call in posts if call.ended and call.args["channel"] == im]

            await muster.until(lambda: bool(posted()))
            connected = await muster.until(lambda: at.slack.sockets.count > 0, PATIENCE)
            now = asyncio.get_running_loop().time()
            return min(posted()) - muster.born, now - muster.born if connected else inf
