"""What pre-commit runs is what `make check` runs, by the project's own tools."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
REPOSITORIES: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))[
    "repos"
]
HOOKS = [hook for one in REPOSITORIES for hook in one["hooks"]]
ASKS_THE_NETWORK = {".ci/audit"}


def commands_of(target: str) -> list[str]:
    """Return what a target of the Makefile runs."""
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("$(BIN)", ".venv/bin")
    recipe = re.search(rf"^{target}:.*\n((?:\t.+\n)+)", makefile, re.MULTILINE)
    assert recipe, target
    return [line.strip("\t@") for line in recipe[1].splitlines()]


def test_the_hooks_are_the_quick_part_of_make_check() -> None:
    assert [hook["entry"] for hook in HOOKS] == [
        one for one in commands_of("check-style") if one not in ASKS_THE_NETWORK
    ]
    assert "check: check-style" in (ROOT / "Makefile").read_text("utf-8")


def test_the_hooks_fetch_nothing_and_look_at_everything() -> None:
    assert {one["repo"] for one in REPOSITORIES} == {"local"}
    assert all((hook["language"], hook["pass_filenames"]) == ("system", False) for hook in HOOKS)
