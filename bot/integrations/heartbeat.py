"""The heartbeat: a service outside hears from a pager that works, and raises the alarm when it does not."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp

from bot.health.measures import Measures
from bot.unit_of_work import UnitOfWork
from storage import chores
from storage.database import DatabaseBusy

log = logging.getLogger("muster.heartbeat")

LOOK_EVERY = 15.0
"""Seconds between two looks whether it is time: another replica takes over that soon."""
EVERY = timedelta(minutes=1)
TIMEOUT = 10.0


@dataclass(slots=True)
class Heartbeat:
    """Calls `url` once a minute while all is well: of several replicas, one that is well itself.

    Silence is what raises the alarm. While the audit leaves faults, `fail_url` is told, if there is one.
    A URL is a secret: it is never logged.
    """

    _uow: UnitOfWork
    _measures: Measures
    _url: str = field(repr=False)
    _fail_url: str | None = field(repr=False)
    _well: Callable[[], Awaitable[bool]]
    _faults: Callable[[], str]
    _last: float = float("-inf")

    async def beat(self) -> None:
        """Tell whoever watches how it is, if it is our turn."""
        if await self._well():
            if await self._our_turn("heartbeat"):
                self._measures.beaten("ok" if await self._told(self._url) else "failed")
            return
        self._measures.beaten("withheld")
        faults = self._faults()
        if faults and self._fail_url and await self._our_turn("heartbeat failure"):
            await self._told(self._fail_url, faults)

    async def _our_turn(self, name: str) -> bool:
        """Say whether it is our turn. Where that cannot be written each replica goes by its own memory."""
        now = self._uow.clock.monotonic()
        try:
            ours = await self._uow.perform(chores.falls_to_us, name, EVERY)
        except DatabaseBusy:
            ours = now - self._last >= EVERY.total_seconds()
        if ours:
            self._last = now
        return ours

    async def _told(self, url: str, text: str | None = None) -> bool:
        try:
            async with asyncio.timeout(TIMEOUT), aiohttp.ClientSession(trust_env=True) as session:
                method = "GET" if text is None else "POST"
                async with session.request(method, url, data=text) as answer:
                    if answer.status < 400:
                        return True
                    why = f"it answered {answer.status}"
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            why = type(error).__name__
        log.warning("the heartbeat was not heard", extra={"reason": why})
        return False
