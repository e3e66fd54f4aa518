"""Signed requests that other replicas answered, or this one before it was started anew.

What comes in while something is written shares the next transaction, so that a burst of requests costs few.
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from bot.operations.answered import note_answers
from bot.unit_of_work import Guarded, UnitOfWork
from storage.answers import Answer
from storage.database import DatabaseBusy, Outdated

log = logging.getLogger(__name__)

PATIENCE = 0.5
"""Seconds that a request waits for this at most: Slack waits three for its answer. Without the database a
request is handled, and this process alone remembers it."""


class Answered:
    """Asks the database who answered a request, and has it keep our answers."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        began = None if uow.shared else uow.clock.now()
        self._note = Guarded(partial(note_answers, began=began))
        self._asked: list[tuple[str, asyncio.Future[Answer | None]]] = []
        self._given: list[Answer] = []
        self._writing: asyncio.Task[None] | None = None

    async def lease(self, signature: str) -> Answer | None:
        """Return what is known of a request; None when it is ours to answer."""
        known: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._asked.append((signature, known))
        self._begin()
        await asyncio.wait({known}, timeout=PATIENCE)
        return known.result() if known.done() else None

    def keep(self, answer: Answer) -> None:
        """Have an answer kept. Whoever asked has it already."""
        self._given.append(answer)
        self._begin()

    async def stop(self) -> None:
        """Return when all is written."""
        if self._writing:
            await self._writing

    def _begin(self) -> None:
        if not self._writing:
            loop = asyncio.get_running_loop()  # raises before there is a coroutine that nobody awaits
            self._writing = loop.create_task(self._write_all(), name="answers to signed requests")

    async def _write_all(self) -> None:
        try:
            while self._asked or self._given:
                asked, self._asked = self._asked, []
                given, self._given = self._given, []
                await self._write(given, asked)
        finally:
            self._writing = None

    async def _write(
        self, given: Sequence[Answer], asked: Sequence[tuple[str, asyncio.Future[Answer | None]]]
    ) -> None:
        known: Sequence[Answer | None] = [None] * len(asked)
        try:
            known = await self._uow.perform(self._note, given, [signature for signature, _ in asked])
        except (DatabaseBusy, Outdated) as why:
            log.warning("only this process remembers what it answered", extra={"reason": str(why)})
        finally:
            for (_, waiting), one in zip(asked, known, strict=True):
                waiting.set_result(one)
