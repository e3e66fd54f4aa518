"""The documents name files, things and layers that are there, and lead to each other."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")),
)
OF_THE_CODE = ("docs/architecture.md", "CONTRIBUTING.md")
"""Documents that name parts of the program."""
FOLDERS = ("bot", "handlers", "storage", "scheduler", "sandbox", "tests", "docs")

PATH = re.compile(rf"(?<![\w./:-])(?:{'|'.join(FOLDERS)})/[\w./-]*\w/?")
ROOT_FILE = re.compile(r"`(\.?[\w-]+\.(?:md|yml|yaml|toml|lock))`")
QUOTED = re.compile(r"`([^`\n]+)`")
NAME = re.compile(r"(?:\w+\.)*(?P<name>\w+)(?:\(\))?")
WRITTEN_BY_THE_OPERATOR = {"muster.yml"}


def text_of(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


@cache
def words() -> frozenset[str]:
    """Return every word of the program, its tests and what it is built with, but for this module's."""
    own = Path(__file__)
    files = [path for folder in FOLDERS[:-1] for path in (ROOT / folder).rglob("*.py") if path != own]
    files += [ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / ".ci" / "run"]
    return frozenset(word for path in files for word in re.findall(r"\w+", path.read_text("utf-8")))


def files_named(text: str) -> set[str]:
    return {*PATH.findall(text), *ROOT_FILE.findall(text)} - WRITTEN_BY_THE_OPERATOR


def names_named(text: str) -> set[str]:
    """Return what is quoted and can only be a name of ours: `tx.now`, `PageRaised`, `VISIBLE`."""
    found = {match["name"] for one in QUOTED.findall(text) if (match := NAME.fullmatch(one)) and _ours(one)}
    return {name for name in found if name not in {"md", "yml", "toml", "py"}}


def _ours(quoted: str) -> bool:
    return bool(re.search(r"[._]|[A-Z]", quoted))


def anchors(document: str) -> set[str]:
    """Return the headings as GitHub links to them."""
    headings = re.findall(r"^#+ (.+)$", text_of(document), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("document", OF_THE_CODE)
def test_every_file_that_is_named_is_there(document: str) -> None:
    named = files_named(text_of(document))

    assert len(named) > 10
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


@pytest.mark.parametrize("document", OF_THE_CODE)
def test_every_name_is_one_of_the_program(document: str) -> None:
    assert sorted(names_named(text_of(document)) - words()) == []


def test_the_layers_are_those_that_are_checked() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")

    assert "\n".join(layers) in text_of("docs/architecture.md")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", text_of(document)):
        file, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (ROOT / document).parent / file if file else ROOT / document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.resolve().relative_to(ROOT).as_posix()), link


@pytest.mark.parametrize("document", ["docs/operations.md", "README.md"])
def test_every_test_that_is_named_is_there(document: str) -> None:
    tests = re.findall(r"`(tests/[^`]+)`", text_of(document))

    assert [test for test in tests if not (ROOT / test).exists()] == []


def test_the_readme_leads_to_every_document() -> None:
    readme = text_of("README.md")

    assert [document for document in DOCUMENTS[1:] if document not in readme] == []


@pytest.mark.parametrize(
    ("text", "files", "names"),
    [
        ("`bot/uow.py` and storage/nowhere.py.", {"bot/uow.py", "storage/nowhere.py"}, set()),
        ("tests in `tests/views/`, `Makefile`", {"tests/views/"}, {"Makefile"}),
        ("`tx.record(fact)` and `tx.record` of `NoSuchFact`", set(), {"record", "NoSuchFact"}),
        ("`/slack/events`, `pending`, `INC-7`, `pyproject.toml`", {"pyproject.toml"}, set()),
    ],
)
def test_the_search_sees_what_it_should(text: str, files: set[str], names: set[str]) -> None:
    assert (files_named(text), names_named(text)) == (files, names)
