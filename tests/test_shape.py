"""How the code has to look, where a linter cannot say it."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = ("bot", "handlers", "storage", "scheduler", "sandbox")
CLOCKS = {"bot/clock.py", "sandbox/clock.py"}
GUESSED_BY_NOBODY = {
    "sandbox/credentials.py",
    "bot/cli/sources.py",
    "bot/cli/token.py",
    "bot/cli/by_api.py",
    "bot/cli/mcp.py",
    "bot/cli/assistants.py",
    "bot/cli/webhooks.py",
    "bot/integrations/calls/calls.py",
    "bot/web/sessions.py",
}

MAY_AWAIT = (
    "bot/integrations/",
    "handlers/",
    "scheduler/",
    "sandbox/",
    "bot/app.py",
    "bot/cli/checks/",
    "bot/cli/sandbox.py",
    "bot/clock.py",
    "bot/web/connections.py",
    "bot/web/public_page.py",
    "bot/unit_of_work.py",
    "bot/gathering.py",
    "bot/answering.py",
    "bot/health/metrics.py",
    "bot/rehearsal/",
    "bot/health/probes.py",
    "bot/cli/serve.py",
    "bot/web/server.py",
    "storage/postgres_news.py",
)
MAY_CATCH_ALL = (
    "scheduler/",
    "handlers/refusals.py",
    "handlers/browser/site.py",
    "bot/integrations/carrier.py",
)

TELLING_TIME = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.sleep",
    "uuid.uuid1",
    "uuid.uuid4",
    "os.urandom",
}
ROLLING_DICE = {"random", "secrets", "uuid"}

LONGEST_FUNCTION = 40
TRANSLATIONS = {"person_of"}
"""Public functions beside the operations that turn a payload of Slack's into a value."""

ELSEWHERE = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|proxy\.golang\.org|registry\.[a-z]|artifactory|/simple/"
    r"|--(extra-)?index-url[ =]https?:"
    r"|(?<![\w.])/(work|root|home|Users|tmp)/\w",
)

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def trees(folder: str) -> list[tuple[str, ast.Module]]:
    """Return the path and the syntax of every module of a folder."""
    files = sorted((ROOT / folder).rglob("*.py"))
    return [(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))) for path in files]


@cache
def walked(folder: str) -> list[tuple[str, list[ast.AST]]]:
    """Return every node of each module: to walk there takes longer than to look at it."""
    return [(path, list(ast.walk(tree))) for path, tree in trees(folder)]


def found(matches: Callable[[ast.AST], bool], *folders: str) -> Iterator[tuple[str, ast.AST]]:
    for path, nodes in (one for folder in folders for one in walked(folder)):
        yield from ((path, node) for node in nodes if matches(node))


def where(path: str, node: ast.AST) -> str:
    return f"{path}:{getattr(node, 'lineno', 0)}"


def dotted(node: ast.AST) -> str:
    """Return `datetime.now` for `datetime.now` and `datetime.datetime.now` alike."""
    if isinstance(node, ast.Attribute):
        owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        return f"{owner}.{node.attr}"
    return ""


def imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return set()


def tells_time(node: ast.AST) -> bool:
    return dotted(node) in TELLING_TIME or bool(imported(node) & (ROLLING_DICE | TELLING_TIME))


def is_function(node: ast.AST) -> bool:
    return isinstance(node, Function)


def test_only_the_clock_knows_the_time_and_rolls_dice() -> None:
    may = CLOCKS | GUESSED_BY_NOBODY
    offenders = [where(path, node) for path, node in found(tells_time, *PROGRAM) if path not in may]

    assert offenders == []


def test_only_what_meets_the_outside_awaits() -> None:
    coroutines = found(lambda node: isinstance(node, ast.AsyncFunctionDef), *PROGRAM)

    assert [where(path, node) for path, node in coroutines if not path.startswith(MAY_AWAIT)] == []


