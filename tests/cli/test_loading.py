"""A command loads only what it needs: everybody who types one waits for that."""

import subprocess
import sys

import pytest

UNNEEDED = {
    "--help": {"aiohttp", "pydantic", "slack_sdk", "sqlite3", "storage", "yaml"},
    "--version": {"aiohttp", "pydantic", "slack_sdk", "sqlite3", "storage", "yaml"},
    "blocked": {
        "aiohttp",
        "apprise",
        "apscheduler",
        "handlers",
        "jinja2",
        "psycopg",
        "sandbox",
        "scheduler",
        "slack_sdk",
    },
    "check": {"apscheduler", "handlers", "jinja2", "psycopg", "sandbox", "scheduler", "slack_bolt"},
    "manifest": {"aiohttp", "apprise", "slack_sdk"},
    "migrate": {"aiohttp", "slack_sdk"},
    "oncall": {"apscheduler", "handlers", "jinja2", "psycopg", "sandbox", "scheduler", "slack_sdk"},
    "run": {"apprise", "icalendar", "psycopg", "sandbox"},
    "simulate": {"icalendar", "sandbox"},
}
LOADED = """
import sys
from bot.__main__ import main
main(sys.argv[1:], standalone_mode=False)
print()
print(*sys.modules)
"""


@pytest.mark.parametrize("command", UNNEEDED)
def test_a_command_loads_only_what_it_needs(command: str) -> None:
    asked = [sys.executable, "-c", LOADED, command, *([] if command.startswith("-") else ["--help"])]
    done = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=60)

    assert UNNEEDED[command] & set(done.stdout.splitlines()[-1].split()) == set()
