"""The first start among 20,000 people and 10,000 channels, with Slack's limits, in virtual time."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import pytest

from bot.app import Muster
from bot.config import Config, Secrets, load
from bot.domain.incidents.incident import Draft, Severity
from bot.operations.incidents.declare import declare
from sandbox.slack import Slack
from sandbox.state import Json
from sandbox.world import read_world
from storage import people
from storage.sqlite import MEMORY, SqliteDatabase
from tests.scenarios.conftest import CONFIG, manifest
from tests.simulation.machine import SimClock
from tests.simulation.network import SimLoop
from tests.simulation.world import _TrueTime, in_virtual_time

PEOPLE, CHANNELS = 20_000, 10_000
USEFUL = 5.0
LAST = "dev"


@cache
def _world() -> Json:
    """Return a world with very many people and channels before those who matter."""
    world = read_world()
    crowd = [
        {
            "id": f"U0CROWD{n:05}",
            "handle": f"crowd{n}",
            "real_name": f"Crowd {n}",
            "email": f"crowd{n}@example.com",
        }
        for n in range(PEOPLE)
    ]
    # by id: whoever is named by handle is looked for among all these people, for each room anew
    creator = world["people"][0]["id"]
    rooms = [{"id": f"C0CROWD{n:05}", "name": f"room-{n}", "creator": creator} for n in range(CHANNELS)]
    return {**world, "people": [*crowd, *world["people"]], "channels": [*rooms, *world["channels"]]}


class Place:
    """A big workspace, and a bot that has never seen it."""

    def __init__(self, slack: Slack, loop: SimLoop) -> None:
        self.slack, self.loop = slack, loop
        self.database: Any = None
        self.config: Config = load(CONFIG)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Muster]:
        """Run the bot on the same database as before."""
        self.database = self.database or Kept(MEMORY)
        slack = self.slack
        muster = Muster(
            self.config,
            Secrets(slack.bot_token, slack.app_token, slack.signing_secret, slack.api_url),
            database=self.database,
            clock=SimClock(self.loop).of_a_process("boot"),
            in_place=True,
        )
        ticking = asyncio.create_task(self._tick(muster))
        await muster.start(ticking=False)
        yield muster
        ticking.cancel()
        await muster.stop()

    async def _tick(self, muster: Muster) -> None:
        while True:
            await asyncio.sleep(1)
            muster.deliveries.wake()

    async def until(self, condition: Callable[[], bool], seconds: float) -> float:
        """Return how long it took, within so many virtual seconds."""
        began = self.loop.now
        while not condition():
            assert self.loop.now - began < seconds, f"not within {seconds} s"
            await asyncio.sleep(0.05)
        return self.loop.now - began

    def paged(self, who: str) -> bool:
        return any("You are paged" in one["text"] for one in self.slack.person(who).dm())


class Kept(SqliteDatabase):
    """A database in memory that a restart does not lose."""

    def close(self) -> None:
        pass


def in_a_big_workspace(live: Callable[[Place], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimLoop)
        slack = Slack(manifest(), _TrueTime(loop), _world())
        slack.limits.tiers = slack.limits.posting = True
        await slack.start(port=0)
        place = Place(slack, loop)
        await live(place)
        await slack.stop()
        SqliteDatabase.close(place.database)

    in_virtual_time(run())


async def declared(muster: Muster, place: Place) -> None:
    draft = Draft("Disk full", "GitLab.com", Severity.S2)
    await muster.uow.perform(declare, draft, by=place.slack.workspace.user(LAST).id, form=None)


def test_it_is_connected_and_pages_within_five_seconds() -> None:
    async def live(place: Place) -> None:
        began = place.loop.now
        async with place.running() as muster:
            assert await muster.connected()
            dev = place.slack.person(LAST)
            await dev.slash("/inc", "disk full", channel="general")
            await place.until(lambda: bool(dev.modal), USEFUL)
            await dev.fill({"severity": "S2"})
            assert await dev.submit() == {}
            await place.until(lambda: place.paged("ana"), USEFUL)

            assert place.loop.now - began < USEFUL
            assert not muster._directory.read
            known = await muster.uow.read(people.get, place.slack.workspace.user(LAST).id)
            assert known is not None
            assert known.name, "who acts is asked for at first sight"

    in_a_big_workspace(live)


@pytest.mark.proof
def test_the_rest_is_read_in_the_background_and_a_restart_goes_on_from_there() -> None:
    async def live(place: Place) -> None:
        async with place.running() as muster:
            await declared(muster, place)
            await asyncio.sleep(150)
            told = muster._directory.progress["directory"]
            assert "people" in told
            assert not muster._directory.read
        before = len(place.slack.calls("users.list"))

        async with place.running() as muster:
            await place.until(lambda: muster._directory.read, 600)
            announced = lambda: bool(place.slack.person(LAST).messages("incidents"))  # noqa: E731
            await place.until(announced, 30)
            assert muster._directory.progress == {}

        asked = place.slack.calls("users.list")
        pages = PEOPLE // 200 + 1
        assert len([one for one in asked if one.ok]) <= pages + 2
        assert before > 10
        assert asked[before].args["cursor"]

    in_a_big_workspace(live)


@pytest.mark.proof
def test_memory_stays_flat_while_it_is_read() -> None:
    async def live(place: Place) -> None:
        async with place.running() as muster:
            tracemalloc.start()
            held = []
            for _ in range(3):
                await asyncio.sleep(60)
                held.append(tracemalloc.get_traced_memory()[0])
                place.slack.record.clear()
            tracemalloc.stop()
            assert not muster._directory.read
            assert held[2] - held[1] < 6_000_000, held

    in_a_big_workspace(live)
