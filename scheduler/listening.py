"""Listening to other replicas: what one has written any other may deliver, if the writer is busy or dead."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

from bot.clock import Clock
from storage.database import DatabaseBusy

News: TypeAlias = Callable[[], AsyncIterator[None]]

log = logging.getLogger("muster.listening")

HEAD_START = 0.1
"""Seconds that whoever wrote a delivery has to begin with it, before the others look too."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""Seconds before it is listened anew after the connection was lost."""


class Listening:
    """Wakes the delivery when another replica may have something to send. All works without it, later."""

    def __init__(self, news: News | None, wake: Callable[[], None], clock: Clock) -> None:
        """Listen to `news` as a database offers it; to nothing where there are no others."""
        self._news = news
        self._wake = wake
        self._clock = clock
        self._heard = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        if self._news:
            self._tasks = [
                asyncio.create_task(self._listen(self._news), name="listen"),
                asyncio.create_task(self._pass_on(), name="pass on"),
            ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self, news: News) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                async for _ in news():
                    wait = FIRST_WAIT
                    self._heard.set()
            except DatabaseBusy as lost:
                log.warning("other replicas are not heard; looking every second", extra={"reason": str(lost)})
            except Exception:
                log.exception("listening to other replicas failed")
            await self._clock.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def _pass_on(self) -> None:
        """Wake the delivery once for all that was heard in a moment."""
        while True:
            await self._heard.wait()
            await self._clock.sleep(HEAD_START)
            self._heard.clear()
            self._wake()
