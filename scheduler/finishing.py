"""Finishing and leasing deliveries: what comes while a commit is under way shares the next one."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence, Sized
from typing import TypeAlias

from bot.jobs import Effect
from bot.unit_of_work import MOMENT, Guarded, UnitOfWork
from scheduler import reconciling
from storage import outbox
from storage.database import Outdated
from storage.facts import finish
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.finishing")

Ended: TypeAlias = tuple[Delivery, Effect | None, asyncio.Future[bool]]
Leasing: TypeAlias = Callable[[Tx], list[Delivery]]


class Finishing:
    """A disk takes its time for each commit: many deliveries at once would otherwise wait for each other.

    What jobs that redraw have drawn is looked at once more where an older drawing may come last. What
    follows from those that end is leased in the same commit: `leasing` returns how, once these have ended,
    and `begin` is handed what was leased, with the monotonic time before. What is none of those that are
    `prompt` waits a moment for the others of those `under_way`.
    """

    def __init__(
        self,
        uow: UnitOfWork,
        redraws: frozenset[str] = frozenset(),
        *,
        prompt: frozenset[str] = frozenset(),
        leasing: Callable[[Collection[Delivery]], Leasing | None] = lambda _: None,
        begin: Callable[[Sequence[Delivery], float], None] = lambda _, __: None,
        under_way: Callable[[], Sized] = tuple,
    ) -> None:
        self._uow = uow
        self._redraws = redraws
        self._prompt = prompt
        self._leasing = leasing
        self._begin = begin
        self._under_way = under_way
        self._waiting: list[Ended] = []
        self._asked: list[asyncio.Future[bool]] = []
        self._working: asyncio.Task[None] | None = None

    async def finish(self, delivery: Delivery, effect: Effect | None) -> bool:
        """Write that a delivery was sent, with its effect; return when both are committed.

        Say whether what comes next was leased with it. Raises what the effect raises; nothing of this
        delivery is then written.
        """
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, effect, done))
        if delivery.job not in self._prompt and len(self._under_way()) > len(self._waiting):
            asyncio.get_running_loop().call_later(MOMENT, self._work)
        else:
            self._work()
        return await done

    async def lease(self) -> None:
        """Lease and begin what is due. Raises what keeps it from being leased."""
        asked: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._work()
        await asked

    async def stop(self, grace: float) -> None:
        """Commit what waits for its moment, and let that end within `grace` seconds."""
        self._work()
        if (working := self._working) and not (await asyncio.wait([working], timeout=grace))[0]:
            working.cancel()
            await asyncio.wait([working], timeout=grace)

    def _work(self) -> None:
        """Work in a task of its own: who asked may be cancelled, and others wait for the same commit."""
        if not self._working and (self._waiting or self._asked):  # a moment may be over after the stop
            self._working = asyncio.create_task(self._commit_all(), name="finishing")

    async def _commit_all(self) -> None:
        try:
            while self._waiting or self._asked:
                # In one order everywhere, so that nobody waits for another who waits for them.
                together, self._waiting = sorted(self._waiting, key=lambda one: one[0].id), []
                await (self._finish(together) if together else self._lease())
        finally:
            self._working = None

    async def _lease(self) -> None:
        asked, self._asked = self._asked, []
        (failed,) = await asyncio.gather(self._perform([]), return_exceptions=True)
        for one in asked:
            _tell(one, failed if isinstance(failed, Exception) else None)

    async def _finish(self, together: Sequence[Ended]) -> None:
        asked, self._asked = self._asked, []
        leased = False
        try:
            leased = await self._perform([(one, effect) for one, effect, _ in together])
            for waiting in asked if leased else ():
                _tell(waiting)
            self._asked += () if leased else asked
        except Outdated as left:
            for waiting in (*asked, *(done for _, _, done in together)):
                _tell(waiting, left)
        except Exception:
            self._asked += asked
            log.exception("%s deliveries could not be finished together; taking each alone", len(together))
            for one in together:
                await self._finish_alone(*one)
        for _, _, done in together:
            _tell(done, leased=leased)

    async def _finish_alone(
        self, delivery: Delivery, effect: Effect | None, done: asyncio.Future[bool]
    ) -> None:
        try:
            await self._perform([(delivery, effect)], leasing=False)
        except Exception as error:
            log.exception("delivery %s could not be finished", delivery.id)
            _tell(done, error)

    async def _perform(
        self, ended: Sequence[tuple[Delivery, Effect | None]], *, leasing: bool = True
    ) -> bool:
        """Finish these, and lease what comes next if that is safe beside them; say whether it was."""
        own = all(effect is None or isinstance(effect, Guarded) for _, effect in ended)
        # Replicas that lease at the same time would collide where it is not guarded.
        leasing = leasing and (own or not self._uow.shared)
        lease = self._leasing([one for one, _ in ended]) if leasing else None
        since = self._uow.clock.monotonic()
        leased = await self._uow.perform(Guarded(_turn) if own else _turn, ended, self._redraws, lease)
        self._begin(leased, since)
        return lease is not None


def _tell(waiting: asyncio.Future[bool], error: Exception | None = None, *, leased: bool = True) -> None:
    if not waiting.done():
        waiting.set_exception(error) if error else waiting.set_result(leased)


def _turn(
    tx: Tx, ended: Sequence[tuple[Delivery, Effect | None]], redraws: frozenset[str], lease: Leasing | None
) -> list[Delivery]:
    _all_sent(tx, ended, redraws)
    finish(tx)
    return lease(tx) if lease else []


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
