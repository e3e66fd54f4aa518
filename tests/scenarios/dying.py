"""A bot whose process dies once, at a chosen commit or call, and is started again by whoever notices."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.config import Config
from sandbox.faults import Fault
from sandbox.slack import Slack
from sandbox.state import Json
from storage.database import Database
from storage.outbox import LEASE
from storage.postgres import PostgresConnection, PostgresDatabase
from storage.sqlite import SqliteConnection, SqliteDatabase
from tests.fakes import FakeClock
from tests.patience import PATIENCE
from tests.scenarios.conftest import World

STEP = 15.0
"""Seconds by which time passes."""


class Dead(Exception):
    """The process is gone."""


class Strikes(StrEnum):
    """Where death may come."""

    BEFORE_COMMIT = "before the commit"
    AFTER_COMMIT = "after the commit"
    BEFORE_CALL = "before the call"
    BEFORE_REPLY = "before the reply"


class Fate:
    """Says when the process dies: at the n-th commit, or the n-th call to Slack, and only once."""

    def __init__(self, strikes: Strikes, n: int) -> None:
        self.strikes = strikes
        self.left = n
        self.dead = self.struck = False
        self.awake = True
        self.on_death: Callable[[], None] = lambda: None

    def comes(self, *kinds: Strikes) -> bool:
        """Count one commit or call, and say whether the process dies now."""
        if self.strikes in kinds and self.awake and not self.struck:
            self.left -= 1
            if self.left == 0:
                self.dead = self.struck = True
                self.on_death()
            return self.dead
        return False

    def check(self) -> None:
        if self.dead:
            raise Dead


class MortalSqlite(SqliteDatabase):
    """A file that a dead process can no longer reach."""

    def __init__(self, where: str, fate: Fate) -> None:
        super().__init__(where)
        self._fate = fate

    @contextmanager
    def transaction(self, *, writing: bool = True, guarded: bool = False) -> Iterator[SqliteConnection]:
        self._fate.check()
        with super().transaction(writing=writing, guarded=guarded) as connection:
            begun = self._changes(connection)
            yield connection
            if self._changes(connection) > begun:
                _commit_comes(self._fate)
        self._fate.check()

    def _changes(self, connection: SqliteConnection) -> int:
        return int(connection.query("SELECT total_changes() AS n", {})[0]["n"])


class MortalPostgres(PostgresDatabase):
    """A PostgreSQL that a dead process can no longer reach."""

    def __init__(self, where: str, fate: Fate) -> None:
        super().__init__(where, own_time=False)
        self._fate = fate

    @contextmanager
    def transaction(self, *, writing: bool = True, guarded: bool = False) -> Iterator[PostgresConnection]:
        self._fate.check()
        with super().transaction(writing=writing, guarded=guarded) as connection:
            yield connection
            if writing and connection.query("SELECT pg_current_xact_id_if_assigned()::text AS n", {})[0]["n"]:
                _commit_comes(self._fate)
        self._fate.check()


def _commit_comes(fate: Fate) -> None:
    if fate.comes(Strikes.BEFORE_COMMIT, Strikes.AFTER_COMMIT) and fate.strikes is Strikes.BEFORE_COMMIT:
        raise Dead


class Deadly(list[Fault]):
    """What goes wrong with a call: it is cut at the moment of death, and so is every call after it."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def __iter__(self) -> Iterator[Fault]:
        if self._fate.dead:
            self.append(Fault("*", "drop_before"))
        elif self._fate.comes(Strikes.BEFORE_CALL, Strikes.BEFORE_REPLY):
            before = self._fate.strikes is Strikes.BEFORE_CALL
            self.append(Fault("*", "drop_before" if before else "drop_after"))
        return super().__iter__()


class Mortal(World):
    """A world whose bot may die. People who are not answered try again."""

    def __init__(self, slack: Slack, clock: FakeClock, where: str, config: Config, fate: Fate) -> None:
        super().__init__(slack, clock, Path(where), config)
        self.fate = fate
        slack.api.faults = Deadly(fate)
        fate.on_death = self._hang_up
        slack.patience, slack.sockets.retry_gap = 0.4, 0.05
        kind: Callable[[str, Fate], Database] = MortalPostgres if "://" in where else MortalSqlite
        self.open = lambda _: kind(where, fate)
        self.direct: Counter[str] = Counter()
        """How often each delivery came as a direct message, whether the bot heard of it or not."""
        self._take = slack.api._run
        slack.api._run = self._taken  # type: ignore[method-assign]

    def _taken(self, method: str, token: str | None, args: Json) -> Json:
        answer = self._take(method, token, args)
        if method == "chat.postMessage" and answer["ok"] and answer["channel"].startswith("D"):
            self.direct[args["metadata"]["event_payload"]["delivery"]] += 1
        return answer

    def _hang_up(self) -> None:
        """With the process go its sockets; else Slack waits for an answer of each."""
        self.slack.sockets.away = True
        self._closing = asyncio.get_running_loop().create_task(self.slack.sockets.drop())

    async def start(self) -> None:
        """Start, again if the process dies while it starts."""
        try:
            await super().start()
        except Dead:
            await self.revive()

    async def revive(self) -> None:
        """Start the bot again if it has died; people go on when it has taken over what was under way."""
        if self.fate.dead:
            await self.stop()
            self.fate.dead = self.slack.sockets.away = False
            await self.start()
            if self.muster.uow.shared:
                self.clock.advance(LEASE.total_seconds())
                await self.muster.deliveries.mind_leases()
                self.muster.deliveries.wake()
                await self.settle()

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await condition():
                self.fate.check()
                await asyncio.sleep(0.002)

    async def rest(self) -> None:
        """Wait until all is quiet, with a bot that lives."""
        await self.calm()
        await self.revive()
        await self.settle()
        await self.revive()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass; death interrupts it, and the bot comes back some seconds later."""
        until = self.clock.now().timestamp() + seconds
        while self.clock.now().timestamp() < until:
            try:
                self.clock.advance(STEP)
                await self.muster.ticks.tick()
                await self.muster.deliveries.mind_leases()
                self.muster.deliveries.wake()
                await self.muster.deliveries.quiet()
            except Dead:
                self.clock.advance(seconds=5)
            if self.fate.dead:
                await self.rest()
        await self.rest()

    async def insist(self, act: Callable[[], Awaitable[object]], done: Callable[[], Awaitable[Any]]) -> None:
        """Have somebody act until what they wanted is done: they see it, and try again if it is not."""
        for _ in range(4):
            await act()
            await self.rest()
            if await done():
                return
        raise AssertionError("it was tried four times in vain")
