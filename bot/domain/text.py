"""Text from people, made safe to store and to name a channel after. Escaping it is the views' business."""

import html
import re
import unicodedata

UNTITLED = "Untitled incident"
LONGEST_NAME = 300
"""How many characters a name has at most."""
CHANNEL_NAME = 80
"""Slack's limit for a channel name, in characters."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]")
_ADDRESS = re.compile(
    r"<(?:mailto:)?([a-z][a-z0-9+.-]*://[^<>|]+|[^\s<>|@#!]+@[^\s<>|]+)(?:\|[^<>]*)?>", re.IGNORECASE
)
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]*:[/\\]{2}|www[.。．｡])\S*", re.IGNORECASE)
_DOMAIN = re.compile(r"(?<=[^\W_])[.。．｡](?=[^\W\d_]{2,}|xn--|\d+(?:[.。．｡]\d+)*[/:])")
_SPACES = re.compile(r"\s+")


def tidy(raw: str | None) -> str:
    """Return text without control characters and breaks of no width (NUL, direction overrides), and without
    outer spaces: nothing where nothing of it can be seen.
    """
    if raw and raw.isascii() and raw.isprintable():  # most text is: nothing in it needs a closer look
        return raw.strip()
    text = _UNPRINTABLE.sub("", (raw or "").replace("\r\n", "\n").replace("\r", "\n")).strip()
    return text if any(map(_seen, text)) else ""


_BLANK = frozenset({"Cf", "Zs", "Zl", "Zp", "Cc", "Mn", "Me"})
"""Categories of Unicode that draw nothing by themselves."""
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""What Unicode calls letters or symbols, and every font draws as nothing."""


def _seen(one: str) -> bool:
    return one not in _BLANK_LETTERS and unicodedata.category(one) not in _BLANK


def one_line(raw: str | None) -> str:
    """Return tidy text on one line, as names and titles need it."""
    if raw and raw.isascii() and raw.isprintable():
        return " ".join(raw.split())
    return _SPACES.sub(" ", tidy(raw)).strip()


def as_given(noted: str) -> str:
    """Return a topic as it was given to Slack, which escapes it and makes links of addresses."""
    return html.unescape(_ADDRESS.sub(r"\1", noted))


def without_links(text: str) -> str:
    """Return text in which no program finds a web address: they are removed, names of hosts are broken up."""
    return _DOMAIN.sub("[.]", _URL.sub("[link removed]", text))


def slug(name: str) -> str:
    """Return `name` as Slack allows it in a channel name: `a-z 0-9 -`, or nothing."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def channel_name(number: int, name: str, *, attempt: int = 0) -> str:
    """Return `inc-<n>-<slug>`, cut to Slack's limit; a name that is taken gets a counter (`attempt`)."""
    suffix = f"-{attempt + 1}" if attempt else ""
    words = slug("" if name == UNTITLED else name)
    base = f"inc-{number}-{words}" if words else f"inc-{number}"
    return base[: CHANNEL_NAME - len(suffix)].rstrip("-") + suffix


def counted(number: int, thing: str) -> str:
    """Return a number with its thing, such as 1 alert or 2 alerts."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
