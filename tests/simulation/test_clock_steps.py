"""Somebody sets the machine's clock: whoever is paged has fifteen minutes of real time, no more, no less.

The real loop runs here, APScheduler included.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from random import Random
from typing import Any

import pytest

from bot.config import Secrets, load
from bot.domain.incidents.incident import Draft, Severity
from bot.operations.incidents.declare import declare
from sandbox.slack import Slack
from sandbox.world import read_world
from scheduler.loop import LOOK_EVERY
from tests.fakes import NOON
from tests.scenarios.conftest import CONFIG, manifest
from tests.simulation.contact_methods import ContactMethods
from tests.simulation.machine import Machine, apscheduler_reads
from tests.simulation.network import SimLoop
from tests.simulation.world import _TrueTime, in_virtual_time

MINUTES = 60.0
YEARS = 365 * 24 * 3600.0
STEPS = (-0.9, -20, -3 * YEARS, 0.9, 20, 3600, 3 * YEARS)
START = 5.0
"""Seconds that a process which died is away."""

Life = Callable[[Machine], Coroutine[Any, Any, None]]


def in_a_world(live: Life) -> None:
    """Run this where a bot runs, on a machine whose clock can be set."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimLoop)
        config = load(CONFIG)
        slack = Slack(manifest(), _TrueTime(loop), read_world())
        await slack.start(port=0)
        secrets = Secrets(slack.bot_token, slack.app_token, slack.signing_secret, slack.api_url)
        contact_methods = ContactMethods(config.contact_methods, loop, Random(0), lambda _: None)
        machine = Machine(loop, config, secrets, lambda _: None, contact_methods, real_loop=True)
        with apscheduler_reads(machine.clock):
            supervisor = asyncio.create_task(machine.supervise())
            machine.start()
            await asyncio.sleep(3)
            await live(machine)
            supervisor.cancel()
            await machine.stop()
        await slack.stop()
        machine.bury()

    in_virtual_time(run())


async def paged(machine: Machine) -> float:
    """Declare, and return when the first level was paged."""
    assert machine.muster
    uow = machine.muster.uow
    await uow.perform(declare, Draft("x", "GitLab.com", Severity.S3), by="U0INES0003", form=None)
    return machine.loop.now


async def escalated(machine: Machine, within: float) -> float:
    """Return when the second level is paged."""
    until = machine.loop.now + within
    while machine.loop.now < until:
        if machine.disk.look("SELECT id FROM pages WHERE level = 1"):
            return machine.loop.now
        await asyncio.sleep(0.05)
    raise AssertionError("nobody was paged")


@pytest.mark.parametrize(
    ("step", "after"),
    [
        (-3600, 5 * MINUTES),
        pytest.param(3600, 15 * MINUTES - 0.05, marks=pytest.mark.proof),
        *(pytest.param(step, 5 * MINUTES, marks=pytest.mark.proof) for step in STEPS),
        *(pytest.param(step, 0.1, marks=pytest.mark.proof) for step in (-20, 3600)),
    ],
)
def test_the_next_level_is_called_after_fifteen_minutes_of_real_time(step: float, after: float) -> None:
    async def live(machine: Machine) -> None:
        began = await paged(machine)
        await asyncio.sleep(after)

        machine.clock.step(step)

        took = await escalated(machine, 20 * MINUTES) - began
        small = abs(step) < 2  # what is not worth a word is not made good before the next start either
        assert 15 * MINUTES - 0.01 <= took <= 15 * MINUTES + LOOK_EVERY + 0.3 + small, took

    in_a_world(live)


@pytest.mark.parametrize(
    ("step", "delay"),
    [
        pytest.param(-3600, 0.0, marks=pytest.mark.proof),
        *(
            pytest.param(step, delay, marks=pytest.mark.proof)
            for step, delay in ((3600, 0.24), (-3 * YEARS, 3.0), (3 * YEARS, 0.0))
        ),
    ],
)
def test_it_is_so_too_when_the_process_dies_around_the_step(step: float, delay: float) -> None:
    async def live(machine: Machine) -> None:
        began = await paged(machine)
        await asyncio.sleep(5 * MINUTES)

        machine.clock.step(step)
        await asyncio.sleep(delay)
        machine.kill()

        took = await escalated(machine, 20 * MINUTES) - began
        assert 15 * MINUTES - 0.01 <= took <= 15 * MINUTES + LOOK_EVERY + 0.3, took

    in_a_world(live)


def test_a_clock_that_was_behind_since_the_start_of_the_machine_is_set_right() -> None:
    async def live(machine: Machine) -> None:
        began = await paged(machine)
        machine.kill()
        machine.boot, machine.clock.offset = "the next boot", -3 * YEARS
        await asyncio.sleep(10)
        machine.clock.step(3 * YEARS)

        took = await escalated(machine, 20 * MINUTES) - began
        assert 15 * MINUTES <= took <= 15 * MINUTES + 2 * START + 1, took

    in_a_world(live)


@pytest.mark.parametrize("step", [pytest.param(-3 * YEARS, marks=pytest.mark.proof), 3 * YEARS])
def test_it_is_said_once_and_no_missed_look_is_made_up_for(
    step: float, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "muster.clock")

    async def live(machine: Machine) -> None:
        assert machine.muster
        kept = machine.muster.measures.kept
        await paged(machine)
        await asyncio.sleep(10)
        before = kept.get_sample_value("muster_ticks_total") or 0.0

        machine.clock.step(step)
        await asyncio.sleep(60)

        looks = (kept.get_sample_value("muster_ticks_total") or 0.0) - before
        assert 60 / LOOK_EVERY - 5 <= looks <= 60 / LOOK_EVERY + 5
        assert kept.get_sample_value("muster_clock_steps_total") == 1
        said = [record for record in caplog.records if record.name == "muster.clock"]
        assert [record.getMessage() for record in said] == ["this machine's clock was set"]
        assert abs(said[0].__dict__["by"] - step) < 1

    in_a_world(live)


def test_times_are_told_by_the_clock_as_it_was_set() -> None:
    async def live(machine: Machine) -> None:
        assert machine.muster
        machine.clock.step(-3600)
        await asyncio.sleep(2)

        now: datetime = machine.muster.uow.clock.now()

        assert abs((now - machine.clock.now()).total_seconds()) < 0.01
        assert now < NOON

    in_a_world(live)
