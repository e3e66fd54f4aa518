"""How the sandbox's time goes: as anywhere, faster, skipped on request, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sandbox.bodies import shortened
from sandbox.errors import Unusable
from sandbox.limits import Limits
from sandbox.state import Json
from sandbox.workspace import Workspace

SPEEDS = (1, 10, 60)
BEAT = 0.25

Advance = Callable[[float], Awaitable[None]]
Hold = Callable[[bool], None]


class Pace:
    """Moves time through the two functions that it is given; without them it can only tell the time.

    A faster time is one that is skipped in small steps: each waits until what it set off has happened, so
    an app that is slow to act slows the time down and is not overtaken by its own deadlines.
    """

    def __init__(self, ws: Workspace, limits: Limits, told: Callable[[Json], None]) -> None:
        self._ws, self._limits, self._told = ws, limits, told
        self._advance: Advance | None = None
        self.hold: Hold | None = None
        self.speed, self.paused = 1, False
        self._one_at_a_time = asyncio.Lock()
        self._hurrying: asyncio.Task[None] | None = None

    @property
    def advance(self) -> Advance | None:
        return self._advance

    @advance.setter
    def advance(self, advance: Advance | None) -> None:
        self._advance = advance
        self._ws.skips = advance is not None

    def shown(self) -> Json:
        return {
            "now": self._ws.clock.now().isoformat(),
            "speed": self.speed,
            "paused": self.paused,
            "speeds": list(SPEEDS if self._advance else SPEEDS[:1]),
            "can_advance": self._advance is not None,
            "can_pause": self.hold is not None,
        }

    async def skip(self, seconds: float) -> None:
        """Move on by so much; returns when all that fell into it has happened."""
        if self._advance is None:
            raise Unusable("This sandbox follows the real time; it cannot be moved on.")
        async with self._one_at_a_time:
            self._ws.skips_to = self._ws.clock.now() + timedelta(seconds=seconds)
            await self._advance(seconds)
        self._told(self.shown())

    def go(self, *, speed: int | None = None, paused: bool | None = None) -> None:
        """Change the speed, stop, or go on."""
        if speed is not None and (type(speed) is not int or speed not in self.shown()["speeds"]):
            raise Unusable(f"speed: found {shortened(speed)}, expected one of {self.shown()['speeds']}")
        if paused is not None and self.hold is None:
            raise Unusable("This sandbox follows the real time; it cannot be held.")
        self.speed = speed or self.speed
        if self.hold is not None and paused is not None and paused != self.paused:
            self.hold(paused)
            self.paused = self._limits.suspended = paused
        if self.hurries and (self._hurrying is None or self._hurrying.done()):
            self._hurrying = asyncio.get_running_loop().create_task(self._hurry())
        self._told(self.shown())

    @property
    def hurries(self) -> bool:
        return self.speed > 1 and not self.paused

    async def _hurry(self) -> None:
        while self.hurries:
            await asyncio.sleep(BEAT)
            if self.hurries:
                await self.skip(BEAT * (self.speed - 1))

    async def close(self) -> None:
        """Leave the time alone from now on: what it moves is about to stop."""
        self._advance = self.hold = None
        if self._hurrying is not None:
            self._hurrying.cancel()
            await asyncio.gather(self._hurrying, return_exceptions=True)
