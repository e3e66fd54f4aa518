"""How long the figures of a year take, and how long one piece of them keeps the database's thread."""

import gc
from contextlib import closing
from statistics import median
from tempfile import TemporaryDirectory

from bot.cli.serve import spare_collecting
from bot.clock import SystemClock
from bot.config import load
from bot.domain.actors import BOT
from bot.operations.insights.reading import Gathered, insight, read_on
from bot.unit_of_work import UnitOfWork
from storage.engines import open_database
from tests.bench import year
from tests.bench.figures import Line, ms
from tests.bench.place import CONFIG

BUDGET, PIECE = 0.5, 0.05


async def figures(incidents: int, entries: int) -> list[Line]:
    """Write a year with so many incidents and entries of timelines, and take its figures, three times."""
    with TemporaryDirectory() as folder, closing(open_database(f"{folder}/year.db")) as database:
        uow = UnitOfWork(database, load(CONFIG).process, SystemClock())
        await year.write(database, incidents, entries)
        usual = gc.get_threshold()
        spare_collecting()  # as `muster run` does once it has started
        rounds = [await _taken(uow) for _ in range(3)]
        gc.unfreeze()
        gc.set_threshold(*usual)
    took, longest = (median(each) for each in zip(*rounds, strict=True))
    what = f"Figures of a year with {incidents:,} incidents and {entries:,} entries of timelines"
    return [
        Line(what, ms(took), budget=f"under {ms(BUDGET)}", kept=took < BUDGET),
        Line("Longest piece of them", ms(longest), budget=f"under {ms(PIECE)}", kept=longest < PIECE),
    ]


async def _taken(uow: UnitOfWork) -> tuple[float, float]:
    """Return in how many seconds they are there, and how long the longest question took."""
    clock, gathered, pieces = SystemClock(), Gathered(year.YEAR, BOT), list[float]()
    began = clock.monotonic()
    while not gathered.done:
        asked = clock.monotonic()
        gathered = await uow.read(read_on, gathered)
        pieces.append(clock.monotonic() - asked)
    asked = clock.monotonic()
    found = await uow.read(insight, gathered)
    pieces.append(clock.monotonic() - asked)
    assert found.figures.counted
    return clock.monotonic() - began, max(pieces)
