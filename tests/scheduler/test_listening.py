"""Replicas hear of each other's work at once, and get by when they do not."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial

import pytest

from bot.domain.process import Process
from scheduler.listening import FIRST_WAIT, HEAD_START, Listening
from storage.postgres import PostgresDatabase
from storage.sqlite import MEMORY, SqliteDatabase
from storage.transaction import Tx
from tests.conftest import Office
from tests.engines import Server
from tests.fakes import FakeClock
from tests.happenings import Told
from tests.patience import PATIENCE

Replicas = tuple[Office, Office]


@pytest.fixture
def replicas(postgres: Server, rules: Process, clock: FakeClock) -> Iterator[Replicas]:
    address = postgres.emptied()
    one, other = (Office(PostgresDatabase(address, own_time=False), rules, clock) for _ in range(2))
    yield one, other
    one.database.close()
    other.database.close()


class Ear:
    """Counts how often the delivery is woken."""

    def __init__(self, office: Office) -> None:
        self.woken = 0
        self.clock = office.clock
        self.listening = Listening(office.database.news, self.wake, office.clock)

    def wake(self) -> None:
        self.woken += 1

    def has_woken(self, many: int) -> bool:
        return self.woken >= many

    async def until(self, condition: Callable[[], object], step: float = HEAD_START) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self.clock.advance(step)
                await asyncio.sleep(0.01)

    async def heard(self, many: int) -> bool:
        """Say whether that many were heard, and no more follow."""
        await self.until(partial(self.has_woken, many))
        await asyncio.sleep(0.05)
        self.clock.advance(HEAD_START)
        await asyncio.sleep(0.01)
        return self.woken == many


@pytest.fixture
async def ear(replicas: Replicas) -> AsyncIterator[Ear]:
    ear = Ear(replicas[0])
    ear.listening.start()
    assert await ear.heard(1)  # it looks when it begins to listen
    yield ear
    await ear.listening.stop()


def emit(tx: Tx) -> None:
    tx.record(Told(incident=1))


async def test_what_one_commits_the_other_hears_once(replicas: Replicas, ear: Ear) -> None:
    for _ in range(3):
        await replicas[1].uow.perform(emit)

    assert await ear.heard(2)


async def test_nobody_is_woken_for_nothing(replicas: Replicas, ear: Ear) -> None:
    def fail(tx: Tx) -> None:
        emit(tx)
        raise ZeroDivisionError

    await replicas[0].uow.perform(emit)
    await replicas[1].uow.perform(lambda tx: tx.execute("UPDATE people SET active = 1"))
    with pytest.raises(ZeroDivisionError):
        await replicas[1].uow.perform(fail)

    assert await ear.heard(1)


def said(caplog: pytest.LogCaptureFixture, times: int) -> bool:
    return caplog.text.count("are not heard") == times


async def test_a_listener_that_is_cut_off_listens_again(
    replicas: Replicas, postgres: Server, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'muster listener'"
    for times in (1, 2):
        postgres.session.execute(cut)
        await ear.until(partial(said, caplog, times), step=0)
        await replicas[1].uow.perform(emit)  # nobody hears it: the tick finds it
        await ear.until(partial(ear.has_woken, 1 + times), step=FIRST_WAIT)

    await replicas[1].uow.perform(emit)

    assert await ear.heard(4)
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_a_file_has_nobody_to_listen_to(clock: FakeClock) -> None:
    database = SqliteDatabase(MEMORY)
    listening = Listening(database.news, lambda: None, clock)

    listening.start()

    assert len(asyncio.all_tasks()) == 1
    await listening.stop()
    database.close()
