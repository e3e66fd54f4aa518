"""The only module that asks what time it is, waits, or rolls dice."""

import asyncio
import time
import uuid
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
    """The machine's time plus what somebody skipped: the sandbox's fast-forward."""

    def __init__(self) -> None:
        self._shift = timedelta()

    def now(self) -> datetime:
        return super().now() + self._shift

    def advance(self, seconds: float) -> None:
        """Skip `seconds`; time only goes forward."""
        self._shift += timedelta(seconds=max(0.0, seconds))


def new_id() -> str:
    """Return an identifier that no other database or process has."""
    return uuid.uuid4().hex
