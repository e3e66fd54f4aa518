"""`kill -9` at every commit and every call of a story: nothing is lost, and nobody notices much."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import load
from sandbox.slack import Slack
from storage.sqlite import SqliteConnection, SqliteDatabase
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, QUIET, World, manifest

CHANNEL = "inc-1-disk-full"
SHARES = 4
"""Parts of the sweep that can run side by side."""
MOST = 400
"""More commits than the story has: the sweep ends when a run comes through."""


class Dead(Exception):
    """The process is gone."""


class MortalDatabase(SqliteDatabase):
    """A database whose process dies at the n-th commit, before or after it; nothing works afterwards."""

    def __init__(self, path: str, commits_left: int, *, after: bool) -> None:
        super().__init__(path)
        self.commits_left = commits_left
        self.dead = False
        self._after = after

    @contextmanager
    def transaction(self, *, writing: bool = True) -> Iterator[SqliteConnection]:
        if self.dead:
            raise Dead
        with super().transaction(writing=writing) as connection:
            written = connection.query("SELECT total_changes() AS n", {})[0]["n"]
            yield connection
            wrote = connection.query("SELECT total_changes() AS n", {})[0]["n"] > written
            if wrote and self._dies_now() and not self._after:
                raise Dead
        if self.dead:
            raise Dead

    def _dies_now(self) -> bool:
        self.commits_left -= 1
        self.dead = self.commits_left <= 0
        return self.dead


class Mortal(World):
    """A world whose bot dies once, and is started again by whoever notices."""

    database: MortalDatabase | None = None

    def mortal(self, commits: int, *, after: bool) -> None:
        def open_once(path: str) -> SqliteDatabase:
            self.open = SqliteDatabase
            self.database = MortalDatabase(path, commits, after=after)
            return self.database

        self.open = open_once

    @property
    def died(self) -> bool:
        return self.database is not None and self.database.dead

    async def revive(self) -> None:
        """Start the bot again if it has died."""
        if self.died:
            await self.stop()
            self.database = None
            await self.start()

    async def story(self) -> None:
        """Declare an S1, leave the EOC's page unanswered, answer as IM, end it. People try again."""
        dev, ines = self.person("dev"), self.person("ines")
        for _ in range(2):
            if not dev.modal:
                await dev.slash("/inc", "", channel="general")
                await self.slack.idle()
                await dev.fill({"name": "Disk full", "severity": "S1"})
            sent = await dev.submit() == {}
            await self.rest()
            if sent:
                break
        for _ in range(4):
            await self.four_minutes()
        for _ in range(3):
            pages = [one for one in ines.dm() if "*You are paged*" in one["text"]]
            for page in pages[-1:]:
                await ines.click(page, text="Acknowledge")
                await self.rest()
        await self.four_minutes()

    async def four_minutes(self) -> None:
        """Let time pass; death interrupts it, and the bot comes back some seconds later."""
        until = self.clock.now() + timedelta(minutes=4)
        while (left := (until - self.clock.now()).total_seconds()) > 0:
            try:
                await self.muster.advance(self.clock, left)
            except Dead:
                self.clock.advance(seconds=5)
            await self.rest()

    async def rest(self) -> None:
        await self.slack.idle(5, quiet=QUIET)
        await self.revive()
        await self.settle()


async def told(path: Path, commits: int, *, after: bool) -> tuple[Mortal, bool]:
    """Run the story with a death at the given commit and say whether it struck."""
    clock = FakeClock()
    slack = Slack(manifest(), clock)
    slack.patience = 0.2
    await slack.start(port=0)
    world = Mortal(slack, clock, path, load(CONFIG))
    world.mortal(commits, after=after)
    try:
        await world.start()
    except Dead:
        await world.revive()
    await world.story()
    struck = world.database is None
    await world.stop()
    await slack.stop()
    return world, struck


@pytest.mark.faults
@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
@pytest.mark.parametrize("share", range(SHARES))
async def test_death_at_any_commit_loses_nothing(tmp_path: Path, after: bool, share: int):
    for commits in range(1 + share, MOST, SHARES):
        path = tmp_path / f"{commits}.db"
        world, struck = await told(path, commits, after=after)
        assert the_story_ended_well(world, path), f"died {'after' if after else 'before'} commit {commits}"
        if not struck:
            return
    pytest.fail("the story is longer than the sweep")


def the_story_ended_well(world: World, path: Path) -> bool:
    """Look at the database and at Slack: nothing lost, nothing left over, hardly anything twice."""
    database = SqliteDatabase(str(path))
    with database.transaction() as connection:
        unsent = connection.query("SELECT job FROM outbox WHERE state <> 'sent'", {})
        unpaged = connection.query(
            "SELECT id FROM pages WHERE responder IS NOT NULL AND dm_ts IS NULL AND beside IS NULL", {}
        )
        answered = connection.query("SELECT id FROM pages WHERE answered_by = 'U0INES0003'", {})
        paged = connection.query("SELECT team FROM pages WHERE level = 0 ORDER BY id", {})
    database.close()
    assert (unsent, unpaged) == ([], [])
    assert len(answered) >= 1
    assert [page["team"] for page in paged] == ["dotcom EOC", "dotcom IMOC", "dotcom CMOC"]
    names = [one.name for one in world.slack.workspace.channels.values()]
    assert [name for name in names if name.startswith("inc-")] == [CHANNEL]
    for place in (CHANNEL, "incidents", "incidents-dotcom"):
        texts = world.texts("dev", place)
        assert len(texts) == len(set(texts)), place
    assert max(Counter(_deliveries(world)).values()) <= 2
    return True


def _deliveries(world: World) -> list[str]:
    posted = world.slack.calls("chat.postMessage")
    return [call.args["metadata"]["event_payload"]["delivery"] for call in posted if call.ok]
