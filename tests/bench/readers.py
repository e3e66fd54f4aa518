"""What a hundred people who look at the board do to pages: how much later deadlines are acted on.

`python -m tests.bench.readers PORT` is the browsers: it reads a line of JSON with the cookies from its input,
then does what `app.js` does until the input ends, and prints how often it asked.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TextIO

import aiohttp
import click

from bot.clock import SystemClock
from bot.config import load
from bot.unit_of_work import UnitOfWork
from storage.engines import open_database
from storage.transaction import Tx
from tests.bench import filled
from tests.bench.browsing import ADDED, Door
from tests.bench.deadlines import lateness
from tests.bench.figures import Line, ms, percentile
from tests.bench.place import CONFIG, ROOT, Place, person, place, serving, until
from tests.bench.stores import Setup

READERS = 100
LATER, MORE = 0.05, 30
MEGABYTE = 1_000_000
PATIENCE = 30.0
OPENING = timedelta(seconds=30)
"""Until the first deadline: the bot has started then, and all pages are open."""
EVERY_PRIVATE = 10
"""Of so many incidents one is private. Half of the readers know them."""


@dataclass
class Read:
    """What browsers did: the seconds until each page began to come, and how many changes they heard of."""

    first_byte: Sequence[float] = ()
    changes: int = 0


async def figures(setup: Setup, deadlines: int, spread: timedelta) -> list[Line]:
    """Let deadlines fall over some time, without readers and with them."""
    calm, (before, alone), _ = await _escalated(setup, deadlines, spread, readers=0)
    busy, (after, spent), read = await _escalated(setup, deadlines, spread, readers=READERS)
    added = percentile(busy, 0.99) - percentile(calm, 0.99)
    what = f"{READERS} readers of live pages"
    lines = [
        Line(
            f"{what}: {deadlines:,} deadlines over {spread.total_seconds():.0f} s decided later by (p99)",
            f"{ms(added)} ({ms(percentile(busy, 0.99))})",
            f"without: {ms(percentile(calm, 0.99))}",
            f"under {ms(LATER)}",
            added < LATER,
        ),
        Line(
            f"{what}: meanwhile a page began to come after (p50, p99)",
            f"{ms(percentile(read.first_byte, 0.5))}, {ms(percentile(read.first_byte, 0.99))}, "
            f"of {len(read.first_byte):,}",
        ),
    ]
    if alone is not None and spent is not None:
        lines.append(Line(f"{what}: processor meanwhile", ms(spent), f"without: {ms(alone)}"))
    if before is not None and after is not None:
        grown = (after - before) / MEGABYTE
        lines.append(Line(f"{what}: memory added", f"{grown:.0f} MB", "", f"under {MORE} MB", grown < MORE))
    return lines


async def _escalated(
    setup: Setup, deadlines: int, spread: timedelta, *, readers: int
) -> tuple[list[float], tuple[int | None, float | None], Read]:
    """Return how late each deadline was acted on, which memory and processor it took, what browsers did."""
    async with place(setup, people=READERS, incidents=deadlines) as at:
        await _hide(at)
        first = SystemClock().now() + OPENING
        await filled.put(at, [first + spread * number / deadlines for number in range(deadlines)])
        async with (
            serving(at, "", added=ADDED) as (muster, port),
            aiohttp.ClientSession() as http,
        ):
            door = Door(at, port, http)
            who = [at.slack.person(person(number)).id for number in range(readers)]
            async with _browsing(port, [door.session(one) for one in who]) as read:
                if (left := (first - SystemClock().now()).total_seconds()) < 0:
                    raise RuntimeError(f"the pages were open {-left:.0f} s after the first deadline")
                await asyncio.sleep(left)
                begun = muster.processor_seconds()
                seconds = spread.total_seconds() + PATIENCE
                await muster.until(lambda: len(lateness(at)[0]) >= deadlines, seconds, every=0.5)
                after, ended = muster.resident_bytes(), muster.processor_seconds()
        late = lateness(at)[0]
    if len(late) < deadlines:
        raise RuntimeError(f"{deadlines - len(late)} deadlines were not acted on")
    return late, (after, None if begun is None or ended is None else ended - begun), read


async def _hide(at: Place) -> None:
    """Make some of the incidents private, and have half of the readers know them."""
    known = [at.slack.person(person(number)).id for number in range(0, READERS, 2)]
    with closing(open_database(at.store.where)) as database:
        uow = UnitOfWork(database, load(CONFIG).process, SystemClock())
        await uow.perform(_hidden, known)


def _hidden(tx: Tx, known: Sequence[str]) -> None:
    tx.execute(f"UPDATE incidents SET private = 1 WHERE id % {EVERY_PRIVATE} = 0")
    for who in known:
        tx.execute(
            """INSERT INTO members (incident, person, at) SELECT id, :who, :now FROM incidents
            WHERE private = 1""",
            {"who": who, "now": tx.now},
        )


@asynccontextmanager
async def _browsing(port: int, cookies: Sequence[str]) -> AsyncIterator[Read]:
    """Run the browsers; when they have ended it is known what they did."""
    read = Read()
    if not cookies:
        yield read
        return
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.readers", str(port)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    assert program.stdin
    assert program.stdout
    try:
        program.stdin.write(json.dumps(list(cookies)).encode() + b"\n")
        if await program.stdout.readline() != b"open\n":
            raise RuntimeError("the browsers do not come up")
        yield read
        program.stdin.close()
        read.first_byte, read.changes = json.loads(await program.stdout.readline())
    finally:
        with suppress(ProcessLookupError):
            program.kill()
        await program.wait()


class Browsers:
    """Pages that are open in browsers."""

    def __init__(self, http: aiohttp.ClientSession, port: int) -> None:
        self._http, self._base = http, f"http://127.0.0.1:{port}"
        self.first_byte: list[float] = []
        self.changes = 0
        self.opened = 0

    async def browse(self, cookie: str) -> None:
        """Read the board, and ask for it anew whenever something has changed."""
        headers = {"Cookie": cookie}
        page = await self._get(headers)
        live = page.partition('data-live="')[2].partition('"')[0]
        self.opened += 1
        asking: asyncio.Task[str] | None = None
        async with self._http.get(f"{self._base}{live}", headers=headers) as stream:
            assert stream.status == 200, stream.status
            async for line in stream.content:
                if line != b"event: changed\n":
                    continue
                self.changes += 1
                if not asking or asking.done():
                    asking = asyncio.create_task(self._get(headers))

    async def _get(self, headers: dict[str, str]) -> str:
        began = SystemClock().monotonic()
        async with self._http.get(self._base, headers=headers, allow_redirects=False) as answer:
            self.first_byte.append(SystemClock().monotonic() - began)
            assert answer.status == 200, answer.status
            return await answer.text()


async def main(port: int, heard: TextIO) -> None:
    """Browse until the input ends."""
    cookies = json.loads(heard.readline())
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout()) as http:
        browsers = Browsers(http, port)
        tasks = [asyncio.create_task(browsers.browse(one)) for one in cookies]
        await until(lambda: browsers.opened == len(cookies), PATIENCE)
        click.echo("open")
        await asyncio.to_thread(heard.read)
        ended = [one for one in tasks if one.done()]
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if ended:
            raise SystemExit(f"{len(ended)} pages were not live to the end")
        click.echo(json.dumps([browsers.first_byte, browsers.changes]))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.stdin))
