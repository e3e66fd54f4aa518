"""The steps of the start: one that fails is said, tried again, and keeps nothing else from starting."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import TypeAlias

from bot.clock import Clock
from bot.web.listening import PortInUse
from storage.database import Outdated

log = logging.getLogger("muster.start")

AGAIN = 15.0
"""Seconds before a step that failed is made again."""

Step: TypeAlias = Callable[[], Awaitable[object] | None]


class Steps:
    """Makes steps one by one. `state` says of each that was made what is wrong with it; None is well."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._again: set[asyncio.Task[None]] = set()
        self.state: dict[str, str | None] = {}

    @property
    def failing(self) -> dict[str, str]:
        """What does not work, and why."""
        return {name: why for name, why in self.state.items() if why}

    async def run(self, name: str, step: Step, *, fatal: tuple[type[Exception], ...] = ()) -> bool:
        """Make a step and say whether it worked; if not, it is made again in the background until it does.

        What is `fatal` is raised, and so is Outdated: the database is not for this version any more.
        """
        if await self.attempt(name, step, fatal=fatal):
            return True
        task = asyncio.create_task(self._until_it_works(name, step), name=f"again: {name}")
        self._again.add(task)
        task.add_done_callback(self._again.discard)
        return False

    async def attempt(self, name: str, step: Step, *, fatal: tuple[type[Exception], ...] = ()) -> bool:
        """Make a step that somebody makes again anyway, and say whether it worked."""
        try:
            if isawaitable(made := step()):
                await made
        except Exception as error:
            if isinstance(error, (Outdated, *fatal)):
                raise
            if isinstance(error, PortInUse):
                log.error("%s: %s Pages go on without it, and it is tried again", name, error)
                self.state[name] = f"{error} It is tried again"
                return False
            log.exception("%s: this failed; pages go on without it, and it is tried again", name)
            self.state[name] = f"{type(error).__name__}; it is tried again"
            return False
        if self.state.get(name):
            log.warning("%s: this works again", name)
        self.state[name] = None
        return True

    async def stop(self) -> None:
        """Make nothing again any more."""
        for task in self._again:
            task.cancel()
        await asyncio.gather(*self._again, return_exceptions=True)

    async def _until_it_works(self, name: str, step: Step) -> None:
        worked = False
        while not worked:
            await self._clock.sleep(AGAIN)
            try:
                worked = await self.attempt(name, step)
            except Outdated:
                return
