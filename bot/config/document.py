"""A YAML file whose every value knows on which line it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.config.names import Place
from bot.config.problems import ConfigInvalid, Problem


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where it says it."""

    name: str
    data: Any
    root: yaml.Node | None
    problems: tuple[Problem, ...] = ()

    @classmethod
    def empty(cls) -> "Document":
        return cls("", {}, None)

    def problem(self, place: Place, text: str) -> Problem:
        """Return `text` as a problem with the value at `place`."""
        return Problem(self.name, self.line(place), _spelled(place), text)

    def line(self, place: Place) -> int:
        """Return the line of `place`, or of the nearest thing around it that is in the file."""
        line, node = 1, self.root
        for step in place:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    def written(self, place: Place) -> str | None:
        """Return a plain value as it is written, or None for one that is not in the file or has parts."""
        node = self.root
        for step in place:
            found = _child(node, step)
            if found is None:
                return None
            node = found[1]
        return str(node.value) if isinstance(node, yaml.ScalarNode) else None


def read(path: Path) -> Document:
    """Return the document in the file at `path`, or raise ConfigInvalid."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ConfigInvalid(
            [f"{path}: there is no such file. Copy muster.example.yml and edit it."]
        ) from None
    except OSError as error:
        raise ConfigInvalid([f"{path}: cannot be read: {error.strerror}."]) from None
    return _parsed(str(path), raw)


def _parsed(name: str, raw: bytes) -> Document:
    try:
        root = yaml.compose(raw, Loader=yaml.SafeLoader)
        repeated = tuple(_repeated_keys(name, root, ())) if root else ()
        data = yaml.safe_load(raw)
    except yaml.MarkedYAMLError as error:
        raise ConfigInvalid([_broken(name, raw, error)]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigInvalid([f"{name}: is no YAML text in UTF-8: {error}".replace("\n", " ")]) from None
    return Document(name, {} if data is None else data, root, repeated)


def _broken(name: str, raw: bytes, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return f"{name}: is broken YAML: {error.problem}."
    said = f"{name}:{mark.line + 1}:{mark.column + 1}: is broken YAML: {error.problem}."
    started = error.context_mark
    lines = raw.decode(errors="replace").splitlines()
    about = lines[started.line if started else mark.line : mark.line + 1]
    if any("\t" in line for line in about):
        return said + " Indent with spaces, not with tabs."
    if any("#" in line for line in about):
        return said + " A # starts a comment: write the names of channels without it."
    return said


def _repeated_keys(name: str, node: yaml.Node, place: Place) -> Iterator[Problem]:
    """Yield the keys that stand twice in one mapping: YAML would silently take the last."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated_keys(name, item, (*place, index))
    if not isinstance(node, yaml.MappingNode):
        return
    first: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        here = (*place, str(key.value))
        if (before := first.setdefault(str(key.value), line)) != line:
            yield Problem(name, line, _spelled(here), f"stands on line {before} already; merge the two")
        yield from _repeated_keys(name, value, here)


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    return None


def _spelled(place: Place) -> str:
    spelled = ""
    for step in place:
        spelled += f"[{step}]" if isinstance(step, int) else f".{step}" if spelled else str(step)
    return spelled
