"""A YAML file whose every value knows on which line it stands."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.config.names import Place
from bot.config.problems import ConfigInvalid, Problem

LARGEST = 1_000_000
"""Bytes. An organisation with a hundred teams writes less than a tenth."""
DEEPEST = 32
MOST_VALUES = 10_000
_RENAMED = {"doors": "contact_methods"}
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(yaml.SafeLoader):
    """Reads dates and times of day as they are written.

    YAML 1.1 makes 1020 of 17:00, and of a 29 February that a year lacks an error without its line.
    """

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> Any:
        tag = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call] # of PyYAML
        plain = tag in {f"tag:yaml.org,2002:{name}" for name in ("timestamp", "int", "float")}
        return self.DEFAULT_SCALAR_TAG if plain and re.search(r"\d[:-]\d", value or "") else tag


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where it says it. Keys that stand twice in one mapping are `repeated`."""

    name: str
    data: Any
    root: yaml.Node | None
    repeated: dict[Place, Problem] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> "Document":
        return cls("", {}, None)

    def taken(self, place: Place) -> list[Problem]:
        """Return what is repeated at or within `place`, and count it no more: it is left out as a whole."""
        within = [one for one in self.repeated if one[: len(place)] == place]
        return [self.repeated.pop(one) for one in within]

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
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise ConfigInvalid(
            [f"{path}: there is no such file. Copy muster.example.yml and edit it."]
        ) from None
    except OSError as error:
        raise ConfigInvalid([f"{path}: cannot be read: {error.strerror}."]) from None
    if len(raw) > LARGEST:
        raise ConfigInvalid([f"{path}: has more than {LARGEST} bytes, and no configuration is so long."])
    return _parsed(str(path), raw)


def _parsed(name: str, raw: bytes) -> Document:
    try:
        if problem := _too_much(name, raw):
            raise ConfigInvalid([problem.sentence])
        loader = _Loader(raw)
        root = loader.get_single_node()
        _renamed(root)
        repeated = dict(_repeated_keys(name, root, ())) if root else {}
        data = loader.construct_document(root) if root else None
    except yaml.MarkedYAMLError as error:
        raise ConfigInvalid([_broken(name, raw, error)]) from None
    except (yaml.YAMLError, ValueError) as error:  # such as a number of 5000 digits
        raise ConfigInvalid([f"{name}: is no YAML text in UTF-8: {error}".replace("\n", " ")]) from None
    return Document(name, {} if data is None else data, root, repeated)


def _renamed(root: yaml.Node | None) -> None:
    """Read what has an earlier name under its present one. Both together are refused as a repeated key."""
    for key, _ in root.value if isinstance(root, yaml.MappingNode) else ():
        key.value = _RENAMED.get(str(key.value), key.value)


def _too_much(name: str, raw: bytes) -> Problem | None:
    """Return what would take for ever to read: YAML can hold far more than it has bytes.

    Only the parser's events are looked at, which grow with the file; a mapping that an alias repeats counts
    as often as it stands there. What is broken otherwise is found by whoever reads it all.
    """
    open_nodes: list[tuple[str | None, int]] = [(None, 0)]
    sizes: dict[str, int] = {}
    with suppress(yaml.YAMLError):
        for event in yaml.parse(raw, Loader=_FAST):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.CollectionStartEvent):
                open_nodes.append((event.anchor, 1))
            elif isinstance(event, yaml.CollectionEndEvent):
                anchor, size = open_nodes.pop()
                sizes |= {anchor: size} if anchor else {}
                open_nodes[-1] = (open_nodes[-1][0], open_nodes[-1][1] + size)
            elif isinstance(event, yaml.AliasEvent | yaml.ScalarEvent):
                alias = str(event.anchor) if isinstance(event, yaml.AliasEvent) else ""
                if alias and alias in {anchor for anchor, _ in open_nodes}:
                    return Problem(name, line, "", f"`*{alias}` stands inside of what it repeats")
                open_nodes[-1] = (open_nodes[-1][0], open_nodes[-1][1] + sizes.get(alias, 1))
            if len(open_nodes) > DEEPEST:
                return Problem(name, line, "", f"is nested more than {DEEPEST} levels deep")
            if sum(size for _, size in open_nodes) > MOST_VALUES:
                return Problem(name, line, "", f"there are more than {MOST_VALUES} values, aliases included")
    return None


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


def _repeated_keys(name: str, node: yaml.Node, place: Place) -> Iterator[tuple[Place, Problem]]:
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
        if before := first.get(str(key.value)):
            text = f"stands on line {before} already; merge the two"
            yield here, Problem(name, line, _spelled(here), text)
        first.setdefault(str(key.value), line)
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
