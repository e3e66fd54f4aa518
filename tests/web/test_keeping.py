"""Alerts are kept some at a time, however many a request has, and no more wait for it than memory bears."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest
from aiohttp import web

from bot.domain.alerts.routing import Source
from bot.domain.alerts.signals import Signal, State
from bot.domain.incidents.incident import Severity
from bot.domain.process import Process
from bot.gathering import MOST
from bot.unit_of_work import UnitOfWork
from handlers.alerts.keeping import MOST_WAITING, Keeping
from storage import alerts
from storage.database import Database
from storage.sqlite import SqliteDatabase
from tests.fakes import FakeClock

SOURCE = Source("prometheus", "alertmanager", "")


def signals(number: int) -> list[Signal]:
    return [Signal(f"key {one}", "The disk is full", State.FIRING, Severity.S3) for one in range(number)]


class Held:
    """A unit of work that keeps nothing until it may."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.kept: list[int] = []

    async def perform_for_all(self, _: object, these: Sequence[Any], **__: object) -> None:
        await self.go_on.wait()
        self.kept.append(len(these))


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(SqliteDatabase(":memory:")) as database:
        yield database


async def test_a_long_request_is_kept_by_several_commits_and_then_answered(
    database: Database, rules: Process, clock: FakeClock
) -> None:
    uow = UnitOfWork(database, rules, clock)

    assert await Keeping(uow).keep(SOURCE, signals(2 * MOST + 1), {}, "trace") is None

    assert uow.decided == 3
    assert len(await uow.read(alerts.waiting, SOURCE.name, 1000)) == 2 * MOST + 1


async def test_requests_of_one_moment_share_a_commit(
    database: Database, rules: Process, clock: FakeClock
) -> None:
    uow = UnitOfWork(database, rules, clock)
    keeping = Keeping(uow)

    await asyncio.gather(*[keeping.keep(SOURCE, [one], {}, "trace") for one in signals(8)])

    assert uow.decided == 1


async def test_who_sends_more_than_waits_is_asked_to_come_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    uow: Any = Held()
    keeping = Keeping(uow)
    sent = [asyncio.create_task(keeping.keep(SOURCE, signals(MOST), {}, "trace")) for _ in range(100)]
    await asyncio.sleep(0)

    refused = await keeping.keep(SOURCE, signals(1), {}, "trace")

    assert MOST_WAITING == 100 * MOST
    assert isinstance(refused, web.Response)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    uow.go_on.set()
    assert await asyncio.gather(*sent) == [None] * 100
    assert await keeping.keep(SOURCE, signals(1), {}, "trace") is None
    assert sum(uow.kept) == MOST_WAITING + 1


async def test_a_request_that_is_longer_than_may_wait_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    uow: Any = Held()
    uow.go_on.set()

    assert await Keeping(uow).keep(SOURCE, signals(MOST_WAITING + 1), {}, "trace") is None
