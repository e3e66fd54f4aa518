"""`python -m tests.bench`: takes every figure, prints the table and writes it down."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click

from bot.clock import SystemClock
from tests.bench import acks, deadlines, declares, filled, process
from tests.bench.figures import Line, table
from tests.bench.machine import described
from tests.bench.place import ROOT

WRITTEN = ROOT / "docs" / "benchmarks.md"
AT_ONCE = timedelta(0)
LATENCY = 0.08

TEXT = """# Benchmarks

`make bench` takes these figures and writes this page. It takes about five minutes.

Taken on {taken} on a machine with {machine}.

{table}

The bot is `muster run`, a process of its own with its database in a file, as an operator runs it; Slack is
the sandbox, in the process that measures. Both share the machine. The bare script is a third process that
makes the very calls the bot has just made, with the same content, each as soon as what it needs to know has
been answered, over one session: nobody can be faster with these calls. Bot and script take turns, {declares}
times in each of {rounds} rounds; a figure is the median of the rounds' percentiles. Everything is timed at
the sandbox, from the moment the form is sent.

A deadline is *decided* when the next level's page is written, with its delivery, and *posted* when Slack has
answered. The incidents with the deadlines have channels, so each escalation makes several calls to Slack.

Take them on an idle machine. The same code beside other programs that kept both cores busy (a load of 8 to
12) decided 10,000 deadlines over 60 s up to 31 s late, and 1,000 at one moment up to 9 s late.
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    rounds: int
    declares: int
    at_once: int
    incidents: tuple[int, int]
    spread: timedelta
    starts: int


FULL = Scale(5, 6, 50, (1_000, 10_000), timedelta(minutes=1), 5)
QUICK = Scale(1, 1, 5, (20, 20), timedelta(seconds=1), 1)


@click.command()
@click.option(
    "--quick", is_flag=True, help="A few seconds of everything, to see that it works. Writes nothing."
)
@click.option("--output", type=click.Path(path_type=Path), default=WRITTEN, help="Where the page is written.")
def main(*, quick: bool, output: Path) -> None:
    """Take figures of the bot, beside a bare script that makes the same calls to Slack."""
    scale = QUICK if quick else FULL
    lines = asyncio.run(_all(scale))
    click.echo(f"\n{described()}\n\n{table(lines)}")
    if not quick:
        page = TEXT.format(
            taken=SystemClock().now().date(),
            machine=described(),
            table=table(lines),
            declares=scale.declares,
            rounds=scale.rounds,
        )
        output.write_text(page, encoding="utf-8")


async def _all(scale: Scale) -> list[Line]:
    found = []
    start = asyncio.get_running_loop().time()
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        async for lines in _sections(scale, Path(folder)):
            for line in lines:
                cells = ", ".join(cell for cell in line.cells[1:] if cell)
                click.echo(
                    f"{asyncio.get_running_loop().time() - start:5.0f} s  {line.what}: {cells}", err=True
                )
            found += lines
    return found


async def _sections(scale: Scale, folder: Path) -> AsyncIterator[list[Line]]:
    few, many = scale.incidents
    templates = {count: folder / f"{count}.db" for count in scale.incidents}
    for count, template in templates.items():
        await filled.write(template, count)
    for latency in (0.0, LATENCY):
        yield await declares.figures(latency, rounds=scale.rounds, declares=scale.declares)
    yield await acks.figures(rounds=scale.rounds, at_once=scale.at_once)
    yield await process.startup(templates[many], many, rounds=scale.starts)
    yield await process.memory(templates[few], few)
    for count, template in templates.items():
        yield await deadlines.figures(template, count, scale.spread, budget=True)
        yield await deadlines.figures(template, count, AT_ONCE, budget=False)


if __name__ == "__main__":
    main()
