"""Slack is away for four hours: levels go up on time, and afterwards nobody reads it all line by line."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.config import load
from bot.domain.incidents.incident import Severity, Status
from bot.domain.work.work import ActionKind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.rename import rename
from bot.operations.work.actions import add_action
from bot.operations.work.update import post_update
from sandbox.faults import Fault
from sandbox.record import Record
from sandbox.slack import Slack
from storage.outbox import RECONCILE
from storage.transaction import Tx, instant
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import CHANNEL, buttons, shown
from tests.scenarios.relay import Relay
from tests.tally import Tally, report

HOURS = 4
WHILE_AWAY, STEP = 100, 5
DRAINED = 120
"""Seconds after which all is told that there is to tell."""
MOST_MESSAGES = 4
ACTIONS, UPDATES = 5, 3
ANNOUNCED = ("incidents", "incidents-dotcom")
FIFTEEN_MINUTES = timedelta(minutes=15)
MOST_TASKS = 60
"""More tasks than before: connections and what is being tried, however long it lasts."""

MANNERS = {
    "5xx": Fault("*", "status", 503, times=10**6),
    "429": Fault("*", "ratelimit", 30, times=10**6),
    "hang": Fault("*", "silent", 0.01, times=10**6),
    "refused": None,
}


@pytest.fixture
async def relay(slack: Slack) -> AsyncIterator[Relay]:
    relay = Relay(slack.api_url)
    await relay.start()
    yield relay
    await relay.stop()


@pytest.fixture
async def far(slack: Slack, relay: Relay, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    """A world in which the way to Slack can be closed."""
    world = World(slack, clock, tmp_path / "muster.db", load(CONFIG))
    world.api_url = relay.url
    await world.start()
    yield world
    await world.stop()


async def pass_by(world: World, seconds: float, step: float) -> None:
    for _ in range(int(seconds / step)):
        world.clock.advance(seconds=step)
        await world.muster.ticks.tick()
        world.muster.deliveries.wake()
        await world.muster.deliveries.quiet()


async def add(world: World, *titles: str, details: str = "") -> None:
    """Add actions that nobody has yet."""
    for title in titles:
        await world.muster.uow.perform(
            add_action,
            1,
            title=title,
            details=details,
            kind=ActionKind.ACTION,
            assignee=None,
            due=None,
            by=world.person("dev").id,
        )


async def work(world: World) -> None:
    """Have people go on all the same: actions, updates and a change of status."""
    perform, dev = world.muster.uow.perform, world.person("dev").id
    status, severity, next_in = Status.INVESTIGATING, Severity.S1, FIFTEEN_MINUTES
    await add(world, *(f"Action {number}" for number in range(ACTIONS)))
    for number in range(UPDATES):
        text = f"Update {number}"
        await perform(post_update, 1, text, by=dev, status=status, severity=severity, next_in=next_in)
    await perform(change_status, 1, Status.FIXING, by=dev)


@pytest.mark.faults
@pytest.mark.parametrize(
    "manner", [pytest.param(one, marks=[pytest.mark.proof] if one != "refused" else []) for one in MANNERS]
)
async def test_four_hours_without_slack(
    far: World, relay: Relay, manner: str, record_property: Callable[[str, object], None]
):
    await far.declare(severity="S1")
    fault, tasks, began = MANNERS[manner], len(asyncio.all_tasks()), far.clock.now()
    far.slack.faults += [replace(fault)] if fault else []
    await relay.stop() if fault is None else None
    await pass_by(far, HOURS * 1800, WHILE_AWAY)
    await work(far)
    await pass_by(far, HOURS * 1800, WHILE_AWAY)

    called = await far.muster.uow.read(_called)
    rounds = HOURS * 4
    assert sorted(called) == sorted(
        (began + n * FIFTEEN_MINUTES) for n in range(rounds + 1) for _ in range(3)
    )
    assert len(asyncio.all_tasks()) - tasks < MOST_TASKS

    since = len(far.slack.record)
    far.slack.faults.clear()
    await relay.start() if fault is None else None
    await pass_by(far, DRAINED, STEP)
    await far.settle()

    posts = [call for call in far.slack.calls("chat.postMessage", since=since) if call.ok]
    assert await far.muster.uow.read(_unfinished) == []
    read = Counter(_reader(far, post) for post in posts)
    # The lead is asked for the overdue update, if the S1 is verified, for a summary, and hears that nobody
    # acknowledged, and that customers should hear of it; the channel is asked who takes the lead: each once.
    assert read == {CHANNEL: MOST_MESSAGES + 1, "lena": 1, "dev": 5, **dict.fromkeys(ANNOUNCED, 1)}
    told = {_job(post): post.args for post in reversed(posts) if _reader(far, post) == CHANNEL}
    assert buttons(told["slack.post_action"]) == ["Done", "Take it", "Keep as follow-up"] * ACTIONS
    summary, nudge = (shown(told[job]) for job in ("slack.tell", "slack.nudge_channel"))
    (calls,) = (shown(one.args) for one in posts if "Take EOC" in shown(one.args))
    assert "While nothing could be posted here" in summary
    assert summary.count("Update from") == UPDATES
    assert "Fixing" in summary
    assert "Paging lena" in summary
    assert "Update overdue" in nudge
    assert "Take IM" in calls
    assert "Take CMOC" in calls
    wanted = 3 * (rounds + 1)
    tally = Tally(wanted, wanted, ok=len(called), lost=wanted - len(called), recovered=rounds * 3)
    report(record_property, f"away four hours, {manner}", tally)
    tally.check()


@pytest.mark.faults
async def test_a_summary_of_unknown_fate_is_told_once_with_nothing_lost(far: World):
    dev = await far.declare(severity="S1")
    far.slack.faults.append(Fault("*", "status", 503, times=10**6))
    await pass_by(far, 3600, WHILE_AWAY)
    far.slack.faults[:] = [Fault("chat.postMessage", "drop_after", times=4)]
    await pass_by(far, STEP, STEP)
    await far.muster.uow.perform(rename, 1, "Disk fuller", by=dev.id)
    await pass_by(far, 2 * DRAINED, STEP)

    texts = far.texts("dev", "inc-1-disk-fuller")
    assert len([text for text in texts if "While nothing could be posted here" in text]) == 1
    assert len([text for text in texts if "renamed the incident" in text]) == 1
    assert await far.muster.uow.read(_unfinished) == []


def _reader(world: World, post: Record) -> str:
    """Return the channel's name, or who reads the direct message."""
    channel = world.slack.workspace.channels[post.result["channel"]]
    people = [world.slack.workspace.users[who] for who in channel.members]
    return channel.name or next(one.handle for one in people if not one.bot)


def _job(post: Record) -> str:
    return str(post.args["metadata"]["event_payload"]["job"])


def _called(tx: Tx) -> list[datetime]:
    return [instant(row["raised_at"]) for row in tx.all("SELECT raised_at FROM pages")]


def _unfinished(tx: Tx) -> list[str]:
    """Return what is still to be sent; that it is looked at once more a while later is as it should be."""
    rows = tx.all("SELECT job FROM outbox WHERE state NOT IN ('sent', 'dead')")
    return [row["job"] for row in rows if row["job"] != RECONCILE]
