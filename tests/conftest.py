"""What every test may ask for: a clock that stands still, and a unit of work over a database in memory."""

import asyncio
import gc
import json
import logging
import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest
from hypothesis import settings

from bot.domain.facts import Fact
from bot.domain.process import Process
from bot.health.repeats import Repeats
from bot.operations.workspace.people import learned
from bot.unit_of_work import UnitOfWork
from storage.database import Database
from storage.engines import open_database
from storage.people import Person
from storage.places import Place
from storage.sqlite import MEMORY
from storage.transaction import Route, Tx
from tests.engines import NO_SERVER, NoServer, Server, running_server
from tests.fakes import FakeClock, process
from tests.tally import lines

P = ParamSpec("P")
R = TypeVar("R")

OPERATIONS = Path(__file__).with_name("operations")


settings.register_profile("muster", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("muster")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Have the garbage collector leave alone what all tests keep: it would look at it again and again.

    With it a worker takes 12 seconds to collect the tests, without it 7.
    """
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 10, 10)
    return collected


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what may take long, so that nobody waits for it alone at the end."""

    def patience(item: pytest.Item) -> float:
        marker = item.get_closest_marker("timeout")
        return float(marker.args[0]) if marker else 0.0

    items.sort(key=patience, reverse=True)
    _leave_sweeps_on_the_second_engine_to_the_proofs(items)


def _leave_sweeps_on_the_second_engine_to_the_proofs(items: list[pytest.Item]) -> None:
    """Let what is stored, and what time does, run there once a test with the suite; operations are proofs."""
    seen = set()
    for item in items:
        case = getattr(item, "callspec", None)
        if case and case.params.get("engine") == "postgres":
            test = item.nodeid.partition("[")[0]
            if test in seen or OPERATIONS in item.path.parents:
                item.add_marker(pytest.mark.proof)
            seen.add(test)


class EveryFact(dict[type[Fact], tuple[Route, ...]]):
    """Routes that write down every fact, whoever wants it."""

    def get(self, fact: type[Fact], default: object = None) -> tuple[Route, ...]:
        return (Route("test", fact.__name__),)


class Office:
    """A unit of work to use without awaiting, and a look at what it wants the world to hear."""

    def __init__(self, database: Database, rules: Process, clock: FakeClock) -> None:
        self.database = database
        self.clock = clock
        self.uow = UnitOfWork(database, rules, clock)
        self.uow.deliver_to(EveryFact(), lambda: None)

    def perform(self, operation: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return asyncio.run(self.uow.perform(operation, *args, **kwargs))

    def read(self, question: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return asyncio.run(self.uow.read(question, *args, **kwargs))

    def emitted(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the facts so far, by name and with what they say, and forget them."""

        def take(tx: Tx) -> list[tuple[str, Mapping[str, Any]]]:
            rows = tx.all("SELECT event, subject FROM outbox ORDER BY id")
            tx.execute("DELETE FROM outbox")
            return [(row["event"], json.loads(row["subject"])) for row in rows]

        return self.perform(take)

    def events(self) -> list[str]:
        """Return the names of the facts so far, and forget them."""
        return [event for event, _ in self.emitted()]


@pytest.fixture(autouse=True)
def _no_log_of_another_test() -> Iterator[None]:
    """Remove the program's own log handler after a test that set it up: it would count on for others."""
    yield
    root = logging.getLogger()
    root.handlers[:] = [
        one for one in root.handlers if not any(isinstance(kept, Repeats) for kept in one.filters)
    ]


PEOPLE = ("UEOC", "UIM", "UCMOC", "ULEADER", "USEC", "UREP", "USOMEBODY", "UEOC2")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def rules() -> Process:
    return process()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL; without one the test is skipped, or fails where it must run."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_server())
        except NoServer as error:
            if os.environ.get("MUSTER_REQUIRE_POSTGRES") == "1":
                pytest.fail(str(error))
            pytest.skip(str(error))
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", ())
    if any(NO_SERVER in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(NO_SERVER, yellow=True)
    reports = [
        one
        for found in terminalreporter.stats.values()
        for one in found
        if isinstance(one, pytest.TestReport)
    ]
    properties = [pair for one in reports if one.when == "call" for pair in one.user_properties]
    for line in lines(properties):
        terminalreporter.write_line(line)


@pytest.fixture
def engine() -> str:
    """The engine of this test: a folder whose tests run on both says so."""
    return "sqlite"


@pytest.fixture
def address(engine: str, request: pytest.FixtureRequest) -> str:
    """Where an empty database is: in memory, or on the server."""
    return request.getfixturevalue("postgres").emptied() if engine == "postgres" else MEMORY


@pytest.fixture
def office(address: str, rules: Process, clock: FakeClock) -> Iterator[Office]:
    office = Office(open_database(address, own_time=False), rules, clock)
    people = [Person(who, who.lower(), f"{who.lower()}@example.com", True, "UTC") for who in PEOPLE]
    names = ("incidents", "incidents-dotcom", "incidents-dotcom-triage")
    places = [Place(f"C{number}", name, False) for number, name in enumerate(names)]
    office.perform(learned, people, places)
    yield office
    office.database.close()
