"""Proof: the process dies at any commit or call of a story, and in the end all is as if it had not."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config, load
from bot.domain.incidents import Status
from bot.domain.timeline import Kind
from sandbox.person import Person
from sandbox.slack import Slack
from storage import incidents, timeline
from storage.engines import open_database
from tests.engines import ENGINES
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World, manifest
from tests.scenarios.dying import Fate, Mortal, Strikes
from tests.scenarios.ending import Ending, differences, ending
from tests.tally import Tally, report

CHANNEL = "inc-1-disk-full"
LEVEL = timedelta(minutes=2)
MOST = 400
"""More than the story has: the sweep ends when a run comes through."""
IN_FLIGHT = 2
"""The page and the words to the reporter are sent side by side; nobody is sent the same a third time."""
SHARES = 2
"""Parts of the sweep that can run side by side."""


def hasty() -> Config:
    """Return the tests' configuration with short levels and no reminders: hours add nothing to a story."""
    config = load(CONFIG)
    teams = {
        name: replace(team, reminders=(), path=tuple(replace(level, timeout=LEVEL) for level in team.path))
        for name, team in config.process.teams.items()
    }
    return replace(config, process=replace(config.process, teams=teams))


async def story(world: Mortal) -> None:
    """Declare, let EOC and IM be silent, answer as leader; pin, update, resolve."""
    dev, lena = world.person("dev"), world.person("lena")
    await world.insist(lambda: declares(world, dev), lambda: declared(world, dev))
    while not calls_of(lena):
        await world.pass_time(60)
    await world.insist(
        lambda: lena.click(calls_of(lena)[-1], text="Acknowledge"), lambda: has(world, Kind.ACKNOWLEDGED)
    )
    message = await dev.say(CHANNEL, "Found it")
    await dev.react(message, "pushpin")
    await world.rest()
    await world.until(lambda: has(world, Kind.PIN))
    await world.insist(lambda: updates(world, dev), lambda: has(world, Kind.UPDATE))
    await world.insist(lambda: dev.slash("/inc", "resolve", channel=CHANNEL), lambda: resolved(world))
    await world.pass_time(45)


async def declares(world: World, dev: Person) -> None:
    if not dev.modal:
        await dev.slash("/inc", "", channel="general")
        await world.slack.idle()
    if dev.modal:
        await dev.fill({"name": "Disk full", "severity": "S3"})
        await dev.submit()


async def updates(world: World, dev: Person) -> None:
    if not dev.modal:
        await dev.slash("/inc", "update Half of the disks are full", channel=CHANNEL)
        await world.slack.idle()
    if dev.modal:
        await dev.fill({"status": "Fixing"})
        await dev.submit()


async def declared(world: World, dev: Person) -> bool:
    return not dev.modal and bool(await world.muster.desk.read(incidents.open_ones, dev.id))


async def has(world: World, kind: Kind) -> bool:
    return any(entry.kind is kind for entry in await world.muster.desk.read(timeline.of, 1, False, 0, 100))


async def resolved(world: World) -> bool:
    return (await world.muster.desk.read(incidents.get, 1)).status is Status.RESOLVED


def calls_of(person: Person) -> list[dict[str, Any]]:
    return [one for one in person.dm() if "*You are paged*" in one["text"]]


async def told(where: str, fate: Fate) -> tuple[Mortal, Ending]:
    """Run the story with this fate, and return the world and what is stored in the end."""
    clock = FakeClock()
    slack = Slack(manifest(), clock)
    await slack.start(port=0)
    world = Mortal(slack, clock, where, hasty(), fate)
    try:
        await world.start()
        await story(world)
    finally:
        await world.stop()
        await slack.stop()
    database = open_database(where, own_time=False)
    try:
        return world, ending(database)
    finally:
        database.close()


_VARIES = re.compile(r"<#C\w+>|<!date[^>]*>|after \d+ (s|min)|\(S3 · \w+\)")
"""The id of the channel; times, as death takes a few seconds; and the status on a page, which is drawn once
more when the fate of its last drawing is unknown."""


def heard(world: World) -> Counter[tuple[str, str]]:
    """Return what the bot has told whom: the channel or person, and the words as they stand in the end."""
    bot, found = world.slack.workspace.app.user_id, Counter[tuple[str, str]]()
    for channel in world.slack.workspace.channels.values():
        reader = next((who for who in channel.members if who != bot), None)
        if reader is None:
            continue
        for message in Person(world.slack.page.acting(reader)).messages(channel.id):
            if message.get("bot_id") and not message.get("is_ephemeral"):
                found[channel.name if not channel.im else reader, _VARIES.sub("*", message["text"])] += 1
    return found


UNDISTURBED: dict[str, tuple[Ending, Counter[tuple[str, str]]]] = {}
"""How the story ends on each engine when nobody dies."""


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Return where an empty database is, for each run another."""
    numbers = count()
    if engine == "postgres":
        return request.getfixturevalue("postgres").emptied  # type: ignore[no-any-return]  # a Server
    return lambda: str(tmp_path / f"{next(numbers)}.db")


def moments(engine: str, strikes: Strikes, share: int) -> Iterator[int]:
    """Return which commits or calls a part of the sweep strikes.

    On SQLite each of them is struck before and after; on PostgreSQL alternately before or after.
    """
    if engine == "sqlite":
        yield from range(1 + share, MOST, SHARES)
    else:
        second = strikes in {Strikes.AFTER_COMMIT, Strikes.BEFORE_REPLY}
        yield from range(1 + 2 * share + second, MOST, 2 * SHARES)


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("strikes", Strikes)
async def test_death_at_any_commit_or_call_changes_nothing(
    engine: str,
    strikes: Strikes,
    share: int,
    place: Callable[[], str],
    record_property: Callable[[str, object], None],
):
    if engine not in UNDISTURBED:
        world, ended = await told(place(), Fate(strikes, MOST * 10))
        UNDISTURBED[engine] = ended, heard(world)
    ended, words = UNDISTURBED[engine]
    total = Tally()
    for n in moments(engine, strikes, share):
        fate = Fate(strikes, n)
        world, found = await told(place(), fate)
        assert differences(found, ended) == {}, f"died {strikes} {n}"
        tally = compared(world, words, struck=fate.struck)
        assert (tally.lost, tally.unexpected) == (0, 0), (
            f"died {strikes} {n}: {words - heard(world)} {heard(world) - words}"
        )
        tally.check(duplicated_at_most=IN_FLIGHT)
        total += tally
        if not fate.struck:
            break
    else:
        pytest.fail("the story is longer than the sweep")
    report(record_property, f"Crash sweep, {engine}", total)


def compared(world: World, words: Counter[tuple[str, str]], *, struck: bool) -> Tally:
    """Hold what was heard against what is heard when nobody dies."""
    now = heard(world)
    again = {one: n for one, n in (now - words).items() if is_direct(*one) and n == 1}
    names = [one.name for one in world.slack.workspace.channels.values() if one.name.startswith("inc-")]
    return Tally(
        attempted=words.total(),
        acknowledged=words.total(),
        ok=(now & words).total(),
        lost=(words - now).total(),
        unexpected=(now - words).total() - sum(again.values()) + (names != [CHANNEL]),
        duplicated=sum(again.values()),
        recovered=int(struck),
    )


def is_direct(whom: str, text: str) -> bool:
    """Say whether it was said where the bot cannot read what it said before, so may say it once more."""
    return whom.startswith("U")
