"""A database of an earlier version keeps what waits, on either engine."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timers import Timer, TimerKind
from bot.domain.process import Process
from bot.operations.incidents.changes import save
from storage import incidents, timers
from storage.engines import open_database
from storage.migrations import META, MIGRATIONS, for_postgres, statements
from storage.transaction import moment
from tests.conftest import Office
from tests.engines import ENGINES
from tests.fakes import NOON, FakeClock

BEFORE_TIMERS = 8
LATER, SOON = "2026-01-05T13:00:00.000000+00:00", "2026-01-05T12:20:00.000000+00:00"
_ROW = """INSERT INTO incidents (id, name, type, severity, highest, status, private, drill, reporter, lead,
    lead_by_hand, summary, causes, cmoc, executive, declared_at, im_called, review_requested,
    engaged_at, investigate_until, next_update_at) VALUES
    ({id}, 'x', 'GitLab.com', '{severity}', 'S3', '{status}', 0, 0, 'U', 'U', 0, '', '', '', '',
    '2026-01-05T11:00:00.000000+00:00', {im_called}, 0,
    {engaged_at}, {investigate_until}, {next_update_at})"""


def row(
    number: int, status: str = "Investigating", severity: str = "S3", im_called: int = 0, **times: str
) -> str:
    columns = ("engaged_at", "investigate_until", "next_update_at")
    known = {name: f"'{times[name]}'" if name in times else "NULL" for name in columns}
    return _ROW.format(id=number, status=status, severity=severity, im_called=im_called, **known)


OLD = [
    row(1, engaged_at=SOON, investigate_until=LATER, next_update_at=SOON),
    row(2, engaged_at=SOON, im_called=1),
    row(3, engaged_at=SOON),  # answered by somebody else than the EOC
    row(4, "Fixing", "S4", next_update_at=LATER),
    row(5, "Closed"),
    f"INSERT INTO updates (id, incident, text, status, severity, by_whom, at) "
    f"VALUES (1, 4, 'x', 'Fixing', 'S4', 'U', '{SOON}')",
]


@pytest.fixture(params=ENGINES)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the version before there were timers."""
    steps = [META, *(one for step in MIGRATIONS[:BEFORE_TIMERS] for one in statements(step)), *OLD]
    steps.append(f"INSERT INTO meta VALUES ('version', '{BEFORE_TIMERS}'), ('id', 'old')")
    if request.param == "sqlite":
        with closing(sqlite3.connect(tmp_path / "old.db")) as db:
            db.executescript(";".join(steps))
        yield str(tmp_path / "old.db")
        return
    server = request.getfixturevalue("postgres")
    server.session.execute("DROP DATABASE IF EXISTS old")
    server.session.execute("CREATE DATABASE old TEMPLATE template0 ENCODING 'UTF8'")
    address = server.address.replace("/postgres?", "/old?")
    with psycopg.connect(address) as db:
        for statement in steps:
            db.execute(for_postgres(statement).encode())
    yield address


def test_what_waited_before_there_were_timers_waits_as_long(
    old: str, rules: Process, clock: FakeClock
) -> None:
    office = Office(open_database(old, own_time=False), rules, clock)

    def of(number: int, kind: TimerKind) -> Timer | None:
        return office.read(timers.of, number, kind)

    def shown(number: int) -> tuple[str, bool] | None:
        found = of(number, TimerKind.INVESTIGATING)
        return (found.due_at.isoformat(timespec="microseconds"), found.stopped) if found else None

    assert [shown(number) for number in (1, 3, 4, 5)] == [(LATER, False), None, None, None]
    assert (shown(2) or ("", False))[1]
    known: list[Incident] = office.read(incidents.everyone)
    due = [one.next_update_at for one in known]
    assert due == [moment(SOON), None, None, moment(LATER), None]
    before = [of(number, kind) for number in range(1, 6) for kind in TimerKind]
    for incident in known:
        office.perform(save, incident)
    assert [of(number, kind) for number in range(1, 6) for kind in TimerKind] == before
    assert known[0].declared_at < NOON
    office.database.close()
