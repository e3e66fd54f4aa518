"""The wheel carries what an operator needs, and each way of installing it gives a program that works."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARE = "muster_bot-0.1.0.data/data/share/muster"
SYSTEM_PYTHON = "/usr/bin/python3"
USABLE = subprocess.run([SYSTEM_PYTHON, str(ROOT / ".ci" / "usable")], check=False, capture_output=True)


SECONDS = 240
"""How long one step of an installation may take on a slow machine with a slow index."""


def ran(*command: str, **environ: str) -> str:
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    # uv trusts its own certificates, and so reaches no index behind a proxy that pip is set up for.
    if done.returncode != 0 and "Failed to fetch" in done.stdout:
        pytest.skip("uv reaches no package index on this machine, so installing with it was not tried")
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    ran(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    [built] = folder.glob("*.whl")
    return built


def test_the_wheel_carries_example_units_manifest_and_documents(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    wanted = ["muster.example.yml", "manifest.yml", "LICENSE", "README.md", "docs/operations.md"]
    wanted += ["docs/systemd/muster.service", "docs/kubernetes/deploy.yml"]
    assert {f"{SHARE}/{name}" for name in wanted} <= names
    assert {"bot/manifest.yml", "sandbox/muster.yml"} <= names
    assert [name for name in names if name.startswith("tests/")] == []


@pytest.mark.proof
@pytest.mark.timeout(3 * SECONDS)
@pytest.mark.parametrize("tool", ["pip", "uv", "pipx"])
def test_it_works_in_a_clean_environment(tmp_path: Path, wheel: Path, tool: str) -> None:
    asked = f"{wheel}[postgres]"
    where = {name: str(tmp_path / name) for name in ("UV_TOOL_DIR", "PIPX_HOME")}
    where |= {name: str(tmp_path / "bin") for name in ("UV_TOOL_BIN_DIR", "PIPX_BIN_DIR")}
    ran(sys.executable, "-m", "venv", str(tmp_path))
    pip = str(tmp_path / "bin" / "pip")
    if tool == "pip":
        ran(pip, "install", "--quiet", asked)
    else:
        ran(pip, "install", "--quiet", tool)
        ran(str(tmp_path / "bin" / tool), *(["tool"] if tool == "uv" else []), "install", asked, **where)

    program = str(tmp_path / "bin" / "muster")

    assert "muster, version" in ran(program, "--version")
    assert "socket_mode_enabled" in ran(program, "manifest")


@pytest.mark.proof
@pytest.mark.timeout(3 * SECONDS)
@pytest.mark.skipif(USABLE.returncode != 0, reason=f"{SYSTEM_PYTHON} is not one for services here")
def test_make_install_gives_what_another_user_can_run(tmp_path: Path) -> None:
    prefix = tmp_path / "muster"

    said = ran("make", "install", f"PREFIX={prefix}", f"PYTHON={SYSTEM_PYTHON}")
    packages = next((prefix / ".venv" / "lib").iterdir()) / "site-packages"

    assert "muster, version" in said
    assert [name for name in ("mypy", "playwright", "pytest") if (packages / name).exists()] == []
    assert (packages / "psycopg").is_dir()
    assert f"ExecStart={prefix}/.venv/bin/muster run" in (prefix / "systemd" / "muster.service").read_text()
    assert (prefix / "share" / "muster.example.yml").is_file()
    closed = [path for path in prefix.rglob("*") if not path.is_symlink() and not path.stat().st_mode & 0o004]
    assert closed == []


@pytest.mark.parametrize("prefix", ["{}/my apps", "muster", "", "/"])
def test_a_prefix_that_would_be_another_folder_is_refused_and_nothing_is_touched(
    tmp_path: Path, prefix: str
) -> None:
    kept = tmp_path / "my" / ".venv" / "kept"
    kept.parent.mkdir(parents=True)
    kept.touch()

    done = subprocess.run(
        ["make", "install", f"PREFIX={prefix.format(tmp_path)}", "PYTHON=false"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode != 0
    assert "expected an absolute path without spaces" in done.stdout
    assert kept.exists()


def test_a_python_that_a_service_could_not_run_is_refused_with_a_way(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    usable = f"import sys; sys.executable = {str(folder / 'python')!r}; exec(open('.ci/usable').read())"

    done = subprocess.run(
        [sys.executable, "-c", usable], check=False, cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "cannot be run by another user" in done.stderr
    assert "PYTHON=/usr/bin/python3" in done.stderr
