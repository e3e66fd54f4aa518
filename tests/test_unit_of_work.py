"""What is asked at one time is answered together, and nobody suffers from another's question."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from bot.answering import AWHILE, TOGETHER
from bot.domain.process import Process
from bot.gathering import MOST
from bot.health.measures import MOST_NAMED, Measures
from bot.unit_of_work import Guarded, UnitOfWork
from storage import people
from storage.database import Database
from storage.sqlite import SqliteDatabase
from storage.transaction import Connection, Tx
from tests.conftest import PEOPLE, Office
from tests.fakes import FakeClock, process
from tests.patience import PATIENCE


class Counted:
    """A database that counts its transactions."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.shared = database.shared
        self.transactions = 0

    def run(self, work: Callable[[Connection], Any], **how: bool) -> Any:
        self.transactions += 1
        return self.database.run(work, **how)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def counted(office: Office) -> Counted:
    return Counted(office.database)


@pytest.fixture
def uow(office: Office, counted: Counted) -> Iterator[UnitOfWork]:
    with ThreadPoolExecutor(office.database.threads) as executor:
        yield UnitOfWork(counted, process(), office.clock, executor=executor)  # type: ignore[arg-type]


def name_of(tx: Tx, person: str) -> str:
    found = people.get(tx, person)
    assert found, f"nobody is {person}"
    return found.name


async def test_what_is_asked_of_an_operation_within_a_moment_shares_a_transaction(
    uow: UnitOfWork, counted: Counted
) -> None:
    heard: list[list[str]] = []

    def hear(_: Tx, names: Sequence[str]) -> None:
        heard.append([*names])
        if "fails" in names:
            raise ZeroDivisionError

    await asyncio.gather(*[uow.perform_for_all(hear, name) for name in "abc"])
    failed = await asyncio.gather(
        *[uow.perform_for_all(hear, name) for name in ("d", "fails")], return_exceptions=True
    )

    assert heard == [["a", "b", "c"], ["d", "fails"]]
    assert [type(error) for error in failed] == [ZeroDivisionError] * 2
    assert counted.transactions == 2


