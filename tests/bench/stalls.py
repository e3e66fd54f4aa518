"""Runs the bot with somebody in its event loop who is woken every few milliseconds and notes how late.

`python -m tests.bench.stalls run ...` is `muster run ...`. What was noted is written when it ends, to the
file that BENCH_STALLS names: a line each with the time and the lateness in seconds.
"""

import asyncio
import atexit
import os
import time
from collections.abc import Iterable
from pathlib import Path

from bot.__main__ import main

EVERY = 0.005


class Watching(asyncio.DefaultEventLoopPolicy):
    """Makes event loops that are watched."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[float, float]] = []

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = super().new_event_loop()

        def look(expected: float) -> None:
            now = loop.time()
            self.seen.append((time.time(), now - expected))
            loop.call_at(now + EVERY, look, now + EVERY)

        loop.call_soon(look, loop.time())
        return loop

    def write(self, path: Path) -> None:
        path.write_text("".join(f"{at} {late}\n" for at, late in self.seen), "ascii")


def between(path: Path, first: float, last: float) -> list[float]:
    """Return how late somebody was woken between two times."""
    lines = (line.split() for line in path.read_text("ascii").splitlines())
    return [float(late) for at, late in lines if first <= float(at) <= last]


def during(paths: Iterable[Path], first: float, last: float) -> list[list[float]]:
    """Return what each replica noted between two times, of those that were up then."""
    found = [between(path, first, last) for path in paths if path.exists()]
    return [stalls for stalls in found if stalls]


if __name__ == "__main__":
    watching = Watching()
    asyncio.set_event_loop_policy(watching)
    atexit.register(watching.write, Path(os.environ["BENCH_STALLS"]))
    main()
