"""How soon each page in the browser begins to come, among very many incidents, beside a bare server."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

import aiohttp

from bot.clock import SystemClock
from storage.engines import open_database
from storage.words import complete
from tests.bench import standing, year
from tests.bench.browsing import ADDED, Door, Got
from tests.bench.figures import Line, ms, percentile
from tests.bench.place import ROOT, place, serving
from tests.bench.stores import Setup

FEW = 3
YEAR = f"from={year.YEAR.first}&to={year.YEAR.last}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A page: what it is called, its addresses, which readers take in turns, and its budget in seconds."""

    what: str
    paths: Sequence[str]
    budget: float | None = None
    heavy: bool = False
    """Whether it takes so long that it is asked for only a few times."""


Bare: TypeAlias = Callable[[int], Awaitable[float]]
ANEW = Asked("board, drawn anew", ["/"], 0.03)
"""Of who may see what none of those before them saw."""
PAGES = (
    Asked("board, as it was", ["/"], 0.03),
    Asked(
        f"incident with {standing.LONG:,} entries",
        ["{long}", "{long}?show=all", "{long}?show=all&page=9", "{long}?show=all&kind=note"],
        0.1,
    ),
    Asked(
        "search",
        [
            "/incidents?q=checkout",
            "/incidents?q=restarted+error+web",
            f"/incidents?q={year.RARE}",
            "/incidents?q=latency+deployment+sidekiq+che",
            "/incidents?q=nowhere+to+be+found",
        ],
        0.1,
    ),
    Asked(
        "list with filters",
        [
            "/incidents?severity=S1&severity=S2",
            "/incidents?status=Closed&from=2025-03-01&to=2025-03-31",
            "/incidents?open=1",
            "/incidents?label=blocks+deployments",
            "/incidents?past=5000",
            "/incidents?mine=1",
        ],
    ),
    Asked("insights of a year, with the year before", [f"/insights?{YEAR}"], 0.5, heavy=True),
    Asked("incidents behind one of its figures", [f"/insights/incidents?{YEAR}&of=severity:S1"], heavy=True),
    Asked("follow-ups", ["/follow-ups", "/follow-ups?mine=yes"]),
    Asked("on call", ["/on-call"]),
    Asked("calendar of a schedule", [f"/on-call/schedules/{quote(standing.SCHEDULE)}"]),
    Asked("reviews", ["/reviews"]),
    Asked("review of an incident", ["{reviewed}"]),
)


async def figures(setup: Setup, incidents: int, entries: int, *, rounds: int) -> list[Line]:
    """Ask for every page as often as `rounds`, by readers who may see different incidents."""
    async with place(setup, people=standing.READERS) as at:
        with closing(open_database(at.store.where)) as database:
            await year.write(database, incidents, entries)
            complete(database)
            named = await standing.write(database, at.slack.workspace, incidents)
        async with (
            serving(at, standing.CONFIG, added=ADDED) as (_, port),
            aiohttp.ClientSession() as http,
            _bare_server(http) as bare,
        ):
            door = Door(at, port, http)
            readers = [door.session(who) for who in standing.readers(at.slack.workspace)]
            await door.get("/", readers[0])  # the first page of all loads what pages are made with
            got, floors = await _asked(door, ANEW.paths, readers[1:], bare)
            lines = list(_lines(ANEW, got, floors))
            for asked in PAGES:
                often = min(rounds, FEW) if asked.heavy else rounds
                paths = [one.format(**named) for one in asked.paths]
                got, floors = await _asked(door, paths, (readers * often)[:often], bare)
                lines += _lines(asked, got, floors)
            name, seconds = await door.longest()
            lines.append(Line(f"Longest question of these pages: {name}", ms(seconds)))
    return lines


async def _asked(
    door: Door, paths: Sequence[str], readers: Sequence[str], bare: Bare
) -> tuple[list[Got], list[float]]:
    """Ask for each address as each reader, and the bare server for as many bytes each time."""
    got, floors = list[Got](), list[float]()
    for reader in readers:
        for path in paths:
            got.append(await door.get(path, reader))
            floors.append(await bare(got[-1].size))
    return got, floors


def _lines(asked: Asked, got: Sequence[Got], floors: Sequence[float]) -> Iterator[Line]:
    took = [one.first_byte for one in got]
    p50, p95, floor = percentile(took, 0.5), percentile(took, 0.95), percentile(floors, 0.5)
    kept = p95 < asked.budget if asked.budget else None
    yield Line(
        f"Page: {asked.what}, to the first byte (p50, p95)",
        f"{ms(p50)}, {ms(p95)} ({p50 / floor:.1f} of the server)",
        f"{floor * 1000:.1f} ms",
        f"p95 under {ms(asked.budget)}" if asked.budget else "",
        kept,
    )


@asynccontextmanager
async def _bare_server(http: aiohttp.ClientSession) -> AsyncIterator[Bare]:
    """Run a server that answers with as many bytes as it is asked for; yield what asks it."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.bare_pages"), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert program.stdout
        port = int(await program.stdout.readline())

        async def asked(size: int) -> float:
            began = SystemClock().monotonic()
            async with http.get(f"http://127.0.0.1:{port}/{size}") as answer:
                first = SystemClock().monotonic() - began
                await answer.read()
                return first

        yield asked
    finally:
        program.kill()
        await program.wait()
