"""Slack limits how fast it is called: everything comes in its time, and pages at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import yaml

from bot.config import load
from bot.domain.incidents.incident import Draft, Severity
from bot.operations.incidents.declare import declare
from bot.operations.paging.paging import request_page
from sandbox.directory import add_user
from sandbox.record import Record
from sandbox.slack import Slack
from storage.transaction import Tx
from tests.fakes import FakeClock
from tests.scenarios.conftest import World
from tests.tally import Tally, report

DECLARES, ESCALATIONS = 30, 5
AT_ONCE = 2.0
"""Seconds within which every page has left."""
STEP = 0.25
MOST_REFUSALS = 35
"""Of some 250 calls: what was under way when the first refusal came. Without a pace there are hundreds."""


@pytest.fixture
async def crowd(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    """A workspace where many teams are on call, with Slack's limits switched on."""
    names = [f"t{n}" for n in range(DECLARES + ESCALATIONS)]
    people = [add_user(slack.workspace, name, email=f"{name}@example.com") for name in names]
    levels = {
        name: {"on_call": [who.id], "path": [{"page": name}]} for name, who in zip(names, people, strict=True)
    }
    config = tmp_path / "muster.yml"
    types, limits = {name: {"pages": name} for name in names}, {"declares_per_minute": DECLARES}
    config.write_text(yaml.safe_dump({"teams": levels, "types": types, "limits": limits}))
    slack.limits.tiers = slack.limits.posting = True
    world = World(slack, clock, tmp_path / "muster.db", load(config))
    await world.start()
    yield world
    await world.stop()


async def second_by_second(world: World, seconds: float, step: float) -> None:
    for _ in range(int(seconds / step)):
        world.clock.advance(seconds=step)
        await world.muster.ticks.tick()
        world.muster.deliveries.wake()
        await world.muster.deliveries.quiet()


async def test_a_herd_of_declares_never_delays_a_page(
    crowd: World, record_property: Callable[[str, object], None]
):
    uow, dev = crowd.muster.uow, crowd.person("dev").id
    since, began = len(crowd.slack.record), crowd.clock.now()
    drafts = [Draft(f"Broken {n}", f"t{n}", Severity.S3) for n in range(DECLARES)]
    await asyncio.gather(*[uow.perform(declare, draft, by=dev, form=None) for draft in drafts])
    for n in range(DECLARES, DECLARES + ESCALATIONS):
        await uow.perform(request_page, f"t{n}", "", by=dev, incident_id=n - DECLARES + 1)
    await second_by_second(crowd, AT_ONCE, STEP)
    await second_by_second(crowd, 240, 5)

    pages, refused, wanted = _pages(crowd, since), _refused(crowd, since), DECLARES + ESCALATIONS
    late = [page for page in pages if (page.at - began).total_seconds() > AT_ONCE]
    report(
        record_property, "herd with limits", Tally(wanted, wanted, ok=len(pages), lost=wanted - len(pages))
    )
    assert (len(pages), late) == (wanted, [])
    assert len(refused) <= MOST_REFUSALS, refused
    assert await uow.read(_unfinished) == []


def _pages(world: World, since: int) -> list[Record]:
    posts = world.slack.calls("chat.postMessage", since=since)
    return [call for call in posts if call.ok and "You are paged" in call.args["text"]]


def _refused(world: World, since: int) -> list[str]:
    return [call.method for call in world.slack.calls("*", since=since) if call.error == "ratelimited"]


def _unfinished(tx: Tx) -> list[str]:
    return [row["job"] for row in tx.all("SELECT job FROM outbox WHERE state <> 'sent'")]
