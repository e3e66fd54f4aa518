"""Proof: whatever Slack delivers several times, in any order, to whichever replica, has its effect once."""

import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.config import load
from bot.domain.timeline.entries import Kind
from sandbox.courier import Parcel
from sandbox.person import Person
from sandbox.slack import Slack
from storage import timeline
from storage.engines import open_database
from storage.sqlite import SqliteConnection, SqliteDatabase
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World, _nothing_was_said_twice, manifest
from tests.scenarios.ending import Ending, differences, ending
from tests.scenarios.look import CHANNEL, Json
from tests.scenarios.replicas import Replicas
from tests.tally import Tally, report

SEEDS = 3
WAYS = [
    pytest.param(way, seed, marks=[pytest.mark.proof] if seed or way == "two replicas" else [])
    for way in ("sockets", "http", "two replicas")
    for seed in range(SEEDS)
]
MOST = 4
"""How often one delivery is made at most."""


UNDISTURBED: dict[str, Ending] = {}
"""How the story ends when everything comes once, over each way."""


class Repeating:
    """Has a Slack deliver everything one to four times, the events in any order."""

    def __init__(self, slack: Slack, seed: int) -> None:
        self.dice = random.Random(seed)
        self.asked = self.repeats = 0
        slack.manners.delay = 0.01
        slack.manners.copies = self.copies
        slack.manners.mix = self.dice.shuffle

    def copies(self) -> int:
        many = self.dice.randint(1, MOST)
        self.asked += 1
        self.repeats += many - 1
        return many


async def story(world: World, *, restarting: bool = True) -> None:
    """Have people do a little of everything; in the middle a bot is stopped while events are under way."""
    dev, ana, ines, ren = (world.person(who) for who in ("dev", "ana", "ines", "ren"))
    await world.declare(severity="S2")
    await ren.join(CHANNEL)
    await world.settle()
    messages = [await dev.say(CHANNEL, f"Found {number}") for number in range(5)]
    channel = messages[0]["channel"]
    await and_back(messages[3:], dev, ren)
    for message in messages[:3]:
        await dev.react(message, "pushpin")
        await ren.react(message, "pushpin")
        await ren.pin(message)
    await world.settle()
    await ana.click(ana.dm()[0], text="Acknowledge")
    await world.settle()
    await dev.unreact(messages[0], "pushpin")
    await ren.unreact(messages[0], "pushpin")
    await ren.unpin(messages[0])
    await dev.edit(messages[1], "Found it")
    await dev.delete(messages[2])
    if restarting:
        await world.start() if isinstance(world, Replicas) else None
        await world.stop()
        await world.start() if not world.bot else None
    await world.pass_minutes(1.5)  # over HTTP Slack waits a minute before it tries a third time
    await ines.click(ines.dm()[0], text="Acknowledge")
    await world.settle()
    for words, answers in WRITTEN:
        await dev.slash("/inc", words, channel=channel)
        await world.settle()
        if answers is not None:
            await dev.fill(answers)
            assert await dev.submit() == {}
            await world.settle()
    await ren.leave(channel)
    await ines.rename(channel, "inc-1-disk-is-mended")
    await world.settle()


async def and_back(messages: Sequence[Json], dev: Person, ren: Person) -> None:
    """Take marks away while Slack still tells of them. One comes back, on the last message."""
    for message in messages:
        await dev.react(message, "pushpin")
        await dev.unreact(message, "pushpin")
        await ren.pin(message)
        await ren.unpin(message)
    await dev.react(messages[-1], "pushpin")


WRITTEN: tuple[tuple[str, dict[str, Any] | None], ...] = (
    ("update Half of the disks are full", None),
    ("update", {"text": "Nearly all are full", "status": "Fixing"}),
    ("action Drain the node", {}),
    ("severity S3", None),
    ("rename Disk is full", None),
    ("lead me", None),
    ("resolve fix", None),
)


