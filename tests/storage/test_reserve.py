"""Room that is set aside for a full disk, and given back when it is full."""

from pathlib import Path

import pytest

from storage.database import StillWritten
from storage.engines import open_database
from storage.reserve import BYTES
from storage.sqlite import SqliteDatabase
from storage.transaction import Connection
from tests.full import Small, small_disk


@pytest.fixture
def disk(tmp_path: Path):
    with small_disk(tmp_path / "small", 40) as disk:
        yield disk


def write(connection: Connection) -> None:
    connection.execute("INSERT INTO seen_events (id, at) VALUES (hex(randomblob(50000)), '')", {})


def test_a_full_disk_has_room_for_a_while_and_says_so(disk: Small) -> None:
    where, reserve = str(disk.folder / "muster.db"), disk.folder / "muster.db.reserve"
    database = open_database(where, reserve=True)
    assert reserve.stat().st_size == BYTES
    assert oct(reserve.stat().st_mode & 0o777) == "0o600"
    assert database.unwritable() is None
    disk.fill()

    for _ in range(5):
        database.run(write)

    assert not reserve.exists()
    scarce = database.unwritable()
    assert isinstance(scarce, StillWritten)
    assert "kB are left on the disk of the database" in scarce
    disk.clear()
    assert database.unwritable() is None
    assert reserve.exists()
    database.close()


def test_a_start_on_a_full_disk_takes_what_is_set_aside(disk: Small) -> None:
    where = str(disk.folder / "muster.db")
    open_database(where, reserve=True).close()
    disk.fill()

    database = open_database(where, reserve=True)
    database.run(write)

    database.close()


def test_nothing_is_set_aside_where_there_is_little_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "tiny", 10) as disk:
        database = SqliteDatabase(str(disk.folder / "muster.db"), reserve=True)

        assert not (disk.folder / "muster.db.reserve").exists()
        database.run(write)
        database.close()
