"""Slack's mrkdwn as HTML: what people wrote is escaped here, and nothing of it becomes a tag or a script."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import groupby

from markupsafe import Markup, escape

from bot.views.mrkdwn import cut

LONGEST = 20_000
"""Characters of one text that a page shows; the whole stays stored."""
_NAME = 80
_TOKEN = re.compile(r"<([^<>\n]{1,3000})>")
_URL = re.compile(r"https?://[^\s<>|`\"]+[^\s<>|`\".,;:!?)\]']")
_SAFE = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]+", re.IGNORECASE)
_DATE = re.compile(r"!date\^(-?\d{1,15})\^[^|]*\|?(.*)", re.DOTALL)
_MARKS = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])\*(?P<strong>[^*\n]*[^*\s])\*(?![\w*])"
    r"|(?<!\w)_(?P<em>[^_\n]*[^_\s])_(?!\w)"
    r"|(?<![\w~])~(?P<s>[^~\n]*[^~\s])~(?![\w~])"
)
_QUOTED = re.compile(r"^(?:>|&gt;) ?")
"""How a quoted line begins, as we write it, and as Slack gives it."""
_HELD = re.compile("\x00(\\d+)\x00")
_INVISIBLE = str.maketrans("", "", "\u200b\x00")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads a page: their time zone, and the names of the people it may mention."""

    zone: tzinfo = UTC
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, who: str) -> Markup:
        """Return a person's name, set apart: one that is written from right to left turns nothing around."""
        return Markup("<bdi>{}</bdi>").format(cut(self.names.get(who) or who, _NAME))

    def day(self, at: datetime) -> str:
        here = _within(at, self.zone)
        return f"{here:%A, %-d %B} {here.year:04}"

    def time(self, at: datetime, *, day: bool = True) -> Markup:
        """Return a time on the reader's clock, with UTC beside it where that is another one."""
        utc = at.astimezone(UTC)
        here = _within(at, self.zone)
        shown = here.strftime("%H:%M") if not day else f"{here:%-d %b} {here.year:04} {here:%H:%M}"
        iso = f"{utc.year:04}-{utc:%m-%dT%H:%M:%SZ}"
        said = Markup('<time datetime="{}" title="{}">{}</time>')
        exact = f"{utc.year:04}-{utc:%m-%d %H:%M:%S} UTC"
        if here.utcoffset() == utc.utcoffset():
            return said.format(iso, exact, f"{shown} UTC")
        beside = Markup(' <span class="utc">({} UTC)</span>').format(_utc(here, utc))
        return said.format(iso, exact, shown) + beside


def _within(at: datetime, zone: tzinfo) -> datetime:
    """Return a time in a zone; at the ends of the calendar in UTC, where other zones have no date."""
    try:
        return at.astimezone(zone)
    except (OverflowError, ValueError):
        return at.astimezone(UTC)


def _utc(here: datetime, utc: datetime) -> str:
    return f"{utc:%H:%M}" if here.date() == utc.date() else f"{utc:%-d %b %H:%M}"


def plain(text: str) -> Markup:
    """Return what people wrote as it stands: lines are kept, web addresses can be followed."""
    return Markup("<br>").join(map(_with_links, _tidied(text).split("\n")))


def rich(text: str, reader: Reader) -> Markup:
    """Return mrkdwn, of ours or of Slack's, as HTML."""
    parts: list[Markup] = []
    for quoted, lines in groupby(_tidied(text).split("\n"), lambda line: bool(_QUOTED.match(line))):
        said = "\n".join(_QUOTED.sub("", line) for line in lines)
        body = _formatted(said.strip("\n"), reader)
        if body:
            parts.append(Markup("<blockquote>{}</blockquote>").format(body) if quoted else body)
    return Markup("").join(parts)


def _tidied(text: str) -> str:
    return cut(text, LONGEST).translate(_INVISIBLE).replace("\r\n", "\n")


def address(url: str) -> str:
    """Return an address if it leads to the web or to a mailbox, else nothing: no script is followed."""
    return url if _SAFE.fullmatch(url.strip()) else ""


def anchor(url: str, label: str) -> Markup:
    """Return a link that tells the other side nothing of where it stood; text where none can be followed."""
    if not (to := address(url)):
        return Markup("<bdi>{}</bdi>").format(label or url)
    return Markup('<a href="{}" rel="noopener noreferrer nofollow"><bdi>{}</bdi></a>').format(to, label or to)


def _with_links(line: str) -> Markup:
    done, parts = 0, list[Markup]()
    for found in _URL.finditer(line):
        parts += [escape(line[done : found.start()]), anchor(found.group(), found.group())]
        done = found.end()
    return Markup("").join([*parts, escape(line[done:])])


def _formatted(text: str, reader: Reader) -> Markup:
    """Put each token aside, mark up the rest, and put the tokens back."""
    held: list[Markup] = []

    def hold(found: re.Match[str]) -> str:
        held.append(_token(found[1], reader))
        return f"\x00{len(held) - 1}\x00"

    marked = Markup("").join(_marked(_TOKEN.sub(hold, text)))
    restored = _HELD.sub(lambda found: str(held[int(found[1])]), marked)
    return Markup(restored.replace("\n", "<br>"))  # noqa: S704 - every part of it was escaped above


def _marked(text: str, depth: int = 0) -> Iterator[Markup]:
    done = 0
    for found in _MARKS.finditer(text):
        yield _words(text[done : found.start()])
        tag, inner = str(found.lastgroup), found[str(found.lastgroup)]
        within = [_words(inner)] if tag == "code" or depth > 2 else _marked(inner, depth + 1)
        yield Markup("<{0}>{1}</{0}>").format(Markup(tag), Markup("").join(within))  # noqa: S704 - one of four
        done = found.end()
    yield _words(text[done:])


def _words(text: str) -> Markup:
    """Return words as they were typed: Slack has three characters as entities."""
    return escape(html.unescape(text) if "&" in text else text)


def _token(token: str, reader: Reader) -> Markup:
    """Return what stands between the brackets: a person, a channel, a time, a crowd or a link."""
    inner, label = (html.unescape(part) for part in (*token.split("|", 1), "")[:2])
    kind, name = inner[:1], inner[1:]
    if date := _DATE.fullmatch(html.unescape(token)):
        return _date(date, reader)
    if kind == "@":
        return Markup("<b>@{}</b>").format(reader.name(name))
    if kind == "#":
        return _channel(name, label)
    if kind == "!":
        return escape(f"@{label.removeprefix('@') or name.partition('^')[0]}")
    return anchor(inner, label)


def _channel(channel: str, label: str) -> Markup:
    """Return a link to a channel. Its name is Slack's to show: not everybody may know of each."""
    if not re.fullmatch(r"[CGD][A-Z0-9]{2,20}", channel):
        return escape(f"#{label or channel}")
    return anchor(f"https://slack.com/app_redirect?channel={channel}", f"#{label or 'channel'}")


def _date(found: re.Match[str], reader: Reader) -> Markup:
    try:
        return reader.time(datetime.fromtimestamp(int(found[1]), UTC))
    except (OverflowError, ValueError, OSError):
        return escape(found[2] or "some time")
