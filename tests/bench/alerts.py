"""How many alerts are taken in, beside a bare receiver, and what a storm of them does to pages."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from statistics import median

from bot.clock import SystemClock
from tests.bench import filled
from tests.bench.deadlines import LEAD, lateness
from tests.bench.figures import Line, ms, percentile
from tests.bench.intake import CONFIG, SENDERS, Answered, body, send
from tests.bench.place import ROOT, Bot, Place, place, processor_seconds, serving
from tests.bench.stores import Setup, Sqlite

RATE, OF_THE_FLOOR = 1000, 2.5
P99 = 0.1
LATER = 0.1
GROWN = 100
MEGABYTE = 1_000_000
GROUPS = 20
PATIENCE = 30.0


async def figures(setup: Setup, count: int, *, rounds: int) -> list[Line]:
    """Send `count` alerts from 32 senders, each its own; then as many that are all the same one."""
    sqlite = isinstance(setup.engine, Sqlite)
    ours, floor, spent, bare = [], [], [], []
    async with place(setup) as at, taking(at) as (muster, port):
        for number in range(rounds):
            bodies = [body(number * count + one) for one in range(count)]
            before = muster.processor_seconds()
            ours.append(await send(port, bodies))
            spent.append(((muster.processor_seconds() or 0) - (before or 0)) / count)
            if sqlite:
                answered, seconds = await _floor(at.folder / f"floor-{number}.db", bodies)
                floor.append(answered)
                bare.append(seconds / count)
        await send(port, [body(0, group=1)] * count)
        same = at.store.rows("SELECT COUNT(*) FROM alerts WHERE key = '0000000000000000'")[0][0]
    return list(_lines(ours, floor, (spent, bare), same, count))


async def storm(setup: Setup, count: int, seconds: float, deadlines: int) -> list[Line]:
    """Let deadlines fall over some time, without and with so many alerts in it."""
    (calm, _), (stormy, grown) = [
        await _escalated(setup, number, seconds, deadlines) for number in (0, count)
    ]
    added = percentile(stormy, 0.99) - percentile(calm, 0.99)
    what = f"{count:,} alerts in {seconds:.0f} s"
    found = [
        Line(
            f"{what}: {deadlines:,} pages decided later by (p99)",
            f"{ms(added)} ({ms(percentile(stormy, 0.99))})",
            budget=f"under {ms(LATER)}",
            kept=added < LATER,
        )
    ]
    if grown is not None:
        budget, kept = f"under {GROWN} MB", grown / MEGABYTE < GROWN
        found.append(Line(f"{what}: memory added", f"{grown / MEGABYTE:.0f} MB", budget=budget, kept=kept))
    return found


def taking(at: Place) -> AbstractAsyncContextManager[tuple[Bot, int]]:
    """Run the bot with a source of alerts, and yield it with its port."""
    return serving(at, CONFIG)


async def _escalated(
    setup: Setup, alerts: int, seconds: float, deadlines: int
) -> tuple[list[float], int | None]:
    """Return how late each deadline was acted on, and by how much memory grew."""
    async with place(setup, incidents=deadlines) as at:
        first = SystemClock().now() + 3 * LEAD
        spread = timedelta(seconds=seconds)
        await filled.put(at, [first + spread * number / deadlines for number in range(deadlines)])
        async with taking(at) as (muster, port):
            before = muster.resident_bytes()
            await asyncio.sleep((first - SystemClock().now()).total_seconds())
            if alerts:
                await send(port, [body(one, one % GROUPS) for one in range(alerts)], seconds)
            await muster.until(lambda: len(lateness(at)[0]) >= deadlines, seconds + PATIENCE, every=0.5)
            after = muster.resident_bytes()
        late = lateness(at)[0]
    if len(late) < deadlines:
        raise RuntimeError(f"{deadlines - len(late)} deadlines were not acted on")
    return late, None if before is None or after is None else after - before


async def _floor(database: Path, bodies: list[bytes]) -> tuple[Answered, float]:
    """Return how the bare receiver answered, and how much of the processor's time it took."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.receiver", str(database)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert program.stdout
        port = int(await program.stdout.readline())
        before = processor_seconds(program.pid) or 0
        answered = await send(port, bodies)
        return answered, (processor_seconds(program.pid) or 0) - before
    finally:
        program.kill()
        await program.wait()


def _lines(
    ours: list[Answered],
    floor: list[Answered],
    spent: tuple[list[float], list[float]],
    same: int,
    count: int,
) -> Iterator[Line]:
    rate, p99 = median(one.rate for one in ours), median(percentile(one.each, 0.99) for one in ours)
    bare = median(one.rate for one in floor) if floor else 0
    share = f" (1/{bare / rate:.2f} of the receiver)" if bare else ""
    yield Line(
        f"Alerts kept, {SENDERS} senders, one a request",
        f"{rate:.0f} a second{share}",
        f"{bare:.0f} a second" if bare else "",
        f"at least {RATE}" + (f", and 1/{OF_THE_FLOOR} of the receiver" if bare else ""),
        kept=rate >= RATE and bare <= OF_THE_FLOOR * rate,
    )
    bare_p99 = ms(median(percentile(one.each, 0.99) for one in floor)) if floor else ""
    yield Line(
        f"Alert answered, {SENDERS} senders (p99)", ms(p99), bare_p99, f"under {ms(P99)}", kept=p99 < P99
    )
    muster, receiver = (f"{median(one) * 1000:.2f} ms" if one else "" for one in spent)
    yield Line("Processor per alert", muster, receiver)
    what = f"Alerts made of {count:,} requests of one key, {SENDERS} senders"
    yield Line(what, str(same), budget="1", kept=same == 1)
