"""One decision for many who ask for the same at once: the next is made for all who came during this one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

MOST = 100
"""For so many an operation is performed at once at most: pages are decided in between."""

Operation: TypeAlias = Callable[[Any, Sequence[Any]], object]


@dataclass(slots=True)
class _These:
    """For whom an operation is performed at once. When it has begun, the next is for others."""

    ones: list[Any]
    kept: asyncio.Task[None] | None = None
    begun: bool = False


class Gathering:
    """Has operations performed, each by `perform`: one at a time of a kind, for all who wait for it."""

    def __init__(self, perform: Callable[[Operation, Sequence[Any]], Awaitable[object]]) -> None:
        self._perform = perform
        self._last: dict[Operation, _These] = {}

    async def perform_for_all(self, operation: Operation, one: Any, within: float) -> None:
        """Have it performed for one, and for those who come within so many seconds or before its turn."""
        these = self._last.get(operation)
        if not these or these.begun or len(these.ones) >= MOST:
            before, these = these, _These([])
            self._last[operation] = these
            turn = self._in_turn(operation, these, before.kept if before else None, within)
            these.kept = asyncio.create_task(turn, name="gathered")
        these.ones.append(one)
        assert these.kept
        await asyncio.shield(these.kept)  # who gives up waiting leaves the others theirs

    async def _in_turn(
        self, operation: Operation, these: _These, before: asyncio.Task[None] | None, within: float
    ) -> None:
        await asyncio.sleep(within)
        if before and not before.done():
            await asyncio.wait([before])
        these.begun = True
        try:
            await self._perform(operation, these.ones)
        finally:
            if self._last.get(operation) is these:
                del self._last[operation]
