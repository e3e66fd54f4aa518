"""A connection may take its time to say something, and no longer: its time moves with each request."""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from bot.web import connections
from bot.web.connections import BODY_SECONDS, HEADER_SECONDS, IDLE_SECONDS, Connection, Connections
from tests.leaping import Leaping

ANSWERING, READING, WAITING = (connections._Doing(one) for one in ("answering", "reading", "waiting"))


class Wire(asyncio.Transport):
    """What a connection is read from: it is told when it is to end."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True


@pytest.fixture
def loop() -> Iterator[Leaping]:
    loop = Leaping()
    yield loop
    loop.close()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def connection(loop: Leaping, wire: Wire) -> Connection:
    """Return a connection that has just been made."""
    made = Connections(most=10).protocol(asyncio.Protocol())

    async def make() -> None:
        made.connection_made(wire)

    loop.run_until_complete(make())
    return made


def does(loop: Leaping, connection: Connection, doing: connections._Doing, seconds: float | None) -> None:
    async def now() -> None:
        connection.now(doing, seconds)

    loop.run_until_complete(now())


def says(loop: Leaping, connection: Connection) -> None:
    async def say() -> None:
        connection.data_received(b"POST")

    loop.run_until_complete(say())


def test_one_that_says_nothing_is_ended(loop: Leaping, connection: Connection, wire: Wire) -> None:
    loop.pass_(HEADER_SECONDS - 0.1)
    assert not wire.aborted

    loop.pass_(0.2)
    assert wire.aborted


def test_one_that_is_answered_may_take_any_time(loop: Leaping, connection: Connection, wire: Wire) -> None:
    does(loop, connection, ANSWERING, None)

    loop.pass_(3600)

    assert not wire.aborted


def test_one_that_waits_for_its_next_request_is_kept_a_while(
    loop: Leaping, connection: Connection, wire: Wire
) -> None:
    does(loop, connection, ANSWERING, None)
    loop.pass_(1)
    does(loop, connection, WAITING, IDLE_SECONDS)

    loop.pass_(IDLE_SECONDS - 0.1)
    assert not wire.aborted

    loop.pass_(0.2)
    assert wire.aborted


@pytest.mark.parametrize("before", [0, 5, HEADER_SECONDS + 1])
def test_a_header_that_begins_late_has_its_own_time(
    loop: Leaping, connection: Connection, wire: Wire, before: float
) -> None:
    does(loop, connection, ANSWERING, None)
    does(loop, connection, WAITING, IDLE_SECONDS)
    loop.pass_(before)
    says(loop, connection)

    loop.pass_(HEADER_SECONDS - 0.1)
    assert not wire.aborted

    loop.pass_(0.2)
    assert wire.aborted


def test_a_body_has_its_own_time(loop: Leaping, connection: Connection, wire: Wire) -> None:
    loop.pass_(HEADER_SECONDS - 1)
    does(loop, connection, READING, BODY_SECONDS)

    loop.pass_(BODY_SECONDS - 0.1)
    assert not wire.aborted

    loop.pass_(0.2)
    assert wire.aborted


def test_many_requests_set_few_timers(loop: Leaping, connection: Connection, wire: Wire) -> None:
    set_anew = []
    for _ in range(1000):
        does(loop, connection, ANSWERING, None)
        does(loop, connection, WAITING, IDLE_SECONDS)
        says(loop, connection)
        set_anew.append(connection._timer)
        loop.pass_(0.001)

    assert len(set(map(id, set_anew))) == 1
    assert not wire.aborted


def test_one_that_broke_off_is_warned_of_and_one_that_a_browser_keeps_is_not(
    loop: Leaping, connection: Connection, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "muster.web")
    kept = Connections(most=10).protocol(asyncio.Protocol())

    async def make() -> None:
        kept.connection_made(Wire())

    loop.run_until_complete(make())
    says(loop, kept)
    says(loop, connection)
    does(loop, kept, ANSWERING, None)
    does(loop, kept, WAITING, IDLE_SECONDS)
    loop.pass_(IDLE_SECONDS + 1)

    assert (wire.aborted, kept.dropped) == (True, True)
    assert [one.levelname for one in caplog.records] == ["WARNING", "DEBUG"]
