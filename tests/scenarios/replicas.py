"""Several bots in one event loop, on one PostgreSQL, in front of one Slack."""

import asyncio

from bot.app import Muster
from tests.patience import PATIENCE
from tests.scenarios.conftest import World


class Replicas(World):
    """A world with as many bots as are started. `muster` is the oldest of them."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as a World
        self.bots: list[Muster] = []

    async def start(self) -> None:
        """Start one more."""
        await super().start()
        if self.bot:
            self.bots.append(self.bot)
        self.bot = self.bots[0]

    async def stop(self) -> None:
        """Stop the oldest."""
        if self.bots:
            await self.bots.pop(0).stop()
        self.bot = next(iter(self.bots), None)

    async def settle(self) -> None:
        """Wait until nobody is waiting for anybody. What one has committed another may send: all look."""
        for _ in range(2):
            await self.calm()
            for one in self.all:
                one.deliveries.wake()
                await asyncio.wait_for(one.deliveries.quiet(), PATIENCE)

    @property
    def all(self) -> list[Muster]:
        """Return all that run, also one that is just starting."""
        return [*self.bots, *([self.bot] if self.bot and self.bot not in self.bots else [])]