@asynccontextmanager
async def a_world(
    where: str, *, socket_mode: bool = True, many: int = 1, clock: FakeClock | None = None
) -> AsyncIterator[World]:
    clock = clock or FakeClock()
    slack = Slack(manifest(socket_mode=socket_mode), clock)
    slack.sockets.retry_gap = 0.01
    await slack.start(port=0)
    kind = Replicas if many > 1 else World
    world = kind(slack, clock, Path(where), load(CONFIG), socket_mode=socket_mode)
    world.open = lambda _: open_database(where, own_time=False)
    for _ in range(many):
        await world.start()
    try:
        yield world
    finally:
        while world.bot:
            await world.stop()
        await slack.stop()


def looked_at(where: str) -> Ending:
    database = open_database(where, own_time=False)
    try:
        return ending(database)
    finally:
        database.close()


@pytest.mark.faults
@pytest.mark.parametrize(("way", "seed"), WAYS)
async def test_what_comes_several_times_has_its_effect_once(
    way: str,
    seed: int,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
):
    def place(name: str) -> str:
        if way == "two replicas":
            return str(request.getfixturevalue("postgres").emptied())
        return str(tmp_path / name)

    about: dict[str, Any] = {"socket_mode": way != "http", "many": 2 if way == "two replicas" else 1}
    if way not in UNDISTURBED:
        where = place("once.db")
        async with a_world(where, **about) as world:
            await story(world, restarting=False)
        UNDISTURBED[way] = looked_at(where)
    where = place("often.db")
    async with a_world(where, **about) as world:
        repeating = Repeating(world.slack, seed)
        await story(world)
        _nothing_was_said_twice(world.slack)

    assert differences(looked_at(where), UNDISTURBED[way]) == {}
    tally = Tally(repeating.asked, repeating.asked, repeating.asked, recovered=repeating.repeats)
    report(record_property, "Inbound repeats", tally)


class Dead(Exception):
    """The process is gone."""


class DiesAtOnce(SqliteDatabase):
    """A database whose process dies at its next commit once it is told to, before the commit."""

    dying = False

    @contextmanager
    def transaction(self, *, writing: bool = True, guarded: bool = False) -> Iterator[SqliteConnection]:
        with super().transaction(writing=writing, guarded=guarded) as connection:
            yield connection
            if self.dying and writing:
                raise Dead


@pytest.mark.faults
@pytest.mark.parametrize("socket_mode", [True, False], ids=["sockets", "http"])
async def test_an_event_is_not_acknowledged_before_it_is_stored(tmp_path: Path, socket_mode: bool):
    where = str(tmp_path / "muster.db")
    async with a_world(where, socket_mode=socket_mode) as world:
        await world.declare()
        await world.stop()
        database = DiesAtOnce(where)
        world.open = lambda _: database
        await world.start()
        dev = world.person("dev")
        message = await dev.say(CHANNEL, "Found it")
        await world.settle()
        world.slack.patience, world.slack.sockets.retry_gap = 0.1, 0.5

        database.dying = True
        await dev.pin(message)
        await world.slack.idle()
        await world.stop()
        world.open = lambda _: open_database(where)
        await world.start()
        await world.pass_minutes(1.5)
        await world.until(partial(kept_a_pin, world))


async def kept_a_pin(world: World) -> bool:
    return any(one.kind is Kind.PIN for one in await world.muster.uow.read(timeline.of, 1))


@pytest.mark.parametrize("socket_mode", [True, False], ids=["sockets", "http"])
async def test_an_event_first_seen_as_a_retry_is_handled(tmp_path: Path, socket_mode: bool):
    where = str(tmp_path / "muster.db")
    async with a_world(where, socket_mode=socket_mode) as world:
        await world.declare()
        dev = world.person("dev")
        message = await dev.say(CHANNEL, "Found it")
        await world.settle()
        kept: list[Json] = []
        world.slack.workspace.send = kept.append

        await dev.pin(message)
        for event in kept:
            sent = await world.slack.courier._attempt(Parcel("events_api", event, 2, "timeout"))
            assert sent.ok
        await world.settle()

    assert [kind for _, kind, *_ in looked_at(where)["entries"]].count("pin") == 1
