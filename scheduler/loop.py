"""The loop: APScheduler calls the ticks. It keeps no deadline of ours, so it can lose none."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.delivery import Deliveries
from scheduler.ticks import Ticks

LOOK_EVERY = 0.25
"""Seconds between two looks at the deadlines: by how much one may be missed when little else is due."""

Refresh: TypeAlias = Callable[[], Awaitable[None]]


def loop(ticks: Ticks, deliveries: Deliveries, refresh_directory: Refresh) -> AsyncIOScheduler:
    """Return the scheduler with its jobs, not yet started. Every job is a coroutine: it runs on our loop."""
    scheduler = AsyncIOScheduler(
        executors={"default": AsyncIOExecutor()},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )

    async def look() -> None:
        left = True
        while left:
            left = await ticks.tick()
            deliveries.make_way(left)

    async def every_second() -> None:
        await deliveries.mind_leases()
        deliveries.wake()

    scheduler.add_job(look, "interval", seconds=LOOK_EVERY, name="look")
    scheduler.add_job(every_second, "interval", seconds=1)
    scheduler.add_job(ticks.tidy, "interval", hours=1)
    scheduler.add_job(refresh_directory, "interval", minutes=30)
    return scheduler
