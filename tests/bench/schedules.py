"""How fast it is found who is on call, beside a naive walk through every turn from the first one on."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from statistics import median
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.oncall.overrides import Override, Overrides
from bot.domain.oncall.schedules import Layer, Restriction, Schedule
from bot.domain.oncall.shifts import coverage, on_call
from tests.bench.figures import Line, ms
from tests.domain.oncall import naive

SCHEDULES, LAYERS, OVERRIDES = 200, 10, 1_000
COVERED, DAYS = 50, 30
NOW = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
"""Clocks change in Berlin an hour and a half later."""
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
HOUR = timedelta(hours=1)

Found = TypeVar("Found")


async def figures() -> list[Line]:
    """Return how long it takes to say who is on call now, and hour by hour for 30 days."""
    schedules = [_schedule(number) for number in range(SCHEDULES)]
    written = [Override(NOW + 2 * n * HOUR, NOW + (2 * n + 1) * HOUR, "dan") for n in range(1, OVERRIDES + 1)]
    overrides = Overrides(written)
    some = schedules[:COVERED]

    rounds = [_timed(lambda: [on_call(one, overrides, NOW) for one in schedules]) for _ in range(5)]
    now, found = median(seconds for seconds, _ in rounds), rounds[0][1]
    walked, expected = _timed(lambda: [naive.on_call(one, written, NOW) for one in schedules])
    ahead, hours = _timed(lambda: [coverage(one, overrides, NOW, NOW + timedelta(days=DAYS)) for one in some])
    day, _ = _timed(lambda: naive.coverage(some[0], written, NOW, 24))
    if found != expected or any(len(one) != DAYS * 24 for one in hours):
        raise AssertionError("the naive walk found somebody else")
    size = f"{SCHEDULES} schedules of {LAYERS} layers, {OVERRIDES:,} overrides"
    return [
        Line(f"On call now, {size}", ms(now), f"naive walk: {ms(walked)}", "under 50 ms", now < 0.05),
        Line(
            f"Coverage of {DAYS} days hour by hour, {COVERED} schedules",
            ms(ahead),
            f"naive walk: {ms(day * DAYS * COVERED)}, from a day of one",
            "under 10 s",
            ahead < 10,
        ),
    ]


def _timed(work: Callable[[], Found]) -> tuple[float, Found]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def _schedule(number: int) -> Schedule:
    """Return a schedule whose upper layers have mostly nobody on call, so that all of them are asked."""
    layers = (_layer(number, layer) for layer in range(LAYERS))
    return Schedule(f"schedule {number}", tuple(layers))


def _layer(number: int, layer: int) -> Layer:
    window = Restriction(frozenset({layer % 7}), time_of_day(2 * layer), time_of_day(2 * layer + 4))
    return Layer(
        f"layer {layer}",
        ZoneInfo(ZONES[layer % len(ZONES)]),
        datetime(2024, 1, 1, 9),  # noqa: DTZ001 - as clocks there show it
        timedelta(days=1 + layer),
        tuple((f"p{number}.{layer}.{turn}",) for turn in range(5)),
        restrictions=(window,) if layer else (),
    )
