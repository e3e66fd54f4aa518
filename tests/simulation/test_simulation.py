"""110 worlds, 80 hours, on a clock of their own: no page is lost, sent early, or given up."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from tests.scenarios.conftest import ROOT
from tests.simulation.world import simulate
from tests.tally import Tally, report

SEEDS = 60
SHARES = 25
FEW = range(10)
"""The first seeds, for a run in which nobody wants to wait."""

Record = Callable[[str, object], None]


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("half", range(2))
def test_nothing_is_lost_in_a_few_worlds(half: int, record_property: Record) -> None:
    nothing_is_lost(FEW[half::2], record_property)


@pytest.mark.proof
@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_is_lost_whatever_goes_wrong(share: int, record_property: Record) -> None:
    nothing_is_lost(range(len(FEW) + share, SEEDS, SHARES), record_property)


def nothing_is_lost(seeds: Iterable[int], record_property: Record) -> None:
    tally, failed = Tally(), []
    for seed in seeds:
        outcome = simulate(seed)
        tally += outcome.tally
        if outcome.problems:
            failed.append(str(outcome))

    report(record_property, "simulation", tally)
    assert not failed, "\n".join(failed)
    # A page whose fate nobody knows is sent again, marked so; the watcher judges those one by one.
    assert (tally.lost, tally.unexpected) == (0, 0), str(tally)


@pytest.mark.proof
def test_the_same_seed_gives_the_same_world_in_every_process() -> None:
    seeds = ["11", "12"]
    told = [
        subprocess.run(
            [sys.executable, "-m", "tests.simulation", *seeds],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hashes},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashes in ("1", "2")
    ]

    assert told[0] == told[1]
    assert [line.split(",")[0] for line in told[0].splitlines()] == [
        f"seed {seed}: {simulate(int(seed)).digest}" for seed in seeds
    ]


def test_worlds_come_to_what_is_rare() -> None:
    seen = sum((simulate(seed).seen for seed in (8, 13, 31, 34, 84)), Counter[str]())

    assert {
        "handed over",
        "owed a contact method",
        "reports of the audit",
        "triages accepted",
        "merged",
        "near misses",
        "paged in practice",
        "turned private",
        "alerts held",
        "archived",
        "nudged",
        "access asked",
        "access answered",
        "maintenances told ahead",
        "roles asked",
        "roles taken when asked",
    } <= set(+seen), seen


def test_another_seed_gives_another_world() -> None:
    assert simulate(11).digest != simulate(12).digest
