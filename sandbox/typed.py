"""What people type, as rich text: each of their messages has blocks that say the same as its `text`."""

import re
from collections.abc import Iterator
from html import unescape

from sandbox import emoji
from sandbox.state import Json

FENCE = "```"
LEAF = re.compile(
    r"<(?P<sign>[@#!]?)(?P<body>[^<>|]+)(?:\|(?P<label>[^<>]*))?>"
    r"|:(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):"
    r"|(?<!\w)(?P<mark>[*_~`])(?P<inner>[^\s*_~`](?:[^*_~`\n]*[^\s*_~`])?)(?P=mark)(?!\w)"
)
STYLES = {"*": "bold", "_": "italic", "~": "strike", "`": "code"}


def blocks_of(text: str, block_id: str) -> list[Json]:
    """The blocks of a message of this text, in which names are tokens already."""
    parts = [part for part in _parts(text) if part["elements"]]
    return [{"type": "rich_text", "block_id": block_id, "elements": parts}] if parts else []


def _parts(text: str) -> Iterator[Json]:
    for number, piece in enumerate(text.split(FENCE)):
        if number % 2:
            plain = [{"type": "text", "text": unescape(piece.strip("\n"))}] if piece.strip("\n") else []
            yield {"type": "rich_text_preformatted", "elements": plain}
        else:
            yield from _paragraphs(piece)


def _paragraphs(text: str) -> Iterator[Json]:
    """Quoted lines, and the others."""
    lines: list[str] = []
    quoted = False
    for line in text.split("\n"):
        if line.startswith("&gt;") != quoted:
            yield _paragraph(lines, quoted=quoted)
            lines, quoted = [], not quoted
        lines.append(line.removeprefix("&gt;").lstrip() if quoted else line)
    yield _paragraph(lines, quoted=quoted)


def _paragraph(lines: list[str], *, quoted: bool) -> Json:
    kind = "rich_text_quote" if quoted else "rich_text_section"
    return {"type": kind, "elements": list(_leaves("\n".join(lines)))}


def _leaves(text: str) -> Iterator[Json]:
    end = 0
    for found in LEAF.finditer(text):
        if leaf := _leaf(found):
            if found.start() > end:
                yield {"type": "text", "text": unescape(text[end : found.start()])}
            yield leaf
            end = found.end()
    if text[end:]:
        yield {"type": "text", "text": unescape(text[end:])}


def _leaf(found: re.Match[str]) -> Json | None:
    if mark := found["mark"]:
        return {"type": "text", "text": unescape(found["inner"]), "style": {STYLES[mark]: True}}
    if name := found["emoji"]:
        base, _, tone = name.partition("::skin-tone-")
        toned = {"skin_tone": int(tone)} if tone else {}
        return {"type": "emoji", "name": base, **toned} if emoji.known(name) else None
    return _token(found["sign"], found["body"], found["label"])


def _token(sign: str, body: str, label: str | None) -> Json:
    if sign == "@":
        return {"type": "user", "user_id": body}
    if sign == "#":
        return {"type": "channel", "channel_id": body}
    if sign == "!" and body.startswith("subteam^"):
        return {"type": "usergroup", "usergroup_id": body.removeprefix("subteam^")}
    if sign == "!":
        return {"type": "broadcast", "range": body}
    named = {"text": unescape(label)} if label else {}
    return {"type": "link", "url": unescape(body), **named}