async def test_what_is_asked_while_it_is_performed_shares_the_next_transaction(
    uow: UnitOfWork, counted: Counted
) -> None:
    begun, go_on, heard = asyncio.Event(), Event(), list[int]()
    loop = asyncio.get_running_loop()

    def hear(_: Tx, names: Sequence[str]) -> None:
        heard.append(len(names))
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(PATIENCE)

    first = asyncio.create_task(uow.perform_for_all(hear, "first", within=0))
    await begun.wait()
    others = [asyncio.create_task(uow.perform_for_all(hear, "another", within=0)) for _ in range(MOST + 50)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(first, *others)

    assert heard == [1, MOST, 50]
    assert counted.transactions == 3


async def test_questions_of_one_moment_share_a_transaction(uow: UnitOfWork, counted: Counted) -> None:
    answers = await asyncio.gather(*[uow.read(name_of, person) for person in PEOPLE])

    assert answers == [person.lower() for person in PEOPLE]
    assert counted.transactions == 1


async def test_each_hears_its_answer_before_the_others_have_theirs(uow: UnitOfWork) -> None:
    go_on, asked = Event(), []

    def slow(tx: Tx) -> str:
        asked.append("UIM")
        assert go_on.wait(PATIENCE)
        return name_of(tx, "UIM")

    first, last = asyncio.create_task(uow.read(name_of, "UREP")), asyncio.create_task(uow.read(slow))

    assert await first == "urep"
    assert not last.done()
    go_on.set()
    assert await last == "uim"
    assert len(asked) == 1  # the first one was told during this, not after it had failed


async def test_decisions_come_between_very_many_questions(uow: UnitOfWork, counted: Counted) -> None:
    await asyncio.gather(*[uow.read(name_of, PEOPLE[0]) for _ in range(2 * TOGETHER + 1)])

    assert counted.transactions == 3


async def test_a_decision_comes_between_questions_that_take_long(
    uow: UnitOfWork, counted: Counted, office: Office
) -> None:
    begun, go_on, order = asyncio.Event(), Event(), list[str]()
    loop = asyncio.get_running_loop()

    def long(_: Tx, number: int) -> int:
        order.append(f"question {number}")
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(PATIENCE)
        office.clock.advance(seconds=0.6 * AWHILE)
        return number

    def decide(_: Tx) -> None:
        order.append("decision")

    questions = [asyncio.create_task(uow.read(long, number)) for number in range(5)]
    await begun.wait()
    decision = asyncio.create_task(uow.perform(decide))
    await asyncio.sleep(0)
    go_on.set()

    assert await asyncio.gather(*questions) == [0, 1, 2, 3, 4]
    await decision
    assert office.database.shared or order.index("decision") == 2  # PostgreSQL has it decided beside them
    assert [one for one in order if one != "decision"] == [f"question {number}" for number in range(5)]
    assert counted.transactions == 4


async def test_what_took_the_longest_is_named(office: Office) -> None:
    measures = Measures()
    uow = UnitOfWork(office.database, process(), office.clock)
    uow.measure_by(measures.took)

    def read(_: Tx) -> None:
        office.clock.advance(seconds=2)

    def decide(_: Tx) -> None:
        office.clock.advance(seconds=3)

    await uow.read(read)
    await uow.perform(Guarded(decide))
    for number in range(MOST_NAMED):
        took = partial(office.clock.advance, seconds=1 + number / 100)
        await uow.read(type(f"A{number}", (), {"__call__": lambda *_, took=took: took()})())

    named = {name.rpartition(".")[2]: (kind, took) for (kind, name), took in measures.longest.items()}
    assert len(named) == MOST_NAMED
    assert named["read"] == ("question", 2)
    assert named["decide"] == ("decision", 3)
    assert {"A0", "A1"}.isdisjoint(named)
    sample = measures.kept.get_sample_value
    assert sample("muster_transaction_seconds_count", {"kind": "question"}) == 1 + MOST_NAMED
    assert sample("muster_transaction_seconds_count", {"kind": "decision"}) == 1


async def test_a_question_that_fails_leaves_the_others_their_answers(uow: UnitOfWork) -> None:
    asked = [uow.read(name_of, person) for person in ("UREP", "UNOBODY", "UIM")]

    first, failed, last = await asyncio.gather(*asked, return_exceptions=True)

    assert (first, last) == ("urep", "uim")
    assert str(failed).startswith("nobody is UNOBODY")


async def test_a_statement_that_fails_leaves_the_others_their_answers(uow: UnitOfWork) -> None:
    def wrong(tx: Tx) -> None:
        tx.all("SELECT nothing FROM nowhere")

    asked = [uow.read(name_of, "UREP"), uow.read(wrong), uow.read(name_of, "UIM")]

    first, failed, last = await asyncio.gather(*asked, return_exceptions=True)

    assert (first, last) == ("urep", "uim")
    assert isinstance(failed, Exception)


async def test_who_waits_no_longer_disturbs_nobody(uow: UnitOfWork, caplog: pytest.LogCaptureFixture) -> None:
    asked = [asyncio.create_task(uow.read(name_of, person)) for person in ("UREP", "UIM")]
    await asyncio.sleep(0)
    asked[0].cancel()

    assert await asked[1] == "uim"
    assert await uow.read(name_of, "UREP") == "urep"
    assert caplog.records == []


def test_reads_go_on_while_another_process_writes_to_our_file(
    rules: Process, clock: FakeClock, tmp_path: Path
):
    path = str(tmp_path / "muster.db")
    database = SqliteDatabase(path)
    write = partial(Tx.write, sql="UPDATE meta SET value = value", params={})

    async def story(other: sqlite3.Connection) -> None:
        with ThreadPoolExecutor(1) as executor:
            uow = UnitOfWork(database, rules, clock, executor=executor)
            waiting = [asyncio.create_task(uow.perform(write)) for _ in range(5)]
            await asyncio.sleep(0.3)
            async with asyncio.timeout(2.5):  # a trigger lives for three seconds
                for _ in range(2):
                    await uow.read(people.get, "UIM")
            assert not any(one.done() for one in waiting)
            other.rollback()
            await asyncio.gather(*waiting)

    with closing(database), closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        asyncio.run(story(other))
