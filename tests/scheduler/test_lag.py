"""How late the event loop is."""

import asyncio

from bot.health.measures import Measures
from scheduler.lag import EVERY, LoopLag
from tests.fakes import FakeClock


async def test_it_notes_by_how_much_it_is_woken_too_late() -> None:
    clock, measures = FakeClock(), Measures()
    lag = LoopLag(clock, measures)
    lag.start()
    for late in (0, 0.3):
        await asyncio.sleep(0)
        clock.advance(EVERY + late)
        await asyncio.sleep(0)

    await lag.stop()

    def sample(name: str) -> float | None:
        return measures.kept.get_sample_value(f"muster_loop_lag_seconds_{name}")

    assert sample("count") == 2
    assert sample("sum") == 0.3 or abs((sample("sum") or 0) - 0.3) < 1e-5
