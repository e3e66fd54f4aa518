"""The loop: APScheduler calls the ticks. It keeps no deadline of ours, so it can lose none."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import wraps
from typing import TypeAlias

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.delivery import Deliveries
from scheduler.ticks import Ticks

LOOK_EVERY = 0.25
"""Seconds between two looks at the deadlines: by how much one may be missed when little else is due."""

Repeated: TypeAlias = Callable[[], Awaitable[None]]


def loop(
    ticks: Ticks, deliveries: Deliveries, meet_slack: Repeated, refresh_directory: Repeated
) -> AsyncIOScheduler:
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

    scheduler.add_job(_until_stopped(look), "interval", seconds=LOOK_EVERY, name="look")
    scheduler.add_job(_until_stopped(every_second), "interval", seconds=1)
    scheduler.add_job(_until_stopped(meet_slack), "interval", seconds=15)
    scheduler.add_job(_until_stopped(refresh_directory), "interval", minutes=30)
    scheduler.add_job(_until_stopped(ticks.tidy), "interval", hours=1)
    return scheduler


def _until_stopped(job: Repeated) -> Repeated:
    """Return a job that ends quietly when the scheduler stops: APScheduler would log an error otherwise."""

    @wraps(job)
    async def run() -> None:
        with suppress(asyncio.CancelledError):
            await job()

    return run
