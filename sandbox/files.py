"""YAML files, with the line of everything in them, so that what is wrong can be pointed at."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sandbox.errors import Unusable

Place = tuple[str | int, ...]
LARGEST = 1_000_000
"""Bytes: a workspace of thousands of people."""
DEEPEST = 32
MOST_VALUES = 200_000
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NAMES = {str: "text", bool: "true or false", list: "a list", dict: "keys with values"}


@dataclass
class YamlFile:
    """What a file says, and what was found wrong with it so far."""

    path: Path
    data: Any
    lines: dict[Place, int]
    problems: list[str] = field(default_factory=list)

    def wrong(self, place: Place, said: str) -> None:
        self.problems.append(f"{self.path}:{self.line(place)}: {_dotted(place)}{said}")

    def line(self, place: Place) -> int:
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place, 1)

    def has(self, place: Place, value: Any, kind: type) -> bool:
        """Whether the value is of that kind; it is noted when it is not."""
        if isinstance(value, kind):
            return True
        self.wrong(place, f"found {_short(value)}, expected {NAMES[kind]}")
        return False

    def fields(self, place: Place, value: Any, known: dict[str, type], required: tuple[str, ...]) -> bool:
        """Whether it is an object with just these fields; everything else is noted."""
        if not self.has(place, value, dict):
            return False
        before = len(self.problems)
        for name, held in value.items():
            if name in known:
                self.has((*place, name), held, known[name])
            else:
                self.wrong((*place, name), f"is not known here; expected one of {', '.join(known)}")
        for name in required:
            if name not in value:
                self.wrong(place, f"has no {name}")
        return len(self.problems) == before

    def done(self) -> None:
        if self.problems:
            raise Unusable(*self.problems)


def read_yaml(path: Path) -> YamlFile:
    """Raises Unusable when it is not there, not YAML, or more than a person writes."""
    text = read_text(path, LARGEST)
    try:
        _check_depth(path, text)
        loader = _FAST(text)
        root = loader.get_single_node()
        lines = dict(_counted(path, root)) if root else {}
        return YamlFile(path, loader.construct_document(root) if root else None, lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise Unusable(f"{where}: not YAML: {getattr(error, 'problem', None) or error}") from None
    except ValueError as error:  # such as the date 2026-13-45
        raise Unusable(f"{path}: not YAML: {error}") from None


def read_text(path: Path, largest: int) -> str:
    """Return the text in a file. Raises Unusable."""
    try:
        with path.open("rb") as file:
            raw = file.read(largest + 1)
        text = raw.decode()
    except FileNotFoundError:
        raise Unusable(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{path}: cannot be read: {error}") from None
    if len(raw) > largest:
        raise Unusable(f"{path}: has more than {largest:,} bytes, and is not read")
    return text


def _check_depth(path: Path, text: str) -> None:
    """Refuse what nests too deep to be walked. Only the parser's events are looked at, one by one."""
    depth = 0
    for event in yaml.parse(text, Loader=_FAST):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise Unusable(f"{path}:{line}: is nested more than {DEEPEST} levels deep")


def _counted(path: Path, root: yaml.Node) -> Iterator[tuple[Place, int]]:
    """Return where everything is. What an alias repeats counts each time, and may not hold itself."""
    for count, (place, line) in enumerate(_lines(root, ())):
        if len(place) > DEEPEST:
            raise Unusable(f"{path}:{line}: an alias (*) stands inside of what it repeats, or nests too deep")
        if count > MOST_VALUES:
            raise Unusable(f"{path}:{line}: there are more than {MOST_VALUES:,} values, aliases included")
        yield place, line


def _lines(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            yield from _lines(value, (*place, name))
            yield (*place, name), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _lines(item, (*place, number))


def _dotted(place: Place) -> str:
    said = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return f"{said.removeprefix('.')}: " if said else ""


def _short(value: Any) -> str:
    said = "nothing" if value is None else repr(value)
    return said if len(said) <= 60 else f"{said[:57]}..."
