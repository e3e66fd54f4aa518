"""Keeps what was drawn for one reader for all others who see the same, and draws for no more than its share.

A hundred readers ask for the board at one time, and again whenever something has changed. While very much
happens each of them would have one of their own, and pages that call people would wait for that.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from markupsafe import Markup

from bot.clock import Clock

K = TypeVar("K", bound=Hashable)
S = TypeVar("S", bound=Hashable)

MOST_KEPT = 64
SHARE = 0.1
"""How much of the time is spent on drawing at most, when there is always something to draw."""
AT_ONCE = 1.0
"""Seconds of drawing that nobody waits for, after a time without any."""
LONGEST = 1.0
"""Seconds in which all who wait have theirs, but for the drawing: then it takes more than its share."""


@dataclass(frozen=True, slots=True)
class Drawing(Generic[S]):
    """What was drawn of a state, as the `number`th that was begun."""

    state: S
    number: int
    part: Markup


class Drawings(Generic[K, S]):
    """Draws one after another. Readers with one key may see the same; what they see is of a state."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[K, Drawing[S]] = OrderedDict()
        self._one = asyncio.Lock()
        self._waiting: Counter[K] = Counter()
        self._begun = 0
        self._left, self._since = AT_ONCE, clock.monotonic()

    def kept(self, key: K, state: S) -> Markup | None:
        """Return what was drawn of this state for somebody who may see the same."""
        found = self._kept.get(key)
        return found.part if found and found.state == state else None

    async def of(
        self,
        key: K,
        look: Callable[[], Awaitable[tuple[K, S]]],
        draw: Callable[[], Awaitable[tuple[K, S, Markup]]],
    ) -> tuple[Markup, S]:
        """Return a part, and the state that it shows: one that was begun after it was asked for, or no other.

        Who asks has the key as far as is known. `look` says which key and what state it is at this moment,
        `draw` also what is drawn of it.
        """
        before = self._begun
        self._waiting[key] += 1
        try:
            async with self._one:
                now, state = await look()
                found = self._kept.get(now)
                if found and (found.state == state or found.number > before):
                    return found.part, found.state
                await self._for_its_share()
                return await self._drawn(draw)
        finally:
            self._waiting -= Counter([key])

    async def _drawn(self, draw: Callable[[], Awaitable[tuple[K, S, Markup]]]) -> tuple[Markup, S]:
        self._begun += 1
        number, began = self._begun, self._clock.monotonic()
        key, state, part = await draw()
        self._since = self._clock.monotonic()
        self._left = max(self._left - (self._since - began), -LONGEST * SHARE)
        self._kept[key] = Drawing(state, number, part)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return part, state

    async def _for_its_share(self) -> None:
        """Wait as long as drawing took more than its share. Who comes meanwhile gets the same drawing."""
        now = self._clock.monotonic()
        self._left = min(AT_ONCE, self._left + SHARE * (now - self._since))
        self._since = now
        if self._left < 0:
            await self._clock.sleep(min(-self._left / SHARE, LONGEST / len(self._waiting)))
