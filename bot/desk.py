"""The desk: where decisions are made, one after another, each in one transaction."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.clock import Clock
from bot.domain.process import Process
from storage.database import Database
from storage.transaction import Routes, Tx

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

TURN = 25
"""How many operations are performed in one visit to the desk's thread: some 25 ms of it."""


class Desk:
    """Performs operations, and wakes the delivery after each commit that has something to tell.

    SQLite is used from one thread: pass an executor with a single worker. Without one everything runs in
    place, as tests like it.
    """

    def __init__(
        self,
        database: Database,
        process: Process,
        clock: Clock,
        *,
        executor: Executor | None = None,
    ) -> None:
        self.process = process
        self.clock = clock
        self._database = database
        self._executor = executor
        self._routes: Routes = {}
        self._wake: Callable[[], None] = lambda: None

    def deliver_to(self, routes: Routes, wake: Callable[[], None]) -> None:
        """Say which deliveries an event makes from now on, and whom to wake for them."""
        self._routes = routes
        self._wake = wake

    async def perform(
        self, operation: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run an operation in one transaction and return what it returns.

        Raises what the operation raises (Refused, when the rules say no); nothing of it is then written.
        """

        result, emitted = await self._run(lambda: self._decide(operation, *args, **kwargs))
        if emitted:
            self._wake()
        return result

    async def perform_in_turn(self, operation: Callable[[Tx, T], object], queue: deque[T]) -> None:
        """Run an operation on the first few of a queue, each in a transaction of its own.

        One visit to the desk's thread for all of them: a busy event loop makes each visit wait. What is done
        leaves the queue. Raises what the operation raises; the queue then begins with what it failed on.
        """

        def decide_each() -> None:
            for _ in range(min(TURN, len(queue))):
                self._decide(operation, queue[0])
                queue.popleft()

        try:
            await self._run(decide_each)
        finally:
            self._wake()

    async def read(self, question: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Answer a question from one consistent state of the database."""

        def look() -> R:
            with self._database.transaction(writing=False) as connection:
                return question(self._begin(connection), *args, **kwargs)

        return await self._run(look)

    async def writable(self) -> bool:
        """Say whether the database takes a commit now."""
        return await self._run(self._database.writable)

    def _decide(
        self, operation: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[R, int]:
        """Return what an operation returns, and how many deliveries it made."""
        with self._database.transaction() as connection:
            tx = self._begin(connection)
            result = operation(tx, *args, **kwargs)
            tx.finish()
        return result, tx.emitted

    def _begin(self, connection: Any) -> Tx:
        return Tx(connection, self.clock.now(), self.process, self._routes)

    async def _run(self, work: Callable[[], R]) -> R:
        if self._executor is None:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)
