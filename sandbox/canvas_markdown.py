"""The Markdown that a canvas takes: parted into sections; what Slack refuses is named with its line.

Slack's reference lists what works (headings to the third level, lists, checklists, quotes, code, tables of
300 cells, dividers, links, mentions). What it does not list is refused here.
"""

import re
from collections.abc import Callable, Iterator

LARGEST = 1024 * 1024
"""Characters of one `document_content`."""
MOST_CELLS = 300
_FENCE = re.compile(r" {0,3}(`{3,}(?!.*`)|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_DIVIDER = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[-+*]|\d{1,9}[.)])(?:[ \t]+|$)(?P<said>.*)")
_QUOTE = re.compile(r" {0,3}>[ ]?(?P<said>.*)")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_INERT = re.compile(r"\\[!-/:-@\[-`{-~]|(`+)(?!`).+?(?<!`)\1(?!`)")
"""What is escaped, and what stands in code."""
_HTML = re.compile(r"<(?:/?[A-Za-z][\w-]*(?:\s[^>]*)?/?>|!--)")
_IMAGE = re.compile(r"!\[[^\]]*\]\((?!@[UW]|#[CG]|https://)")

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_ASIDE = 0x10FF00
"""Signs that no text has."""

Section = tuple[str, str]
"""What kind it is (h1, h2, h3, list, quote, code, table, divider, text), and its Markdown."""


class Unsupported(Exception):
    """A line that a canvas does not take; the text is Slack's `detail`."""


def sections(text: str) -> list[Section]:
    """Part Markdown into what Slack addresses by section ids. Raises Unsupported."""
    lines = text.replace("\r\n", "\n").split("\n")
    return list(_parted(lines))


def words(section: str) -> str:
    """The text of a section as one reads it."""
    # What is escaped stands aside meanwhile, so that it is taken for no sign.
    bare = _ESCAPED.sub(lambda found: chr(_ASIDE + ord(found[1])), section)
    bare = re.sub(r"!?\[([^\]]*)\]\([^)\s]*\)", r"\1", bare)
    bare = re.sub(r"^[ \t]*(?:#{1,3}|>|[-+*]|\d+[.)])[ \t]+", "", bare, flags=re.MULTILINE)
    bare = re.sub(r"\*\*|~~|[*`|]|(?<!\w)_|_(?!\w)", "", bare)
    return "".join(chr(ord(one) - _ASIDE) if ord(one) > _ASIDE else one for one in bare)


def _parted(lines: list[str]) -> Iterator[Section]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
            continue
        kind, end = _kind(lines, at)
        _CHECKS[kind](lines[at:end], at + 1)
        yield _named(kind, line), "\n".join(lines[at:end])
        at = end


def _kind(lines: list[str], at: int) -> tuple[str, int]:
    """What begins at a line, and where it ends."""
    line = lines[at]
    if fence := _FENCE.match(line):
        close = re.compile(rf" {{0,3}}{re.escape(fence[1][0])}{{{len(fence[1])},}}[ \t]*$")
        after = (n for n in range(at + 1, len(lines)) if close.match(lines[n]))
        return "code", next(after, len(lines) - 1) + 1
    for kind, sign in (("heading", _HEADING), ("divider", _DIVIDER)):
        if sign.match(line):
            return kind, at + 1
    for kind, begins, belongs in _BLOCKS:
        if begins(lines, at):
            return kind, _until(lines, at, belongs)
    return "text", _until(lines, at, lambda one: not _begins(one))


def _table_begins(lines: list[str], at: int) -> bool:
    below = lines[at + 1] if at + 1 < len(lines) else ""
    return "|" in lines[at] and "|" in below and bool(_RULE.match(below))


_BLOCKS: tuple[tuple[str, Callable[[list[str], int], bool], Callable[[str], bool]], ...] = (
    ("table", _table_begins, lambda one: "|" in one),
    ("quote", lambda lines, at: bool(_QUOTE.match(lines[at])), lambda one: bool(_QUOTE.match(one))),
    (
        "list",
        lambda lines, at: bool(_ITEM.match(lines[at])),
        lambda one: bool(_ITEM.match(one)) or one[:1] in " \t",
    ),
)


def _until(lines: list[str], at: int, belongs: Callable[[str], bool]) -> int:
    end = at + 1
    while end < len(lines) and lines[end].strip() and belongs(lines[end]):
        end += 1
    return end


def _begins(line: str) -> bool:
    return any(sign.match(line) for sign in (_FENCE, _HEADING, _DIVIDER, _QUOTE, _ITEM))


def _named(kind: str, line: str) -> str:
    heading = _HEADING.match(line)
    return f"h{len(heading[1])}" if kind == "heading" and heading else kind


def _inline(lines: list[str], number: int) -> None:
    for offset, line in enumerate(lines):
        bare = _INERT.sub("", line)
        if _HTML.search(bare):
            raise Unsupported(f"line {number + offset}: Unsupported HTML")
        if _IMAGE.search(bare):
            raise Unsupported(f"line {number + offset}: Unsupported image")


def _heading(lines: list[str], number: int) -> None:
    found = _HEADING.match(lines[0])
    if found and len(found[1]) > 3:
        raise Unsupported(f"line {number}: Unsupported heading depth ({len(found[1])})")
    _inline(lines, number)


def _table(lines: list[str], number: int) -> None:
    rows = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in (lines[0], *lines[2:])]
    width = len(rows[0])
    if width * len(rows) > MOST_CELLS or any(len(row) > width for row in rows):
        raise Unsupported(f"line {number}: Unsupported table type")
    _inline(lines, number)


def _quote(lines: list[str], number: int) -> None:
    inner = [found["said"] for line in lines if (found := _QUOTE.match(line))]
    for offset, line in enumerate(inner):
        if _begins(line) or _RULE.match(line or "x"):
            raise Unsupported(f"line {number + offset}: Unsupported block in a quote")
    _inline(inner, number)


def _list(lines: list[str], number: int) -> None:
    """Lists nest in lists of their own kind only, and nothing else stands in an item."""
    outer: list[tuple[int, bool]] = []
    for offset, line in enumerate(lines):
        found = _ITEM.match(line)
        if not found:
            if _begins(line.strip()):
                raise Unsupported(f"line {number + offset}: Unsupported block in a list item")
            continue
        indent, counted = len(found["indent"].expandtabs(4)), found["mark"][0].isdigit()
        while outer and outer[-1][0] >= indent:
            outer.pop()
        if outer and outer[-1][1] != counted:
            raise Unsupported(f"line {number + offset}: Unsupported nesting of lists")
        if any(sign.match(found["said"]) for sign in (_FENCE, _HEADING, _QUOTE)):
            raise Unsupported(f"line {number + offset}: Unsupported block in a list item")
        outer.append((indent, counted))
    _inline(lines, number)


def _any(lines: list[str], number: int) -> None:
    """What is written in code, and a divider, is taken as it is."""


_CHECKS = {
    "code": _any,
    "divider": _any,
    "heading": _heading,
    "table": _table,
    "quote": _quote,
    "list": _list,
    "text": _inline,
}
