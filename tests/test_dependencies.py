"""No version with a known hole may be installed, and what is locked is at least what is asked for."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ASKED = [
    *PROJECT["dependencies"],
    *(one for extra in PROJECT["optional-dependencies"].values() for one in extra),
]
FLOORS = {
    name.lower(): floor
    for asked in ASKED
    for name, floor in re.findall(r"^([\w-]+)(?:\[\w+\])?>=([\d.]+)", asked)
}
SAFE = {"aiohttp": "3.14.3", "jinja2": "3.1.6", "pyyaml": "5.4", "pydantic": "2.4"}
"""The first versions without holes that are known of our direct dependencies."""


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text("utf-8")
    return dict(re.findall(r"^([\w.-]+)(?:\[\w+\])?==([\d.]+)", text, re.MULTILINE))


def test_every_dependency_has_a_floor() -> None:
    assert len(FLOORS) == len(ASKED)


@pytest.mark.parametrize(("name", "safe"), SAFE.items())
def test_no_floor_is_below_the_first_safe_version(name: str, safe: str) -> None:
    assert number(FLOORS[name]) >= number(safe)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_what_is_locked_is_not_below_its_floor_and_has_hashes(lock: str) -> None:
    versions = locked(lock)

    assert len(versions) > 20
    below = {
        name: versions[name]
        for name in FLOORS
        if name in versions and number(versions[name]) < number(FLOORS[name])
    }
    assert below == {}
    assert (ROOT / lock).read_text("utf-8").count("--hash=sha256:") > len(versions)


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ("", 0, "skipped, as no database"),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', 0, "1 packages, 0 known"),
        (
            '{"dependencies": [{"name": "a", "version": "1", "vulns": '
            '[{"id": "CVE-1", "fix_versions": ["2"]}]}]}',
            1,
            "a 1 has CVE-1, fixed in 2",
        ),
    ],
)
def test_the_audit_fails_only_for_what_it_found(tmp_path: Path, answer: str, code: int, said: str) -> None:
    tool = tmp_path / "pip-audit"
    tool.write_text(f"#!/bin/sh\necho '{answer}'\n")
    tool.chmod(0o755)

    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "audit")],
        check=False,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == code
    assert said in done.stdout
