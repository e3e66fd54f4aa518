"""`python -m tests.bench`: takes every figure, prints the tables and writes them down."""

import asyncio
import sys
import tempfile
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeAlias

import click

from bot.clock import SystemClock
from tests.bench import (
    acks,
    alerts,
    away,
    deadlines,
    declares,
    filled,
    insights,
    limited,
    listing,
    pages,
    process,
    readers,
    schedules,
)
from tests.bench.figures import Line, table
from tests.bench.intake import SENDERS
from tests.bench.machine import busy, described, load
from tests.bench.place import ROOT
from tests.bench.stores import Postgres, Setup, Sqlite
from tests.engines import NO_SERVER, NoServer, running_server

WRITTEN = ROOT / "docs" / "benchmarks.md"
AT_ONCE = timedelta(0)
LATENCY = 0.08

Take: TypeAlias = Callable[[], Awaitable[list[Line]]]
Keep: TypeAlias = Callable[[str, Sequence[Line]], None]

TEXT = """# Benchmarks

`make bench` takes these figures and writes this page. It takes about half an hour;
`make bench ARGS=--quick` takes a little of everything in a minute or two, and writes nothing.

Taken on {taken} on a machine with {machine}. {load}

{tables}

## How they are taken

The bot is `muster run`, each replica a process of its own, as an operator runs it; Slack is the sandbox, in
the process that measures. All share the machine, PostgreSQL too, which waits for its disk as it does
anywhere. The bare script is one more process that makes the very calls the bot has just made, with the same
content, each as soon as what it needs to know has been answered, over one session: nobody can be faster
with these calls. Bot and script take turns, {declares} times in each of {rounds} rounds; a figure is the
median of the rounds' percentiles. Everything is timed at the sandbox, from the moment the form is sent.

With a heavy tail a call takes {latency:.0f} ms in the middle, one of ten 2.8 times and one of a hundred 6.4
times as long: bot and script meet the same ones.

Who is on call is found without Slack or a database. The naive walk, in the place of the bare script, goes
through every turn of every layer and through all overrides.

Alerts are sent by the process that measures, one a request, over {senders} connections. The bare receiver
is one more process: aiohttp reads the same requests, and SQLite keeps them as safely as it does for the bot,
with one commit for all that came meanwhile; it decides nothing. In a storm the alerts are of 20 groups.

The figures of a year are read from a database with nothing else in it, a piece at a time: between two pieces
others are heard, so the longest piece is what a page waits for at most.

Pages are asked for one after another, by readers who may know of different private incidents, of a database
with a year of incidents and 100 that are open. The bare server is one more process: aiohttp, which answers
with as many bytes from memory. Live pages are read by one more process, which does what the script in a
browser does: it hears of changes, and asks for the board anew. One of ten incidents is private, and half of
the readers know of these.

A deadline is *decided* when the next level's page is written, with its delivery, and *posted* when Slack
has answered. The incidents with the deadlines have channels, so each escalation makes several calls to
Slack.

Take them on an idle machine: on a busy one deadlines in thousands are seconds late, and the ratios tell
nothing.
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    rounds: int
    declares: int
    at_once: int
    incidents: tuple[int, int]
    herd: int
    spread: tuple[timedelta, timedelta]
    starts: int
    limited: int
    unanswered: int
    away: float
    alerts: int
    year: tuple[int, int]
    """How many incidents, with how many entries of timelines."""
    visits: int
    """How often each page in the browser is asked for."""
    read_for: timedelta
    """Over what time deadlines fall while a hundred read."""
    storm: tuple[int, float]
    """How many alerts, in how many seconds."""


FULL = Scale(
    5,
    3,
    50,
    (1_000, 10_000),
    3_000,
    (timedelta(seconds=20), timedelta(minutes=1)),
    3,
    3,
    10,
    4,
    3_000,
    (10_000, 1_000_000),
    20,
    timedelta(seconds=20),
    (50_000, 60),
)
QUICK = Scale(
    1,
    1,
    5,
    (20, 40),
    20,
    (timedelta(seconds=1), timedelta(seconds=1)),
    1,
    1,
    5,
    0.5,
    200,
    (200, 4_000),
    2,
    timedelta(seconds=1),
    (200, 2),
)
ENGINES = ("sqlite", "postgres", "postgres-3")


@click.command()
@click.option("--quick", is_flag=True, help="A little of everything, to see that it works. Writes nothing.")
@click.option("--only", type=click.Choice(ENGINES), multiple=True, help="Some of it. Writes nothing.")
@click.option("--output", type=click.Path(path_type=Path), default=WRITTEN, help="Where the page is written.")
def main(*, quick: bool, only: tuple[str, ...], output: Path) -> None:
    """Take figures of the bot, beside a bare script that makes the same calls to Slack.

    Ends with 1 when a figure could not be taken; the others are written all the same.
    """
    scale = QUICK if quick else FULL
    if warning := busy():
        click.echo(f"Figures will be worse than they are: {warning}.", err=True)
    said = f"Before, {warning}: take them for the worst." if warning else "Nothing else was running."
    tables: dict[str, str] = {}

    def keep(title: str, lines: Sequence[Line]) -> None:
        tables[title] = f"## {title}\n\n{table(lines)}"
        click.echo(f"\n{described()}\n\n{tables[title]}")
        if not quick and not only:
            output.write_text(_page(scale, said, "\n\n".join(tables.values())), encoding="utf-8")

    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder, ExitStack() as stack:
        setups = _setups(Path(folder), only or ENGINES, stack)
        complete = asyncio.run(_all(setups, scale, Path(folder), keep))
    sys.exit(not complete)


def _page(scale: Scale, load: str, tables: str) -> str:
    return TEXT.format(
        taken=SystemClock().now().date(),
        machine=described(),
        load=load,
        tables=tables,
        declares=scale.declares,
        rounds=scale.rounds,
        latency=LATENCY * 1000,
        senders=SENDERS,
    )


def _setups(folder: Path, wanted: Sequence[str], stack: ExitStack) -> list[Setup]:
    sqlite = Sqlite(folder)
    found = [Setup(sqlite, 1)] if "sqlite" in wanted else []
    if replicas := [count for name, count in (("postgres", 1), ("postgres-3", 3)) if name in wanted]:
        try:
            postgres = Postgres(stack.enter_context(running_server(durable=True)))
        except NoServer:
            click.echo(NO_SERVER, err=True)
        else:
            found += [Setup(postgres, count) for count in replicas]
    return found


async def _all(setups: Sequence[Setup], scale: Scale, folder: Path, keep: Keep) -> bool:
    """Take the figures of each setup and hand them over. Say whether all could be taken."""
    start = asyncio.get_running_loop().time()
    await _fill(setups, scale, folder)
    complete = True
    for setup in setups:
        click.echo(f"\n{setup.title}", err=True)
        found: list[Line] = []
        for what, take in _sections(setup, scale):
            try:
                lines = await take()
            except Exception:  # the others are taken all the same
                traceback.print_exc()
                complete, lines = False, [Line(what, "could not be taken")]
            for line in lines:
                cells = ", ".join(cell for cell in line.cells[1:] if cell)
                passed = asyncio.get_running_loop().time() - start
                click.echo(f"{passed:5.0f} s, load {load():4.1f}  {line.what}: {cells}", err=True)
            found += lines
        keep(setup.title, found)
    return complete


async def _fill(setups: Sequence[Setup], scale: Scale, folder: Path) -> None:
    sqlite = Sqlite(folder)
    for count in (scale.unanswered, *scale.incidents):
        await filled.write(sqlite, count)
        if server := next((one.engine for one in setups if isinstance(one.engine, Postgres)), None):
            filled.move_over(sqlite, server, count, folder)


def _sections(setup: Setup, scale: Scale) -> Iterator[tuple[str, Take]]:
    few, many = scale.incidents
    declared = partial(declares.figures, setup, rounds=scale.rounds, declares=scale.declares)
    yield "Declares", partial(declared, 0.0)
    yield "Declares with latency", partial(declared, LATENCY)
    yield "Declares with a heavy tail", partial(declared, LATENCY, tailed=True)
    yield "Acknowledgements", partial(acks.figures, setup, rounds=scale.rounds, at_once=scale.at_once)
    if isinstance(setup.engine, Sqlite):
        yield "Schedules", schedules.figures
        yield "Figures of a year", partial(insights.figures, *scale.year)
        yield "Pages", partial(pages.figures, setup, *scale.year, rounds=scale.visits)
    yield "Rate limits", partial(limited.figures, setup, rounds=scale.limited)
    yield "Start", partial(process.startup, setup, many, rounds=scale.starts)
    yield "Memory", partial(process.memory, setup, few)
    if setup.replicas == 1:
        yield "Alerts", partial(alerts.figures, setup, scale.alerts, rounds=scale.rounds)
        yield "A storm of alerts", partial(alerts.storm, setup, *scale.storm, few)
        yield "Lists", partial(listing.figures, setup, many)
        yield "Readers", partial(readers.figures, setup, few, scale.read_for)
    if setup.replicas == 1:
        yield "Memory without Slack", partial(away.figures, setup, scale.unanswered, hours=scale.away)
    for count, spread in zip(scale.incidents, scale.spread, strict=True):
        yield f"{count:,} deadlines", partial(deadlines.figures, setup, count, spread, budget=True)
        yield f"{count:,} deadlines at one moment", partial(deadlines.figures, setup, count, AT_ONCE)
    yield f"{scale.herd:,} deadlines at one moment", partial(deadlines.herd, setup, scale.herd, many)


if __name__ == "__main__":
    main()
