"""Work that waits for a network without asyncio, in threads that neither the loop nor a stop waits for."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

R = TypeVar("R")


def in_a_thread(work: Callable[[], R]) -> asyncio.Future[R]:
    """Return what `work` will return. It must not raise."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[R] = loop.create_future()

    def settle(result: R) -> None:
        if not done.done():
            done.set_result(result)

    def run() -> None:
        result = work()
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=run, name="contact method", daemon=True).start()
    return done