def test_every_import_stands_at_the_top() -> None:
    offenders = []
    for path, nodes in (one for folder in (*PROGRAM, "tests") for one in walked(folder)):
        inside = {
            line
            for node in nodes
            if isinstance(node, Function)
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        }
        imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
        offenders += [where(path, node) for node in imports if node.lineno in inside]

    assert offenders == []


def test_functions_are_short() -> None:
    lengths = {
        where(path, node): node.end_lineno - node.lineno + 1
        for path, node in found(is_function, *PROGRAM)
        if isinstance(node, Function) and node.end_lineno
    }

    assert {place: lines for place, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_fakes_are_written_and_not_patched() -> None:
    def mocks(node: ast.AST) -> bool:
        return any(name.split(".")[0] == "mock" or ".mock" in name for name in imported(node))

    assert [where(path, node) for path, node in found(mocks, *PROGRAM, "tests")] == []


def catches_all(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(one is None or getattr(one, "id", "") in {"Exception", "BaseException"} for one in caught)


def test_only_a_loop_that_must_go_on_catches_everything_and_it_logs() -> None:
    handlers = list(found(catches_all, *PROGRAM))

    assert [where(path, node) for path, node in handlers if not path.startswith(MAY_CATCH_ALL)] == []
    assert [where(path, node) for path, node in handlers if "log.exception(" not in ast.unparse(node)] == []


def test_every_operation_takes_the_transaction_first() -> None:
    offenders = []
    for path, tree in trees("bot/operations"):
        for node in tree.body:
            if isinstance(node, Function) and not node.name.startswith("_"):
                first = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)][:1]
                if first != ["tx"] and node.name not in TRANSLATIONS:
                    offenders.append(f"{where(path, node)} {node.name}")

    assert offenders == []


def test_operations_and_storage_call_nothing_that_waits() -> None:
    def reaches_out(node: ast.AST) -> bool:
        outside = {"aiohttp", "slack_sdk", "slack_bolt", "requests", "urllib", "socket", "asyncio"}
        return any(name.split(".")[0] in outside for name in imported(node))

    assert [where(path, node) for path, node in found(reaches_out, "bot/operations", "storage")] == []


def test_only_the_storage_speaks_sql() -> None:
    def speaks(node: ast.AST) -> bool:
        return dotted(node) in {f"tx.{name}" for name in ("all", "one", "execute", "each", "write")}

    assert [where(path, node) for path, node in found(speaks, "bot", "handlers", "scheduler")] == []
    assert any(found(speaks, "storage"))


def test_no_tracked_file_names_a_registry_or_a_place_of_one_machine() -> None:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    own = Path(__file__).relative_to(ROOT).as_posix()
    offenders = []
    for name in listing.stdout.split("\0"):
        if not name or name == own or not (ROOT / name).is_file():
            continue
        text = (ROOT / name).read_text("utf-8", errors="replace")
        offenders += [f"{name}: {match.group()}" for match in ELSEWHERE.finditer(text)]

    assert offenders == []


@pytest.mark.parametrize(
    ("source", "guilty"),
    [
        ("import datetime\ndatetime.datetime.now()", True),
        ("from datetime import datetime\ndatetime.now(UTC)", True),
        ("from time import time", True),
        ("import random", True),
        ("from uuid import uuid4", True),
        ("clock.now()", False),
        ("from datetime import UTC, datetime", False),
        ("import time\ntime.strftime('')", False),
    ],
)
def test_the_rule_about_time_sees_what_it_should(source: str, guilty: bool) -> None:
    assert any(tells_time(node) for node in ast.walk(ast.parse(source))) is guilty


@pytest.mark.parametrize(
    ("source", "guilty"),
    [
        ("except Exception", True),
        ("except (ValueError, BaseException)", True),
        ("except", True),
        ("except ValueError", False),
        ("except (OSError, ValueError)", False),
    ],
)
def test_the_rule_about_catching_sees_what_it_should(source: str, guilty: bool) -> None:
    tree = ast.parse(f"try:\n    x\n{source}:\n    y")

    assert any(catches_all(node) for node in ast.walk(tree)) is guilty
