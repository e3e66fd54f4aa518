"""The bench works: a quick run takes every figure. What the figures are is not judged here."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench.figures import Line, of_rounds, percentile, table
from tests.bench.stalls import Watching, between, during
from tests.bench.stores import PostgresStore, Setup, Sqlite
from tests.bench.tail import Tail
from tests.bench.wal import commits
from tests.engines import Server

ROOT = Path(__file__).parents[1]
FIGURES = (
    "Declare to page, 80 ms a call",
    "Declare to page, 80 ms a call with a heavy tail",
    "Declare to everything, 0 ms a call",
    "Calls to Slack per declare",
    "Commits per declare",
    "Processor per declare",
    "Form acknowledged, 5 declares in flight",
    "rate limits: to page",
    "40 overdue pages to the first page posted",
    "Memory with 20 open incidents",
    "20 deadlines at one moment: posted late",
    "20 deadlines at one moment: event loop stalled",
    "Figures of a year with 200 incidents",
    "On call now, 200 schedules",
    "Memory that 0.5 hours without Slack add",
    "Alerts kept, 32 senders",
    "200 alerts in 2 s: memory added",
    "API: 50 of 40 incidents",
    "Page: board, drawn anew, to the first byte",
    "Page: review of an incident, to the first byte",
    "100 readers of live pages: 20 deadlines over 1 s decided later",
)


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_a_quick_run_takes_every_figure_and_writes_nothing() -> None:
    page = ROOT / "docs" / "benchmarks.md"
    before = page.stat().st_mtime_ns if page.exists() else None

    run = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "--only", "sqlite"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert "one replica" in run.stdout
    assert [figure for figure in FIGURES if figure not in run.stdout] == []
    assert not re.search(r"not yet|none yet|could not be taken", run.stdout)
    assert (page.stat().st_mtime_ns if page.exists() else None) == before


def test_in_one_turn_each_call_takes_as_long_as_before() -> None:
    tail = Tail()

    def drawn(turn: int) -> list[float]:
        tail.begin(turn)
        return [tail("chat.postMessage") for _ in range(1000)]

    first = drawn(1)

    assert drawn(1) == first != drawn(2)
    assert 0.9 < percentile(first, 0.5) < 1.1
    assert 5 < percentile(first, 0.99) < 8


def test_stalls_are_those_between_two_times(tmp_path: Path) -> None:
    watching = Watching()
    watching.seen = [(1.0, 0.1), (2.0, 0.2), (3.0, 0.3)]
    watching.write(tmp_path / "stalls.txt")

    assert between(tmp_path / "stalls.txt", 1.5, 2.5) == [0.2]


def test_a_replica_that_came_up_after_all_was_done_has_no_stalls(tmp_path: Path) -> None:
    watching, late, missing = Watching(), Watching(), tmp_path / "killed.txt"
    watching.seen, late.seen = [(2.0, 0.2)], [(3.0, 0.3)]
    watching.write(tmp_path / "0.txt")
    late.write(tmp_path / "1.txt")

    assert during([tmp_path / "0.txt", tmp_path / "1.txt", missing], 1.5, 2.5) == [[0.2]]


def test_an_event_loop_that_is_blocked_is_seen() -> None:
    watching = Watching()
    loop = watching.new_event_loop()
    loop.call_later(0.02, time.sleep, 0.1)
    loop.run_until_complete(asyncio.sleep(0.2))
    loop.close()

    assert max(late for _, late in watching.seen) > 0.09


def test_postgresql_counts_what_is_written_and_nothing_else(postgres: Server) -> None:
    store = PostgresStore(postgres.emptied(), postgres.session)
    before = store.written()
    assert before is not None

    store.rows("SELECT COUNT(*) FROM outbox")
    postgres.session.execute("UPDATE meta SET value = value WHERE key = 'version'")

    assert store.written() == before + 1


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([3, 1, 2], 0.5, 2), ([1, 2, 3, 4], 0.5, 2), ([1, 2], 0.99, 2), ([5], 0.01, 5), ([1, 2, 3], 1.0, 3)],
)
def test_a_percentile_is_a_value_that_was_seen(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_one_bad_round_does_not_move_the_median() -> None:
    assert of_rounds([[1, 2], [1, 2], [50, 90]], 0.99) == 2


def test_the_table_lines_up_and_says_which_budget_was_missed() -> None:
    text = table(
        [Line("a", "1 ms", "2 ms", "under 3 ms", kept=True), Line("bb", "4 ms", "", "2 ms", kept=False)]
    )

    assert len({len(line) for line in text.splitlines()}) == 1
    assert "under 3 ms: kept" in text
    assert "2 ms: **missed**" in text


def test_commits_are_counted_in_the_log_of_a_database(tmp_path: Path) -> None:
    database = tmp_path / "x.db"
    assert commits(database) is None
    program = (
        "import sqlite3, os; db = sqlite3.connect('x.db', isolation_level=None);"
        "db.execute('PRAGMA journal_mode = WAL'); db.execute('CREATE TABLE t (x)');"
        "db.execute('INSERT INTO t VALUES (1)'); db.execute('SELECT * FROM t').fetchall(); os._exit(0)"
    )

    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)

    assert commits(database) == 2


def test_a_figure_that_cannot_be_taken_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none_to_fill(*_: object) -> None:
        pass

    async def fails() -> list[Line]:
        raise ZeroDivisionError

    async def works() -> list[Line]:
        return [Line("Memory", "1 MB")]

    monkeypatch.setattr(bench, "_fill", none_to_fill)
    monkeypatch.setattr(bench, "_sections", lambda *_: [("Declares", fails), ("Memory", works)])
    setups = [Setup(Sqlite(tmp_path), 1)]
    kept: dict[str, Sequence[Line]] = {}

    complete = asyncio.run(bench._all(setups, bench.QUICK, tmp_path, kept.__setitem__))

    assert not complete
    (lines,) = kept.values()
    assert lines == [Line("Declares", "could not be taken"), Line("Memory", "1 MB")]
