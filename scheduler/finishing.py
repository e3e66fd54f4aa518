"""Finishing deliveries: those that end while a commit is under way share the next one."""

import asyncio
import logging
from collections.abc import Sequence
from typing import TypeAlias

from bot.jobs import Effect
from bot.unit_of_work import Guarded, UnitOfWork
from scheduler import reconciling
from storage import outbox
from storage.database import Outdated
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.finishing")

Ended: TypeAlias = tuple[Delivery, Effect | None, asyncio.Future[None]]


class Finishing:
    """A disk takes its time for each commit: many deliveries at once would otherwise wait for each other.

    What jobs that redraw have drawn is looked at once more where an older drawing may come last.
    """

    def __init__(self, uow: UnitOfWork, redraws: frozenset[str] = frozenset()) -> None:
        self._uow = uow
        self._redraws = redraws
        self._waiting: list[Ended] = []
        self._busy = False

    async def finish(self, delivery: Delivery, effect: Effect | None) -> None:
        """Write that a delivery was sent, with its effect; return when both are committed.

        Raises what the effect raises; nothing of this delivery is then written.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, effect, done))
        if not self._busy:
            await self._work()
        await done

    async def _work(self) -> None:
        self._busy = True
        try:
            while self._waiting:
                # In one order everywhere, so that nobody waits for another who waits for them.
                together, self._waiting = sorted(self._waiting, key=lambda one: one[0].id), []
                await self._finish(together)
        finally:
            self._busy = False

    async def _finish(self, together: Sequence[Ended]) -> None:
        try:
            await self._perform([(one, effect) for one, effect, _ in together])
        except Outdated as left:
            for _, _, done in together:
                done.set_exception(left)
        except Exception:
            log.exception("%s deliveries could not be finished together; taking each alone", len(together))
            for one in together:
                await self._finish_alone(*one)
        for _, _, done in together:
            if not done.done():
                done.set_result(None)

    async def _finish_alone(
        self, delivery: Delivery, effect: Effect | None, done: asyncio.Future[None]
    ) -> None:
        try:
            await self._perform([(delivery, effect)])
        except Exception as error:
            log.exception("delivery %s could not be finished", delivery.id)
            if not done.done():
                done.set_exception(error)

    async def _perform(self, ended: Sequence[tuple[Delivery, Effect | None]]) -> None:
        own = all(effect is None or isinstance(effect, Guarded) for _, effect in ended)
        await self._uow.perform(Guarded(_all_sent) if own else _all_sent, ended, self._redraws)


def _all_sent(tx: Tx, ended: Sequence[tuple[Delivery, Effect | None]], redraws: frozenset[str]) -> None:
    ours = outbox.sent(tx, [delivery for delivery, _ in ended])
    for (delivery, effect), still_ours in zip(ended, ours, strict=True):
        if not still_ours:
            if delivery.job in redraws:
                reconciling.overtaken(tx, delivery)
            continue
        if effect:
            effect(tx)
        if delivery.job in redraws and delivery.uncertain:
            reconciling.doubted(tx, delivery)
