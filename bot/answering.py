"""Answers questions, many in one transaction, and never for so long that a decision waits for it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")
Question: TypeAlias = Callable[[T], Any]

TOGETHER = 25
"""How many questions are answered in one transaction at most."""
AWHILE = 0.02
"""Seconds after which no further one is begun in it: decisions come before the next transaction."""


class Answering(Generic[T]):
    """Has questions answered by `read`, which calls what it is given within a transaction, in a thread.

    `monotonic` shows how much time has passed; it is asked in that thread.
    """

    def __init__(
        self, read: Callable[[Callable[[T], None]], Awaitable[None]], monotonic: Callable[[], float]
    ) -> None:
        self._read, self._monotonic = read, monotonic
        self._asked: list[tuple[Question[T], asyncio.Future[Any]]] = []
        self._answering: asyncio.Task[None] | None = None

    async def ask(self, question: Question[T]) -> Any:
        """Return its answer. What is asked while others are answered shares the next transaction.

        Each hears its answer before the others have theirs. Raises what the question raises.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked.append((question, answer))
        if not self._answering:
            self._answering = asyncio.create_task(self._answer(), name="answers")
        return await answer

    async def _answer(self) -> None:
        try:
            while self._asked:
                together, self._asked = self._asked[:TOGETHER], self._asked[TOGETHER:]
                if await self._answer_all(together):
                    self._asked[:0] = [one for one in together if not one[1].done()]
                    continue
                for one in together:  # one of them failed; those after it were not answered
                    if not one[1].done():
                        await self._answer_all([one])
        finally:
            self._answering = None

    async def _answer_all(self, asked: Sequence[tuple[Question[T], asyncio.Future[Any]]]) -> bool:
        """Answer questions for a while, each at once, and say whether that worked: the first in any case.

        One that fails alone hears why.
        """
        loop = asyncio.get_running_loop()

        def look(tx: T) -> None:
            began = self._monotonic()
            for question, waiting in asked:
                loop.call_soon_threadsafe(_tell, waiting, question(tx))
                if self._monotonic() - began >= AWHILE:
                    return

        (failed,) = await asyncio.gather(self._read(look), return_exceptions=True)
        if failed and len(asked) == 1 and not asked[0][1].done():
            asked[0][1].set_exception(failed)
        return failed is None


def _tell(waiting: asyncio.Future[Any], answer: Any) -> None:
    if not waiting.done():
        waiting.set_result(answer)
