"""A desk over a file, for what has to survive a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.process import Process
from storage.database import Database
from tests.conftest import Office
from tests.fakes import FakeClock


@pytest.fixture
def office_on_disk(tmp_path: Path, rules: Process, clock: FakeClock) -> Iterator[Office]:
    database = Database(str(tmp_path / "muster.db"))
    yield Office(database, rules, clock)
    database.close()
