"""An event loop whose time is a number: it never waits, it jumps to the next timer.

Everything that runs on it belongs to a process. One that is killed never takes another step: its tasks stay
where they are, its timers do not go off, and nothing it holds is tidied up, as after `kill -9`.
"""

import asyncio
import heapq
from asyncio import base_events, events
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context, ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

OUTSIDE = 0
"""The process of everything that cannot be killed: Slack, and the people."""
PROCESS: ContextVar[int] = ContextVar("process", default=OUTSIDE)


class Killed(BaseException):
    """The process is gone: what was about to happen in it does not."""


class Deadlock(Exception):
    """Nothing is ready, and nothing ever will be."""


class _Handle(events.Handle):
    """Something to do, unless its process is dead by then."""

    __slots__ = ()

    def _run(self) -> None:
        dead = self._loop.dead  # type: ignore[attr-defined]
        if dead and self._context.get(PROCESS) in dead:  # type: ignore[attr-defined]
            return
        super()._run()


class _Timer(events.TimerHandle):
    """The same, at a time."""

    __slots__ = ()

    def _run(self) -> None:
        dead = self._loop.dead  # type: ignore[attr-defined]
        if dead and self._context.get(PROCESS) in dead:  # type: ignore[attr-defined]
            return
        super()._run()


class VirtualLoop(base_events.BaseEventLoop):
    """An event loop without a file descriptor. Timers that fall together go off as they were made."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.dead: set[int] = set()
        self.tasks: dict[int, list[asyncio.Task[Any]]] = {}
        self._timers: list[tuple[float, int, _Timer]] = []
        self._made = 0
        self.set_task_factory(_task_of_its_process)  # type: ignore[arg-type]

    def time(self) -> float:
        return self.now

    def kill(self, process: int) -> None:
        """Let a process end here."""
        self.dead.add(process)

    def bury(self) -> None:
        """Close what the dead left behind, and those who still wait, when nobody looks any more."""
        self.set_exception_handler(lambda _loop, _context: None)
        for task in asyncio.all_tasks(self):
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            _closed(task)

    def run_in(self, process: int, work: Callable[[], T]) -> T:
        """Call something as that process; its tasks belong to it, and know nothing of another's context."""
        context = Context()
        context.run(PROCESS.set, process)
        return context.run(work)

    # What asyncio asks of a loop

    def call_soon(  # type: ignore[override]
        self, callback: Any, *args: Any, context: Context | None = None
    ) -> events.Handle:
        handle = _Handle(callback, args, self, context)
        self._ready.append(handle)  # type: ignore[attr-defined]
        return handle

    call_soon_threadsafe = call_soon  # type: ignore[assignment]

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: Context | None = None
    ) -> events.TimerHandle:
        # Equal times keep their order: a heap alone would not promise it.
        self._made += 1
        timer = _Timer(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, self._made, timer))
        return timer

    def _run_once(self) -> None:
        """Do what is ready; when nothing is, go to the next timer instead of waiting for it."""
        timers, ready = self._timers, self._ready  # type: ignore[attr-defined]
        while timers and timers[0][2].cancelled():
            heapq.heappop(timers)
        if not ready and not self._stopping:  # type: ignore[attr-defined]
            if not timers:
                raise Deadlock
            self.now = max(self.now, timers[0][0])
        while timers and timers[0][0] <= self.now:
            ready.append(heapq.heappop(timers)[2])
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _write_to_self(self) -> None:
        pass

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        raise RuntimeError(f"{func} wants a thread; the simulation has none")


def _task_of_its_process(
    loop: Any, coro: Coroutine[Any, Any, T], *, context: Context | None = None
) -> asyncio.Task[T]:
    task = asyncio.Task(coro, loop=loop, context=context)
    process = context.get(PROCESS, OUTSIDE) if context else PROCESS.get()
    if process != OUTSIDE:
        loop.tasks.setdefault(process, []).append(task)
    return task


def _closed(task: asyncio.Task[Any]) -> None:
    """Let a coroutine that will never go on be collected without a word."""
    with suppress(BaseException):  # whatever it wants to say, nobody is there any more
        task.get_coro().close()
