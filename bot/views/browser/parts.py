"""A long document in parts, each of which is a page that is quick to load; a file of it has all."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from markupsafe import escape

HEAVIEST = 28_000
"""Characters of HTML that a part comes to, about: with all that stands beside it a page stays under 60 KB."""
_PIECE = 4_000
"""Characters of a line that is too long for any part, even where each of them becomes six."""
_MARKED, _LINKED, _WRAPPED = 8, 90, 12
"""Characters of HTML about each sign of Markdown, each link and each line."""
_MOST_LINKS, _MOST_HEADINGS = 50, 60
_FENCE = re.compile(r" {0,3}(`{3,}(?!.*`)|~{3,})")
_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?\s*)?")
_HEADING = re.compile(r" {0,3}#{1,3}\s+(.*?)\s*#*")
_NAMED = re.compile(r" {0,3}\[[^\]\n]{1,200}\]:\s*\S+.*")
"""Where a link leads that is written somewhere else: `[name]: https://…`."""
_BEGINS = re.compile(r"#{1,6}\s|[-*+]\s|\d{1,9}[.)]\s")
_SLACK = 1.25


@dataclass(frozen=True, slots=True)
class Document:
    """The Markdown of each part, and the headings with the part that each is in, counted from 1."""

    parts: Sequence[str]
    headings: Sequence[tuple[str, int]]


@lru_cache(maxsize=8)
def document_in_parts(text: str) -> Document:
    """Cut a document between its blocks; what has to be cut inside of one goes on as one of its kind."""
    cut = _Cut()
    for line in _lines(text):
        cut.take(line)
    parts = cut.done()
    named = [one for one in text.split("\n") if _NAMED.fullmatch(one)][:_MOST_LINKS]
    tail = "\n\n" + "\n".join(named) if named and len(parts) > 1 else ""
    return Document(tuple(f"{one}{tail}" for one in parts), tuple(cut.headings[:_MOST_HEADINGS]))


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if _weight(line) <= HEAVIEST:
            yield line
        else:
            yield from (line[at : at + _PIECE] for at in range(0, len(line), _PIECE))


def _weight(line: str) -> int:
    if not line.strip():
        return 1
    signs, links = sum(map(line.count, "*_`|~")), line.count("](") + line.count("://")
    return len(escape(line)) + _MARKED * signs + _LINKED * links + _WRAPPED


@dataclass(slots=True)
class _Cut:
    """What was cut off, and the part that is being filled. `fence` and `table` begin what is open now."""

    parts: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    headings: list[tuple[str, int]] = field(default_factory=list)
    weight: int = 0
    fence: str = ""
    table: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        weight = _weight(line)
        if self.lines and self.weight + weight > HEAVIEST and self._may_cut(line, weight):
            self._cut()
        self._follow(line)
        self.lines.append(line)
        self.weight += weight

    def done(self) -> list[str]:
        return [*self.parts, "\n".join(self.lines)]

    def _may_cut(self, line: str, weight: int) -> bool:
        """Say whether it may go on in another part before this line: at once where a block begins."""
        begins = bool(self.fence or self.table or _BEGINS.match(line) or not self.lines[-1].strip())
        return begins or self.weight + weight > _SLACK * HEAVIEST

    def _cut(self) -> None:
        closing = [_mark(self.fence)] if self.fence else []
        self.parts.append("\n".join([*self.lines, *closing]))
        self.lines = [self.fence] if self.fence else list(self.table)
        self.weight = sum(map(_weight, self.lines))

    def _follow(self, line: str) -> None:
        """Note what begins and ends with this line."""
        found = _FENCE.match(line)
        if self.fence:
            if found and found[1].startswith(_mark(self.fence)) and line.strip() == found[1]:
                self.fence = ""
            return
        if found:
            self.fence = line
        elif heading := _HEADING.fullmatch(line):
            self.headings.append((heading[1], len(self.parts) + 1))
        if not line.strip() or found:
            self.table = []
        elif not self.table and self.lines and "|" in self.lines[-1] and _RULE.fullmatch(line):
            self.table = [self.lines[-1], line]


def _mark(fence: str) -> str:
    found = _FENCE.match(fence)
    return found[1] if found else ""
