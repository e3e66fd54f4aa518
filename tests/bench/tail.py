"""Latency with a heavy tail: what a network does, the same each time."""

import random
from collections import Counter

SIGMA = 0.8
"""Of a log-normal distribution around 1: one call of ten takes 2.8 times as long, one of a hundred 6.4."""


class Tail:
    """Says how many times the usual each call takes; in one turn the n-th call of a method always as many."""

    def __init__(self) -> None:
        self._turn = 0
        self._calls: Counter[str] = Counter()

    def begin(self, turn: int) -> None:
        """Begin a turn: with the same number everything takes as long as it did then."""
        self._turn = turn
        self._calls.clear()

    def __call__(self, method: str) -> float:
        self._calls[method] += 1
        drawn = random.Random(f"{self._turn} {method} {self._calls[method]}")
        return drawn.lognormvariate(0, SIGMA)
