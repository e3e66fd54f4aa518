"""What a command takes over from a database in which a bot is at work."""

from contextlib import closing
from pathlib import Path

import pytest

from storage import people
from storage.copying import take_over, workspace_of
from storage.engines import open_database
from storage.people import Person
from storage.sqlite import MEMORY
from storage.transaction import Tx
from tests.fakes import NOON, process

ANA = Person("UANA", "Ana", "ana@example.com", active=True, tz="Europe/Lisbon")


@pytest.fixture
def where(address: str, tmp_path: Path) -> str:
    return str(tmp_path / "muster.db") if address == MEMORY else address


def test_who_is_there_is_read_beside_the_bot(where: str) -> None:
    assert workspace_of(where) == {}

    with closing(open_database(where, own_time=False)) as busy, closing(open_database(MEMORY)) as copy:
        busy.run(lambda connection: people.record(Tx(connection, NOON, process(), {}), [ANA]))
        take_over(copy, workspace_of(where))

        found = copy.run(lambda connection: people.get(Tx(connection, NOON, process(), {}), "UANA"))
    assert found == ANA
