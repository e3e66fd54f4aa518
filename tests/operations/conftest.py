"""Both engines, and a unit of work whose database outlives its process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.process import Process
from storage.engines import open_database
from storage.sqlite import MEMORY
from tests.conftest import Office
from tests.engines import ENGINES
from tests.fakes import FakeClock


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def office_on_disk(address: str, tmp_path: Path, rules: Process, clock: FakeClock) -> Iterator[Office]:
    where = str(tmp_path / "muster.db") if address == MEMORY else address
    database = open_database(where, own_time=False)
    yield Office(database, rules, clock)
    database.close()
