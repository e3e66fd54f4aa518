"""How far the workspace's lists are read: a restart goes on from there."""

from enum import StrEnum

from storage import meta
from storage.transaction import Tx


class Part(StrEnum):
    """A list of Slack's that is read page by page."""

    PEOPLE = "people"
    PRIVATE = "private channels"
    PUBLIC = "public channels"


_DONE = "done"


def cursor(tx: Tx, part: Part) -> str | None:
    """Return where to go on in a list that was not read to its end, or None for its beginning."""
    return meta.get(tx, f"next of {part}") or None


def went_on(tx: Tx, part: Part, following: str | None) -> None:
    """Note where to go on, or that the list was read to its end."""
    meta.put(tx, f"next of {part}", following or "")
    if not following:
        meta.put(tx, f"read {part}", _DONE)


def whole(tx: Tx, *parts: Part) -> bool:
    """Say whether these lists were ever read to their end."""
    return all(meta.get(tx, f"read {part}") == _DONE for part in parts)
