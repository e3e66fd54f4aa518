"""The document of a review in the Markdown of Slack's canvases, which knows less than everybody else's.

Slack's reference lists what a canvas shows: headings of three levels, lists of one kind within another of the
same kind, quotes of plain lines, code, tables of 300 cells, links. Whatever else a document has is said in
these, so that Slack refuses none of it. No word of it mentions anybody, and HTML is shown as it was typed.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.incidents.incident import Incident

try:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode
except ImportError:  # an extra
    MarkdownIt = None  # type: ignore[assignment,misc]

LONGEST = 500_000
"""Bytes of a canvas. Slack takes 1 MiB at once; which size is canvas_too_large, it does not say."""
MOST_CELLS = 300
_DEEPEST = 3
"""The lowest level of headings that a canvas has."""
_SPECIAL = re.compile(r"[\\`*_\[\]<>~|]|!(?=\[|$)")
_BEGINS = re.compile(r"^([#+=-])|^(\d{1,9})([.)])", re.MULTILINE)
_BOX = re.compile(r"\\\[([ xX])\\\] +")
"""A box to tick, as the text of an item has it: with its signs escaped."""
_TICKS = re.compile(r"`+")
_SAFE = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def title(incident: Incident, number: int) -> str:
    """Return what the canvas is called; by it one is found whose making nobody heard of."""
    drill = "DRILL: " if incident.drill else ""
    return f"{drill}Review of INC-{incident.id}" + (f", canvas {number}" if number > 1 else "")


def written(incident: Incident, text: str, version: int, page: str) -> str:
    """Return a version of the document as a canvas, cut where it is longer than one. `page` is where it is
    edited, if there is a page.
    """
    where = f"[the review's page]({page})" if page else "the review's page"
    drill = "**DRILL.** Nothing is broken. " if incident.drill else ""
    head = f"> {drill}{version_line(version)} Edit it on {where}: this is a copy."
    more = f"*The document is longer than a canvas. Read all of it on {where}.*"
    return "\n\n".join(_fitting([head, *_blocks(text)], more))


def version_line(version: int) -> str:
    """Return the words that stand in one version's canvas and in no other's."""
    return f"Version {version} of the review in Muster."


def letters(text: str) -> str:
    """Return the words of a Markdown text run together: Slack writes the signs around them in its own way."""
    return "".join(_WORD.findall(text))


def _fitting(blocks: Sequence[str], more: str) -> Iterator[str]:
    room = LONGEST - len(more.encode())
    for block in blocks:
        room -= len(block.encode()) + 2
        if room < 0:
            yield more
            return
        yield block


def _blocks(text: str) -> list[str]:
    if MarkdownIt is None:
        return [_fenced(text)]
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    reader.validateLink = lambda url: bool(_SAFE.match(url))  # type: ignore[method-assign]
    return [block for block in _each(SyntaxTreeNode(reader.parse(text)).children) if block]


def _each(nodes: Sequence[Any]) -> Iterator[str]:
    for node in nodes:
        yield from _block(node)


def _block(node: Any) -> Iterator[str]:
    """Return what one block becomes: mostly one, several where a canvas nests less."""
    if node.type == "heading":
        yield f"{'#' * min(_DEEPEST, int(node.tag[1]))} {_line(node)}"
    elif node.type in {"fence", "code_block"}:
        yield _fenced(node.content)
    elif node.type == "hr":
        yield "---"
    elif node.type == "table":
        yield from _tables(node)
    elif node.type == "blockquote":
        yield from _quote(node)
    elif node.type in {"bullet_list", "ordered_list"}:
        yield from _parted(_items(node, counted=node.type == "ordered_list", depth=0))
    else:
        yield _BEGINS.sub(_escaped, _inline(node).strip())


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"


def _fenced(code: str) -> str:
    longest = max((len(one) for one in _TICKS.findall(code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{code.rstrip(chr(10))}\n{fence}"


def _tables(node: Any) -> Iterator[str]:
    """Return a table, in parts of the cells that a canvas takes."""
    rows = [
        [_inline(cell, cell=True).replace("\n", " ") for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    head, body = rows[0], rows[1:]
    most = MOST_CELLS // len(head) - 1
    if most < 1:
        yield from (" · ".join(row) for row in rows)
        return
    for start in range(0, max(1, len(body)), most):
        lines = [head, ["---"] * len(head), *body[start : start + most]]
        yield "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _quote(node: Any) -> Iterator[str]:
    """Return the lines of a quote; code and tables in it follow below."""
    said: list[str] = []
    apart: list[str] = []
    for block in filter(None, _each(node.children)):
        if block.startswith(("```", "| ")):
            apart.append(block)
        else:
            lines = [re.sub(r"^(?:> ?|#{1,3} |[ ]*- )+", "", line).strip() for line in block.split("\n")]
            said += [*([""] if said else []), *(_BEGINS.sub(_escaped, line) for line in lines)]
    yield "\n".join(f"> {line}".rstrip() for line in said)
    yield from apart


def _items(node: Any, *, counted: bool, depth: int) -> Iterator[tuple[bool, str]]:
    """Return the lines of a list, and the blocks that break it: a canvas has only lines in its lists.

    A list within another is of the same kind, since Slack takes no other there.
    """
    first = int(node.attrGet("start") or 1) if counted else 1
    for place, item in enumerate(node.children):
        mark = f"{first + place}." if counted else "-"
        texts = [_line(one) for one in item.children if one.type in {"paragraph", "heading"}]
        said = " ".join(texts)
        box = _BOX.match(said)
        if box and not counted:
            said = f"[{box[1].lower()}] {said[box.end() :]}"
        else:
            said = _BEGINS.sub(_escaped, said)
        yield True, f"{'    ' * depth}{mark} {said}".rstrip()
        for one in item.children:
            if one.type in {"bullet_list", "ordered_list"}:
                yield from _items(one, counted=counted, depth=depth + 1)
            elif one.type not in {"paragraph", "heading"}:
                yield from ((False, block) for block in _block(one))


def _parted(pieces: Iterator[tuple[bool, str]]) -> Iterator[str]:
    """Return lists of the lines, and between them the blocks that stood in them."""
    lines: list[str] = []
    for in_list, piece in pieces:
        if in_list:
            lines.append(piece if lines else piece.lstrip())
        else:
            yield "\n".join(lines)
            lines = []
            yield piece
    yield "\n".join(lines)


def _line(node: Any) -> str:
    return _inline(node).replace("\n", " ").strip()


def _inline(node: Any, *, cell: bool = False) -> str:
    """Return the text of a block. In the `cell` of a table Slack shows a link's signs, so it has none."""
    parts = []
    for one in node.children:
        if one.type == "text":
            parts.append(_typed(one.content))
        elif one.type in _BREAKS:
            parts.append(_BREAKS[one.type])
        elif one.type == "code_inline":
            parts.append(_code(one.content, cell=cell))
        elif one.type == "link":
            parts.append(_link(one, cell=cell))
        else:
            sign, inner = _SIGNS.get(one.type, ""), _inline(one, cell=cell).strip()
            parts.append(f"{sign}{inner}{sign}" if inner else "")
    return "".join(parts)


_BREAKS = {"softbreak": " ", "hardbreak": "\n"}
_SIGNS = {"strong": "**", "em": "*", "s": "~~"}


def _typed(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text.replace("\n", " "))


def _code(text: str, *, cell: bool) -> str:
    ticks = "`" * (max((len(one) for one in _TICKS.findall(text)), default=0) + 1)
    room = " " if text.startswith("`") or text.endswith("`") else ""
    shown = text.replace("|", "\\|") if cell else text
    return f"{ticks}{room}{shown}{room}{ticks}"


def _link(node: Any, *, cell: bool) -> str:
    url = str(node.attrGet("href") or "").replace("(", "%28").replace(")", "%29").replace(" ", "%20")
    label = _inline(node, cell=cell).replace("\n", " ").strip() or _typed(url)
    if not cell:
        return f"[{label}]({url})"
    return label if label == _typed(url) else f"{label} ({_typed(url)})"
