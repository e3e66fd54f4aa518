"""Values of any JSON, as an alert has use for them: nothing in a payload is relied on."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from bot.domain.alerts.signals import LONGEST_KEY
from bot.domain.text import one_line, tidy

MOST_LABELS = 100
LONGEST_LABEL = 1000
LONGEST_TEXT = 10_000
SHORT = 64
_TWO_ZONES = re.compile(r"([+-]\d\d:\d\d)Z$")


class Unreadable(Exception):
    """Nothing in the payload could be an alert. The message says what is wrong, as its sender may read it."""


def mapping(raw: object) -> Mapping[str, Any]:
    """Return an object, or an empty one in place of anything else."""
    return raw if isinstance(raw, dict) else {}


def objects(raw: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list."""
    return [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []


def text(raw: object, most: int = LONGEST_TEXT) -> str:
    """Return a value as text of at most so many characters."""
    return tidy(_plain(raw))[:most]


def line(raw: object, most: int = LONGEST_LABEL) -> str:
    """Return a value as text on one line."""
    if raw is None:
        return ""
    if type(raw) is str and len(raw) <= SHORT:
        return _short(raw)[:most]
    return one_line(_plain(raw))[:most]


@lru_cache(maxsize=4096)
def _short(raw: str) -> str:
    """Return a short text on one line: names of labels, and most values, come again with each alert."""
    return one_line(_plain(raw))


def labels(*raw: object) -> dict[str, str]:
    """Return the labels of some objects, later ones over earlier ones, each as text."""
    found = {line(name): line(value) for one in raw for name, value in mapping(one).items()}
    return dict([(name, value) for name, value in found.items() if name and value][:MOST_LABELS])


def key_of(raw: str) -> str:
    """Return a key that is not too long: of one that is, its beginning and what tells it from others."""
    raw = one_line(raw)
    if len(raw) <= LONGEST_KEY:
        return raw
    digest = hashlib.sha256(raw.encode()).hexdigest()
    return f"{raw[: LONGEST_KEY - len(digest) - 1]}-{digest}"


def url(raw: object) -> str:
    """Return an address that a browser opens, or nothing."""
    found = line(raw, 2000)
    if not found:
        return ""
    return found if found.startswith(("https://", "http://")) and not set(found) & set("<>| ") else ""


def instant(raw: object) -> datetime | None:
    """Return a time with its zone; None for none, and for the year 1, which stands for "not yet".

    PagerDuty's own client for Python writes a Z behind an offset.
    """
    if not raw:
        return None
    try:
        found = datetime.fromisoformat(_TWO_ZONES.sub(r"\1", str(raw)))
    except ValueError:
        return None
    return found if found.tzinfo and found.year > 1970 else None


def _plain(raw: object) -> str:
    if raw is None:
        return ""
    if isinstance(raw, str) and raw.isascii():
        return raw
    said = json.dumps(raw, ensure_ascii=False) if isinstance(raw, (dict, list)) else str(raw)
    return said.encode("utf-8", "replace").decode()  # half a character cannot be written down
