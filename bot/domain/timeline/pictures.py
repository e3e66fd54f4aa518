"""Pictures of pinned messages: which we keep, and what they must be for a browser to be shown them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.text import one_line

LARGEST = 2 * 1024 * 1024
"""Bytes of a picture."""
MOST_OF_MESSAGE, MOST_OF_INCIDENT = 5, 100
_NAME, _URL = 200, 2000
_KINDS = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_BEGINS = (
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF87a"),
    ("image/gif", b"GIF89a"),
)


class PictureState(StrEnum):
    WANTED = "wanted"
    KEPT = "kept"
    NOT_KEPT = "not kept"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a pinned message. `kind` is what its bytes are, `why` why it is not kept."""

    id: int
    incident: int
    ts: str
    file: str
    name: str
    url: str
    state: PictureState
    kind: str
    why: str
    at: datetime
    deleted_by: str | None = None

    @property
    def wanted(self) -> bool:
        return self.state is PictureState.WANTED

    @property
    def kept(self) -> bool:
        return self.state is PictureState.KEPT


@dataclass(frozen=True, slots=True)
class Offered:
    """A file of a message, as Slack describes it: one that may be a picture we keep."""

    file: str
    name: str
    url: str
    size: int

    @property
    def too_large(self) -> bool:
        return self.size > LARGEST


def offered(files: Iterable[Mapping[str, Any]]) -> list[Offered]:
    """Return the files that say that they are pictures. SVG is none: it may hold scripts."""
    found = []
    for one in files:
        file, url = (
            str(one.get("id") or ""),
            str(one.get("url_private_download") or one.get("url_private") or ""),
        )
        if one.get("mimetype") in _KINDS and file and url and len(url) <= _URL:
            size = one.get("size")
            name = one_line(str(one.get("name") or one.get("title") or "a picture"))[:_NAME]
            found.append(Offered(file[:40], name, url, size if isinstance(size, int) else 0))
    return found[:MOST_OF_MESSAGE]


def kind_of(content: bytes) -> str | None:
    """Return what a picture is by its bytes, whatever it was called; None for all else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for kind, begins in _BEGINS if content.startswith(begins)), None)
