"""One decision for many who ask for the same at once: the next is made for all who came during this one."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import Any, TypeAlias

MOST = 100
"""For so many an operation is performed at once at most: pages are decided in between."""
ENOUGH = 16
"""So many wait for no more: from here on a commit costs little of what each of them does."""

Operation: TypeAlias = Callable[[Any, Sequence[Any]], object]


@dataclass(slots=True)
class _These:
    """For whom an operation is performed at once. When it has begun, the next is for others."""

    ones: list[Any] = field(default_factory=list)
    weight: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    kept: asyncio.Task[None] | None = None
    begun: bool = False

    def add(self, one: Any, weight: int) -> None:
        self.ones.append(one)
        self.weight += weight
        if self.weight >= ENOUGH:
            self.enough.set()


class Gathering:
    """Has operations performed, each by `perform`: one at a time of a kind, for all who wait for it."""

    def __init__(self, perform: Callable[[Operation, Sequence[Any]], Awaitable[object]]) -> None:
        self._perform = perform
        self._last: dict[Operation, _These] = {}
        self._begun: dict[Operation, float] = {}
        """When each was performed last, by the loop's clock."""

    async def perform_for_all(
        self, operation: Operation, one: Any, within: float, *, weight: int = 1, hasty: bool = False
    ) -> None:
        """Have it performed for one, and for those who come within so many seconds or before its turn.

        Who is `hasty` waits that long only while others come too, and for no more than are enough. One that
        is as much work as several has their `weight`.
        """
        these = self._last.get(operation)
        if not these or these.begun or these.weight + weight > MOST:
            if these:
                these.enough.set()
            before, these = these, _These()
            self._last[operation] = these
            wait = self._for_more(operation, these, within) if hasty else asyncio.sleep(within)
            turn = self._in_turn(operation, these, before.kept if before else None, wait)
            these.kept = asyncio.create_task(turn, name="gathered")
        these.add(one, weight)
        assert these.kept
        await asyncio.shield(these.kept)  # who gives up waiting leaves the others theirs

    async def _in_turn(
        self,
        operation: Operation,
        these: _These,
        before: asyncio.Task[None] | None,
        wait: Coroutine[Any, Any, None],
    ) -> None:
        await wait
        if before and not before.done():
            await asyncio.wait([before])
        these.begun = True
        self._begun[operation] = asyncio.get_running_loop().time()
        try:
            await self._perform(operation, these.ones)
        finally:
            if self._last.get(operation) is these:
                del self._last[operation]

    async def _for_more(self, operation: Operation, these: _These, within: float) -> None:
        """Wait until there are enough, if others came within so many seconds: each commit has its price."""
        until = self._begun.get(operation, -inf) + within
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await these.enough.wait()
