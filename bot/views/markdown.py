"""Markdown of what people wrote: as GitLab and GitHub read it, it says the same, and does nothing.

No mention calls, no quick action acts, no reference links, no HTML is begun. What people wrote in Slack keeps
its bold, its code and its links; its people are called by their names.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from bot.domain.text import one_line
from bot.views.issue import stilled
from bot.views.mrkdwn import cut


class Markdown(str):
    """Text that is Markdown already. Any other text is shown as it was typed."""

    __slots__ = ()


_LONGEST_NAME = 80
_FENCED = re.compile(r"```[ \t]*\n?(.*?)\n?[ \t]*```", re.DOTALL)
_TOKEN = re.compile(r"<([^<>\n]{1,3000})>")
_DATE = re.compile(r"!date\^(-?\d{1,15})\^[^|]*\|?(.*)", re.DOTALL)
_URL = re.compile(r"https?://[^\s<>|`\"]+[^\s<>|`\".,;:!?)\]'*_~]")
_SAFE = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]+", re.IGNORECASE)
_MARKS = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])\*(?P<strong>[^*\n]*[^*\s])\*(?![\w*])"
    r"|(?<!\w)_(?P<em>[^_\n]*[^_\s])_(?!\w)"
    r"|(?<![\w~])~(?P<s>[^~\n]*[^~\s])~(?![\w~])"
)
_SIGNS = {"strong": "**", "em": "_", "s": "~~"}
_QUOTED = re.compile(r"^(?:>|&gt;) ?", re.MULTILINE)
_HELD = re.compile("\x00(\\d+)\x00")
_SPECIAL = re.compile(r"[\\`*\[\]]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|(?<=~)~")
_BEGINS_BLOCK = re.compile(r"^[ \t]*(#{1,6}(?=\s|$)|>|={2,}|-{2,}(?=\s*$)|\+(?=\s)|:?-{3,}|~{3,})")
_LISTED = re.compile(r"^[ \t]*(?:[-+*•]|\d{1,9}[.)])[ \t]+")
_LOOK_ALIKES = str.maketrans({"\u2217": "*", "\u02cb": "`", "\u223c": "~", "\u02cd": "_", "\u200b": None})
"""What our own sentences have instead of the marks that Slack would take for its own."""


def literal(text: str) -> Markdown:
    """Return what people typed, on the lines on which they did, so that it is shown as it stands."""
    parts: list[str] = []
    done = 0
    for found in _URL.finditer(text):
        parts += [_escaped(text[done : found.start()]), f"<{found.group()}>"]
        done = found.end()
    return Markdown("".join([*parts, _escaped(text[done:])]))


def _escaped(text: str) -> str:
    marked = _SPECIAL.sub(lambda found: f"\\{found.group()}", text)
    ends = marked[len(marked.rstrip("\n")) :]
    return stilled(marked).replace("<", "&lt;") + ends


def line(text: str) -> Markdown:
    """Return what people typed on one line."""
    return literal(one_line(text))


def cell(text: str) -> Markdown:
    """Return text for a cell of a table, Markdown or not: no `|` and no new line ends it."""
    said = text if isinstance(text, Markdown) else line(text)
    return Markdown("<br>".join(said.splitlines()).replace("\\|", "|").replace("|", "\\|"))


def paragraphs(text: str) -> Markdown:
    """Return what people typed over several lines: each is a paragraph, a point of a list, or code."""
    parts: list[str] = []
    done = 0
    for found in _FENCED.finditer(text):
        parts += [_block(text[done : found.start()]), f"```\n{found[1]}\n```"]
        done = found.end()
    return Markdown("\n\n".join(one for one in (*parts, _block(text[done:])) if one))


def _block(text: str) -> str:
    said: list[str] = []
    listed = False
    for each in text.splitlines():
        if not (stripped := each.strip()):
            continue
        point = _LISTED.match(stripped)
        body = literal(stripped[point.end() :] if point else stripped)
        if said and not (listed and point):
            said.append("")
        mark = "1." if point and point.group()[0].isdigit() else "-"
        said.append(f"{mark} {body}" if point else _BEGINS_BLOCK.sub(_inert, body))
        listed = bool(point)
    return "\n".join(said)


def _inert(found: re.Match[str]) -> str:
    return f"\\{found.group().lstrip()}"


def of_slack(text: str, names: Mapping[str, str]) -> Markdown:
    """Return mrkdwn, of ours or of Slack's, as Markdown on one line."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(_token(found[1], names))
        return f"\x00{len(held) - 1}\x00"

    flat = one_line(_QUOTED.sub("", _FENCED.sub(r"`\1`", text.replace("\x00", ""))))
    marked = "".join(_marked(_TOKEN.sub(hold, flat)))
    return Markdown(_HELD.sub(lambda found: held[int(found[1])], marked))


def _marked(text: str, depth: int = 0) -> Iterator[str]:
    done = 0
    for found in _MARKS.finditer(text):
        yield _words(text[done : found.start()])
        kind = str(found.lastgroup)
        inner = found[kind]
        if kind == "code":
            yield f"`{html.unescape(inner)}`"
        else:
            within = [_words(inner)] if depth > 2 else _marked(inner, depth + 1)
            yield f"{_SIGNS[kind]}{''.join(within)}{_SIGNS[kind]}"
        done = found.end()
    yield _words(text[done:])


def _words(text: str) -> str:
    plain = (html.unescape(text) if "&" in text else text).translate(_LOOK_ALIKES)
    return literal(plain)


def _token(token: str, names: Mapping[str, str]) -> str:
    """Return what stands between the brackets: a person, a channel, a time, a crowd or a link."""
    inner, label = (html.unescape(part) for part in (*token.split("|", 1), "")[:2])
    kind, name = inner[:1], inner[1:]
    if date := _DATE.fullmatch(html.unescape(token)):
        return _date(date)
    if kind == "@":
        return called(name, names)
    if kind in {"#", "!"}:
        sign = "#" if kind == "#" else "@"
        return line(f"{sign}{(label or name.partition('^')[0]).removeprefix(sign)}")
    return link(inner, label)


def called(who: str, names: Mapping[str, str]) -> Markdown:
    """Return somebody's name; an id names nobody outside Slack, and stands where there is none."""
    return line(cut(names.get(who) or label_of(who), _LONGEST_NAME))


def label_of(who: str) -> str:
    return who.removeprefix("@") or "somebody"


def link(url: str, label: str) -> Markdown:
    """Return a link if it leads to the web or to a mailbox, else its label."""
    if not _SAFE.fullmatch(url.strip()) or "<" in url or ">" in url:
        return line(label or url)
    to = url.strip().replace("|", "%7C").replace("\\", "%5C")
    return Markdown(f"[{line(label)}](<{to}>)" if label and label != to else f"<{to}>")


def _date(found: re.Match[str]) -> str:
    try:
        return when(datetime.fromtimestamp(int(found[1]), UTC))
    except (OverflowError, ValueError, OSError):
        return line(found[2] or "some time")


def when(at: datetime) -> Markdown:
    utc = at.astimezone(UTC)
    return Markdown(f"{utc.year:04}-{utc:%m-%d %H:%M} UTC")


def joined(parts: Iterable[str], between: str = ", ") -> Markdown:
    return Markdown(between.join(one if isinstance(one, Markdown) else line(one) for one in parts))
