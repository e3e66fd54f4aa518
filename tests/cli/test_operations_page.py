"""docs/operations.md and its units name commands, flags, files and tests that exist."""

import os
import re
import shlex
from configparser import RawConfigParser
from pathlib import Path

import click
import pytest

from bot.__main__ import COMMANDS as PROGRAM
from tests.cli.loaded import command as loaded

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
UNITS = sorted((ROOT / "docs" / "systemd").iterdir())

MUSTER = re.compile(r"(?:^|[ /`'])muster ((?:run|check|backup|restore|move|sandbox)\b[^`\n]*)", re.MULTILINE)
BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
TEXT = [unit.read_text(encoding="utf-8").replace("'\n", "\n") for unit in UNITS]
COMMANDS = sorted({found.strip() for text in (BLOCKS, *TEXT) for found in MUSTER.findall(text)})


def test_the_search_finds_what_the_page_certainly_names() -> None:
    assert {shlex.split(command)[0] for command in COMMANDS} == {"run", "check", "backup", "restore", "move"}
    assert len(COMMANDS) > 8


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_one(command: str) -> None:
    name, *arguments = shlex.split(command.replace("/etc/muster/muster.env", os.devnull))

    loaded(name).make_context(name, arguments, resilient_parsing=False).close()


def test_what_only_the_user_muster_may_read_is_touched_by_that_user() -> None:
    lines = [line for line in BLOCKS.splitlines() if "bin/muster " in line and "/var/lib/" in line]

    assert len(lines) > 4
    assert [
        line for line in lines if not re.match(r"sudo (--preserve-env=PGPASSWORD )?-u muster ", line)
    ] == []


def test_every_flag_in_the_text_is_one() -> None:
    flags = set(re.findall(r"`muster \w+ (--[a-z-]+)`", PAGE))
    known = {flag for one in map(loaded, PROGRAM) for option in one.params for flag in option.opts}

    assert flags <= known


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_can_be_read_and_belong_together(unit: Path) -> None:
    parsed = RawConfigParser(strict=True)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their case
    parsed.read_string(unit.read_text(encoding="utf-8"))

    assert "Unit" in parsed
    assert unit.name in PAGE
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service") in UNITS


def test_what_the_unit_waits_for_is_longer_than_a_stop_takes() -> None:
    service = (ROOT / "docs" / "systemd" / "muster.service").read_text(encoding="utf-8")
    wait = re.search(r"^TimeoutStopSec=(\d+)$", service, re.MULTILINE)

    assert wait
    assert int(wait[1]) >= 10
    assert "Restart=always" in service


def test_click_is_what_parses_them() -> None:
    with pytest.raises(click.UsageError):
        loaded("backup").make_context("backup", ["--no-such-flag"])
