"""Reviews in `muster.yml`: one's own tasks take the place of the usual ones, and what is wrong is named."""

from pathlib import Path

import pytest

from bot.config import load
from bot.domain.incidents.incident import Severity
from bot.domain.work.reviews import USUAL_TASKS, PlannedTask


def tasks(tmp_path: Path, text: str) -> tuple[PlannedTask, ...]:
    (tmp_path / "muster.yml").write_text(text)
    return load(tmp_path / "muster.yml").process.reviews.tasks


@pytest.mark.parametrize("text", ["", "reviews:\n", "reviews: {}\n"])
def test_without_a_list_the_tasks_are_the_usual_ones(tmp_path: Path, text: str) -> None:
    assert tasks(tmp_path, text) == USUAL_TASKS


def test_a_list_of_ones_own_takes_their_place(tmp_path: Path) -> None:
    found = tasks(
        tmp_path,
        """
reviews:
  tasks:
    - {task: Fill the summary, days: 2}
    - {task: Coffee, days: 0, severities: [S2, S1], first_as_im: true}
""",
    )

    assert found == (
        PlannedTask("Fill the summary", 2),
        PlannedTask("Coffee", 0, (Severity.S1, Severity.S2), True),
    )
    assert tasks(tmp_path, "reviews: {tasks: []}") == ()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("[{days: 2}]", "is missing; expected a text of 1 to 200 characters on one line"),
        ("[{task: Fill it}]", "is missing; expected a number of weekdays from 0 to 60"),
        ("[{task: '', days: 2}]", "a text of 1 to 200 characters on one line"),
        ("[{task: Fill it, days: 61}]", "a number of weekdays from 0 to 60"),
        ("[{task: Fill it, days: 2d}]", "a number of weekdays from 0 to 60"),
        ("[{task: Fill it, days: 2, severities: [S5]}]", "expected one entry of a list of one or more of S1"),
        ("[{task: Fill it, days: 2, severities: []}]", "a list of one or more of S1, S2, S3 and S4"),
        ("[{task: Fill it, days: 2, owner: ana}]", "is no key here"),
        ("Fill it", "a list of up to 20 tasks"),
        (f"[{', '.join(['{task: A, days: 1}'] * 21)}]", "a list of up to 20 tasks"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, entry: str, said: str) -> None:
    assert tasks(tmp_path, f"reviews:\n  tasks: {entry}\n") == USUAL_TASKS

    assert said in load(tmp_path / "muster.yml").process.set_aside["reviews.tasks"]
