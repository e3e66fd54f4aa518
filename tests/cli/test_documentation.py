"""docs/configuration.md names every key, flag and variable, and its example is sound."""

import re
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from bot.__main__ import COMMANDS
from bot.config import load
from bot.config.roles import RoleEntry, RoleLinkEntry
from bot.config.schedules import LayerEntry, ScheduleEntry
from bot.config.schema import File, LevelEntry, OnlyEntry, TeamEntry, TypeEntry
from tests.cli.loaded import command as loaded

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
OPTIONS = [
    (name, option) for name in COMMANDS for option in loaded(name).params if isinstance(option, click.Option)
]


@pytest.mark.parametrize(
    "model",
    [File, TeamEntry, LevelEntry, OnlyEntry, TypeEntry, ScheduleEntry, LayerEntry, RoleEntry, RoleLinkEntry],
)
def test_every_key_is_described(model: type[BaseModel]) -> None:
    described = " ".join(re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE))

    assert [key for key in model.model_fields if not re.search(rf"\b{key}\b", described)] == []


@pytest.mark.parametrize(("command", "option"), OPTIONS, ids=lambda value: getattr(value, "name", value))
def test_every_flag_is_described_with_its_variable_and_default(command: str, option: click.Option) -> None:
    section = PAGE.split(f"### muster {command}\n")[1].split("###")[0]
    flags = [*option.opts, *option.secondary_opts]
    row = next((line for line in section.splitlines() if f"`{flags[0]}`" in line), "")

    assert all(flag in row for flag in flags), row
    if row.startswith("|"):
        assert not option.envvar or str(option.envvar) in row
    if isinstance(option.default, str | int):
        assert f"`{option.default}`" in row


def test_the_examples_can_be_loaded(tmp_path: Path) -> None:
    short, long = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "short.yml").write_text(short)
    (tmp_path / "long.yml").write_text(long)

    assert load(tmp_path / "short.yml").fatal == ()
    assert "Database" in load(tmp_path / "long.yml").process.teams
