"""The loop: APScheduler calls the ticks. It keeps no deadline of ours, so it can lose none.

APScheduler reckons in the time of day, which somebody may set. So its trigger here counts nothing that was
missed, and at every beat a job that is further away than it can be is brought near.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import TypeAlias

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.clock import wall
from bot.health.repeats import sweep
from scheduler.delivery import Deliveries
from scheduler.ticks import Ticks
from storage.database import Outdated

LOOK_EVERY = 0.25
"""Seconds between two looks at the deadlines: by how much one may be missed when little else is due."""

Repeated: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Repeating:
    """What is done again and again, and after how many seconds."""

    name: str
    seconds: float
    run: Repeated


def repeating(
    ticks: Ticks,
    deliveries: Deliveries,
    meet_slack: Repeated,
    refresh_directory: Repeated,
    *others: Repeating,
) -> list[Repeating]:
    """Return all that time does, in a table: a simulation goes through the same one without APScheduler."""

    async def look() -> None:
        left = True
        while left or ticks.goes_on:
            left = await ticks.tick()
            deliveries.make_way(left or ticks.others_turn)

    async def every_second() -> None:
        sweep()
        deliveries.wake()  # first: what is sent while nothing can be written is no less due
        await deliveries.mind_leases()

    return [
        Repeating("look", LOOK_EVERY, look),
        Repeating("every second", 1, every_second),
        Repeating("meet Slack", 15, meet_slack),
        Repeating("refresh the directory", 30 * 60, refresh_directory),
        Repeating("tidy", 60, ticks.tidy),
        *others,
    ]


class Every(BaseTrigger):  # type: ignore[misc]
    """Comes once in an interval. What was missed is not counted: after a leap of years that takes hours."""

    def __init__(self, seconds: float) -> None:
        self.interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the next beat, or if that has passed too, one interval from now."""
        following = (previous_fire_time or now) + self.interval
        return following if now < following <= now + self.interval else now + self.interval


class SteadyScheduler(AsyncIOScheduler):  # type: ignore[misc]
    """Never sleeps longer than a beat, and brings near what a clock that was set back has moved away."""

    def _process_jobs(self) -> float | None:
        now = wall()
        for job in self.get_jobs():
            if job.next_run_time > now + job.trigger.interval:
                job.modify(next_run_time=now)
        wait: float | None = super()._process_jobs()
        return None if wait is None else min(wait, LOOK_EVERY)


def loop(table: Iterable[Repeating]) -> AsyncIOScheduler:
    """Return the scheduler with its jobs, not yet started. Every job is a coroutine: it runs on our loop."""
    scheduler = SteadyScheduler(
        executors={"default": AsyncIOExecutor()},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    for job in table:
        scheduler.add_job(_until_stopped(job.run), Every(job.seconds), name=job.name)
    return scheduler


def _until_stopped(job: Repeated) -> Repeated:
    """Return a job that ends quietly when the bot stops: APScheduler would log an error otherwise."""

    @wraps(job)
    async def run() -> None:
        with suppress(asyncio.CancelledError, Outdated):
            await job()

    return run
