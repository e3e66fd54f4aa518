"""What many ask for at once is done at once: soon for who comes alone, and in handfuls in a storm."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from bot.gathering import ENOUGH, MOST, Gathering
from tests.leaping import Leaping

WITHIN = 0.01


class Asked:
    """Some who ask, and for whom it was done together, with the time of the loop."""

    def __init__(self, loop: Leaping) -> None:
        self.loop = loop
        self.done: list[tuple[float, int]] = []
        self.waiting: list[asyncio.Task[None]] = []
        self.gathering = Gathering(self.perform)
        self.began = loop.time()

    async def perform(self, operation: object, ones: Sequence[object]) -> None:
        self.done.append((round(self.loop.time() - self.began, 3), len(ones)))

    def ask(self, *weights: int) -> None:
        """Have as many ask, each with its weight, and let no time pass."""

        async def some() -> None:
            for weight in weights:
                asked = self.gathering.perform_for_all(operation, weight, WITHIN, weight=weight, hasty=True)
                self.waiting.append(asyncio.create_task(asked))
            for _ in range(5):
                await asyncio.sleep(0)

        self.loop.run_until_complete(some())


def operation(_: object, __: Sequence[object]) -> None:
    """Stand for what is asked for."""


@pytest.fixture
def asked() -> Iterator[Asked]:
    loop = Leaping()
    yield Asked(loop)
    loop.close()


def test_who_comes_alone_waits_for_nobody(asked: Asked) -> None:
    asked.ask(1)
    asked.loop.pass_(1)
    asked.ask(1)

    assert asked.done == [(0, 1), (1, 1)]


def test_who_comes_soon_after_another_waits_for_more(asked: Asked) -> None:
    asked.ask(1)
    asked.loop.pass_(0.002)
    asked.ask(1)
    asked.loop.pass_(0.004)
    asked.ask(1, 1)
    assert asked.done == [(0, 1)]

    asked.loop.pass_(0.005)
    asked.ask()

    assert asked.done == [(0, 1), (WITHIN, 3)]
    assert all(one.done() for one in asked.waiting)


def test_enough_wait_for_no_more(asked: Asked) -> None:
    asked.ask(1)
    asked.ask(*[1] * ENOUGH)

    assert asked.done == [(0, 1), (0, ENOUGH)]


def test_what_is_much_work_shares_its_turn_with_little(asked: Asked) -> None:
    asked.ask(MOST - 1, 1, 1, MOST, MOST * 3)

    assert asked.done == [(0, 2), (0, 1), (0, 1), (0, 1)]
