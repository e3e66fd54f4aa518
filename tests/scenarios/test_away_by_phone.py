"""Slack is away for four hours, and every page of these hours reaches a phone within 90 seconds."""

import resource
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from sandbox.slack import Slack
from storage import escalations, pages
from storage.transaction import Tx, instant
from tests.fakes import FakeClock
from tests.scenarios.conftest import World, _nothing_was_said_twice, with_phones
from tests.scenarios.relay import Relay
from tests.scenarios.test_away import DRAINED, HOURS, MANNERS, _unfinished, pass_by
from tests.tally import Tally, report

pytestmark = [pytest.mark.proof, pytest.mark.faults]

WITHIN = timedelta(seconds=90)
STEP = 60.0
MOST_GROWTH = 50 * 1024
"""KiB by which the process, with Slack and its record in it, may grow."""
KEPT_RECORDS = 1_000


@pytest.fixture
async def far(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[tuple[World, Relay]]:
    """A world in which the way to Slack can be closed, and people have phones."""
    slack.log.most = KEPT_RECORDS
    relay = Relay(slack.api_url)
    await relay.start()
    world = World(slack, clock, tmp_path / "muster.db", with_phones(slack))
    world.api_url, world.public_url = relay.url, "http://127.0.0.1:{port}"
    await world.start()
    yield world, relay
    await world.stop()
    await relay.stop()
    _nothing_was_said_twice(slack)


async def pass_hours(world: World, hours: float) -> None:
    """Let time pass in steps that end when a page falls due."""
    end = world.clock.now() + timedelta(hours=hours)
    while (now := world.clock.now()) < end:
        due = await world.muster.uow.read(escalations.next_due)
        left = [(moment - now).total_seconds() for moment in (end, due) if moment and moment > now]
        await pass_by(world, step := min(STEP, *left), step)


@pytest.mark.parametrize("manner", MANNERS)
async def test_four_hours_by_phone(
    far: tuple[World, Relay], manner: str, record_property: Callable[[str, object], None]
):
    world, relay = far
    fault, since = MANNERS[manner], world.clock.now()
    await world.declare(severity="S1")
    world.slack.faults += [replace(fault)] if fault else []
    await relay.stop() if fault is None else None
    await pass_hours(world, 0.5)
    before = memory()

    await pass_hours(world, HOURS - 0.5)
    await pass_by(world, WITHIN.total_seconds(), WITHIN.total_seconds() / 2)

    grown = memory() - before
    calls = {call for call in await world.muster.uow.read(_called) if call[0] > since}
    in_time = {
        (at, who) for at, who in calls if any(at <= told <= at + WITHIN for told in texted(world, who))
    }
    told = sum(len(texted(world, who)) for who in {who for _, who in calls})
    told -= await world.muster.uow.read(_reminded)
    tally = Tally(
        len(calls),
        len(calls),
        ok=len(in_time),
        lost=len(calls - in_time),
        duplicated=max(0, told - len(calls)),
    )
    report(record_property, f"away four hours, by phone, {manner}", tally)
    assert len(calls) >= HOURS * 4
    tally.check()
    assert grown < MOST_GROWTH, f"{grown} KiB"

    await answered_by_lena(world)
    world.slack.faults.clear()
    await relay.start() if fault is None else None
    await pass_by(world, DRAINED, 5)
    await world.settle()
    assert await world.muster.uow.read(_unfinished) == []
    assert await world.muster.uow.read(pages.pending) == []


async def answered_by_lena(world: World) -> None:
    """Press the button behind the last link."""
    (link,) = world.person("lena").phone()[-1].links
    async with aiohttp.ClientSession() as session, session.post(link, data={"act": "acknowledge"}) as said:
        assert "You acknowledged this page." in await said.text()


def texted(world: World, who: str) -> list[datetime]:
    return [datetime.fromisoformat(text.at) for text in world.person(who).phone()]


def memory() -> int:
    """Return what the process has had at most, in KiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most


def _reminded(tx: Tx) -> int:
    """Return how many reminders there were: each rings by phone once more."""
    return sum(row["reminded"] for row in tx.all("SELECT reminded FROM pages WHERE reminded > 0"))


def _called(tx: Tx) -> list[tuple[datetime, str]]:
    """Return who was paged when; several pages of one moment are one call."""
    rows = tx.all("SELECT DISTINCT raised_at, responder FROM pages WHERE responder IS NOT NULL")
    return [(instant(row["raised_at"]), row["responder"]) for row in rows]
