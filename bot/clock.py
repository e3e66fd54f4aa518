"""The only module that asks what time it is, or waits."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where time comes from. Everything that needs it takes one as an argument."""

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards, for measuring durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ShiftedClock(SystemClock):
    """The machine's time plus what somebody skipped, and it can be held: the sandbox's clock."""

    def __init__(self) -> None:
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
