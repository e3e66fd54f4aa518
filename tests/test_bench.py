"""The bench works: a quick run takes every figure. What the figures are is not judged here."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.figures import Line, of_rounds, percentile, table
from tests.bench.wal import commits

ROOT = Path(__file__).parents[1]
FIGURES = (
    "Declare to page, 80 ms a call",
    "Declare to everything, 0 ms a call",
    "Commits per declare",
    "Form acknowledged, 5 declares in flight",
    "20 overdue pages to the first page posted",
    "Memory with 20 open incidents",
    "20 deadlines at one moment: posted late",
)


@pytest.mark.timeout(180)
def test_a_quick_run_takes_every_figure_and_writes_nothing() -> None:
    page = ROOT / "docs" / "benchmarks.md"
    before = page.stat().st_mtime_ns if page.exists() else None

    run = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert [figure for figure in FIGURES if figure not in run.stdout] == []
    assert "not yet" not in run.stdout
    assert (page.stat().st_mtime_ns if page.exists() else None) == before


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
