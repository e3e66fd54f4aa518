"""The only module that asks what time it is, or waits."""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Protocol

LEAP = 2.0
"""Seconds by which the time of day may stray from the time that passed before it counts as set."""
READINGS = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """How the time of day stands to the time that passed since the machine's start.

    `epoch` is the time of day, in seconds, at which `boot` would have begun. It changes when somebody sets
    the clock, and only then. `at` is when that was looked at.
    """

    boot: str
    epoch: float
    at: datetime

    def ahead_of(self, before: "Origin") -> timedelta | None:
        """Return by how much the clock was set since then; None if it was not, or nobody can tell."""
        by = self.epoch - before.epoch
        return timedelta(seconds=by) if self.boot == before.boot and abs(by) > LEAP else None


class Clock(Protocol):
    """Where time comes from. Everything that needs it takes one as an argument."""

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime: it goes on evenly, whoever sets the clock."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards, for measuring durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        ...

    def origin(self) -> Origin:
        """Return how the machine's time of day stands now."""
        ...

    def follow(self, origin: Origin) -> None:
        """Tell the time of day of this origin from now on."""
        ...


def wall() -> datetime:
    """Return the time of day as the machine has it, however often it is set."""
    return datetime.now(UTC)


def since_boot() -> float:
    """Return the seconds since the machine's start. Those that it slept through count."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def boot_id() -> str:
    """Return a name for this start of the machine, or where it has none, one for this process."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return f"process {os.getpid()} {time.time_ns()}"


class SystemClock:
    """The machine's time, as it was at the start plus what has passed since.

    Setting the machine's clock makes no wait shorter or longer: this one goes on, and what has to change with
    it (deadlines that are stored) is changed in one go with `follow`.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = wall,
        elapsed: Callable[[], float] = since_boot,
        boot: str | None = None,
    ) -> None:
        self._wall, self._elapsed = wall, elapsed
        self._boot = boot or boot_id()
        self._epoch = self.origin().epoch

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._epoch + self._elapsed(), UTC)

    def monotonic(self) -> float:
        return self._elapsed()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def origin(self) -> Origin:
        """Return how the time of day stands: a process that is held between two readings reads again."""
        return min((self._look() for _ in range(READINGS)), key=itemgetter(0))[1]

    def _look(self) -> tuple[float, Origin]:
        before, at, after = self._elapsed(), self._wall(), self._elapsed()
        return after - before, Origin(self._boot, at.timestamp() - after, at)

    def follow(self, origin: Origin) -> None:
        self._epoch = origin.epoch


class VirtualClock(SystemClock):
    """Begins at any time and stands still until it is moved: a rehearsal's clock."""

    def __init__(self, begins: datetime) -> None:
        self._passed = 0.0
        super().__init__(
            lambda: begins + timedelta(seconds=self._passed), lambda: self._passed, boot="virtual"
        )

    def advance(self, seconds: float) -> None:
        self._passed += seconds


class ShiftedClock(SystemClock):
    """The machine's time plus what somebody skipped, and it can be held: the sandbox's clock."""

    def __init__(self) -> None:
        super().__init__()
        self._shift = timedelta()
        self._held_at: datetime | None = None
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._held_at or super().now() + self._shift

    def advance(self, seconds: float) -> None:
        """Skip `seconds`, also while time stands still; it only goes forward."""
        skipped = timedelta(seconds=max(0.0, seconds))
        self._shift += skipped
        if self._held_at:
            self._held_at += skipped
        self._wake()

    def hold(self, held: bool) -> None:
        """Let time stand still, or go on from where it stood."""
        present = self.now()
        self._held_at = present if held else None
        self._shift = present - super().now()
        self._wake()

    async def sleep(self, seconds: float) -> None:
        """Return when this clock says that `seconds` have passed."""
        until = self.now() + timedelta(seconds=seconds)
        while (left := (until - self.now()).total_seconds()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), None if self._held_at else left)

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
