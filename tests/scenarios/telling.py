"""Tells a story with death in it: from the very beginning, or from where another story ended."""

import json
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from bot.config import Config
from sandbox.credentials import Credentials
from sandbox.keeping import as_text, restore
from sandbox.person import Person
from sandbox.slack import Slack
from storage.engines import open_database
from tests.engines import Server
from tests.fakes import NOON, FakeClock
from tests.scenarios.conftest import World, manifest, opened
from tests.scenarios.dying import Fate, Mortal, Strikes
from tests.scenarios.ending import Ending, ending
from tests.tally import Tally

BESIDE = ("-moved", "-database")
"""How a channel's name ends that an incident has besides its own: the old one, and a stream's."""
NOBODY_DIES = 10_000
"""More commits or calls than any story has."""


@dataclass(frozen=True)
class Story:
    """What is told again and again, and how many direct messages are on their way in it side by side.

    One that comes `after` another begins with what that one left in the database and in Slack, and with a bot
    that was just started. So each moment is struck without telling all again that went before.
    """

    tell: Callable[[Mortal], Awaitable[None]]
    in_flight: int
    configured: Callable[[Slack], Config]
    after: "Story | None" = None


@dataclass(frozen=True)
class Kept:
    """How the world stands between two stories."""

    at: datetime
    credentials: Credentials
    slack: str
    database: Any


@dataclass(frozen=True)
class Told:
    """How a story ends when nobody dies: what is stored, what was said, and what the next one begins with."""

    ending: Ending
    words: Counter[tuple[str, str]]
    kept: Kept


class Place(Protocol):
    """Where the databases of one engine are: each story has another one, or the same one anew."""

    engine: str

    def begun(self, kept: Any) -> str:
        """Return where a database is that holds what was kept, or nothing."""

    def kept(self, where: str) -> Any:
        """Return what a database holds that nobody has open."""


class Files:
    """In a folder that is in memory where that is possible: it is the process that dies, and not the disk."""

    engine = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count()

    def begun(self, kept: Any) -> str:
        file = self._folder / f"{next(self._numbers)}.db"
        if kept is None:
            opened(str(file)).close()
        else:
            file.write_bytes(kept)
        return str(file)

    def kept(self, where: str) -> Any:
        assert not Path(f"{where}-wal").exists()
        return Path(where).read_bytes()


class Rows:
    """In the one database of a server."""

    engine = "postgres"

    def __init__(self, server: Server) -> None:
        self._server = server

    def begun(self, kept: Any) -> str:
        return self._server.emptied() if kept is None else self._server.filled(kept)

    def kept(self, where: str) -> Any:
        return self._server.kept()


async def told(story: Story, place: Place, fate: Fate, kept: Kept | None) -> tuple[Mortal, str]:
    """Tell a story with this fate; return the world and where its database is.

    Death does not come while a story begins that goes on from another: how a bot starts is struck where one
    starts for the first time.
    """
    clock = FakeClock(kept.at if kept else NOON)
    slack = Slack(manifest(), clock, credentials=kept.credentials if kept else None)
    if kept:
        restore(slack.workspace, json.loads(kept.slack))
    await slack.start(port=0)
    where = place.begun(kept.database if kept else None)
    world = Mortal(slack, clock, where, story.configured(slack), fate)
    world.public_url = "http://127.0.0.1:{port}"
    try:
        fate.awake = kept is None
        await world.start()
        fate.awake = True
        await story.tell(world)
    finally:
        await world.stop()
        await slack.stop()
    return world, where


_UNDISTURBED: dict[tuple[Story, str], Told] = {}


async def undisturbed(story: Story, place: Place) -> Told:
    """Return how a story ends on this engine when nobody dies."""
    if (found := _UNDISTURBED.get((story, place.engine))) is None:
        kept = (await undisturbed(story.after, place)).kept if story.after else None
        fate = Fate(Strikes.BEFORE_CALL, NOBODY_DIES)
        world, where = await told(story, place, fate, kept)
        slack = world.slack
        left = Kept(world.clock.now(), slack.credentials, as_text(slack.workspace), place.kept(where))
        found = _UNDISTURBED[story, place.engine] = Told(ended(where), heard(world), left)
    return found


def ended(where: str) -> Ending:
    database = open_database(where, own_time=False)
    try:
        return ending(database)
    finally:
        database.close()


_VARIES = re.compile(r"<#C\w+>|<!date[^>]*>|after \d+ (s|min)( \d+ s)?|MNT-\d+|\(:\w+: [^)]*S[123][^)]*\)")
"""The id of the channel; times, as death takes a few seconds; a number that a death uses up; and the status
on a page, which is drawn once more when the fate of its last drawing is unknown."""


def labels(world: World) -> dict[str, str]:
    """Return what each incident is called by, such as `inc-2`, and what it is called by when nobody dies."""
    names = [one.name for one in world.slack.workspace.channels.values() if one.name.startswith("inc-")]
    numbers = sorted(int(name.split("-")[1]) for name in names if not name.endswith(BESIDE))
    assert len(numbers) == len(set(numbers)), names
    return {f"inc-{number}": f"inc-{n}" for n, number in enumerate(numbers, 1)}


def heard(world: World) -> Counter[tuple[str, str]]:
    """Return what the bot has told whom: the channel or person, and the words as they stand in the end.

    Whatever number the incident has, it is called by the same one here. Of a channel it also counts that it
    is archived.
    """
    bot, found = world.slack.workspace.app.user_id, Counter[tuple[str, str]]()
    known = labels(world)

    def usual(text: str) -> str:
        return re.sub(
            r"\binc-\d+\b", lambda one: known.get(one[0].lower(), one[0]), text, flags=re.IGNORECASE
        )

    for channel in world.slack.workspace.channels.values():
        if channel.archived:
            found[usual(channel.name), "(archived)"] += 1
        reader = next((who for who in channel.members if who != bot), None)
        if reader is None:
            continue
        for message in Person(world.slack.page.acting(reader)).messages(channel.id):
            if message.get("bot_id") and not message.get("is_ephemeral"):
                where = reader if channel.im else usual(channel.name)
                found[where, _VARIES.sub("*", usual(message["text"]))] += 1
    return found


def compared(world: Mortal, words: Counter[tuple[str, str]], *, struck: bool) -> Tally:
    """Hold what was heard against what is heard when nobody dies."""
    now = heard(world)
    again = sum(times - 1 for times in world.direct.values())
    return Tally(
        attempted=words.total(),
        acknowledged=words.total(),
        ok=(now & words).total(),
        lost=(words - now).total(),
        unexpected=(now - words).total() - again,
        duplicated=again,
        recovered=int(struck),
    )


@contextmanager
def in_silence(wanted: bool = True) -> Iterator[None]:
    """Write no log meanwhile: what each death leaves in it takes longer to format than the story to tell."""
    logging.disable(logging.CRITICAL if wanted else logging.NOTSET)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
