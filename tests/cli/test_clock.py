"""The sandbox's clock: it runs, it can be moved on, and it can stand still."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from bot.clock import ShiftedClock, SystemClock
from tests.patience import PATIENCE

MINUTE = timedelta(minutes=1)


async def soon(waited: Awaitable[None]) -> None:
    await asyncio.wait_for(waited, PATIENCE)


def behind(clock: ShiftedClock) -> timedelta:
    """Return by how much the machine's time is behind."""
    return clock.now() - SystemClock().now()


def test_it_is_ahead_by_what_was_skipped() -> None:
    clock = ShiftedClock()

    clock.advance(60)
    clock.advance(-600)

    assert MINUTE - timedelta(seconds=5) < behind(clock) <= MINUTE


def test_held_it_stands_still_and_can_still_be_moved_on() -> None:
    clock = ShiftedClock()

    clock.hold(True)
    before = clock.now()
    still = clock.now()
    clock.advance(60)

    assert still == before
    assert clock.now() == before + MINUTE


def test_it_goes_on_from_where_it_stood() -> None:
    clock = ShiftedClock()
    clock.hold(True)
    stood = clock.now()

    clock.hold(False)

    assert timedelta() <= clock.now() - stood < timedelta(seconds=5)


async def test_who_sleeps_wakes_when_the_time_was_skipped() -> None:
    clock = ShiftedClock()
    sleeping = asyncio.ensure_future(clock.sleep(3600))
    await asyncio.sleep(0)

    clock.advance(1800)
    await asyncio.sleep(0.01)
    asleep = not sleeping.done()
    clock.advance(1800)

    await soon(sleeping)
    assert asleep


async def test_nobody_wakes_while_time_stands_still() -> None:
    clock = ShiftedClock()
    clock.hold(True)
    sleeping = asyncio.ensure_future(clock.sleep(0.01))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(sleeping), 0.05)
    clock.hold(False)

    await soon(sleeping)
