"""How late the event loop is: what blocks it keeps every page waiting."""

import asyncio

from bot.clock import Clock
from bot.health.measures import Measures

EVERY = 0.5
"""Seconds between two measurements."""


class LoopLag:
    """Sleeps again and again, and notes by how much it is woken too late."""

    def __init__(self, clock: Clock, measures: Measures) -> None:
        self._clock = clock
        self._measures = measures
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._measure(), name="loop lag")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _measure(self) -> None:
        while True:
            began = self._clock.monotonic()
            await self._clock.sleep(EVERY)
            self._measures.loop_lag.observe(max(0.0, self._clock.monotonic() - began - EVERY))
