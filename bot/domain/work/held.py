"""Texts in which something looks like a secret: held, or shown masked, until somebody says what it is."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import Refused

KEPT_FOR = timedelta(days=7)
"""How long a text is kept that nobody decides about."""
CONFIRMED = "confirmed"
"""Stands for the fingerprint of whatever there is: somebody has said already that it is no secret."""
_SHOWN = 4
_LONG = 16
"""The beginning of a secret is shown only of a longer one: it says which kind of token it is."""
_HIDDEN = "••••••••"


@dataclass(frozen=True, slots=True)
class Finding:
    """What looks like a secret: the text from `start` to `end`, and which kind it seems to be."""

    what: str
    start: int
    end: int


def masked(text: str, found: Sequence[Finding]) -> str:
    """Return the text with each finding hidden. Of overlapping ones all is hidden."""
    pieces, at = [], 0
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if one.end <= at:
            continue
        start = max(one.start, at)
        secret = text[start : one.end]
        begins = secret[:_SHOWN] if len(secret) >= _LONG and start == one.start else ""
        pieces += [text[at:start], begins if begins.isalnum() else "", _HIDDEN]
        at = one.end
    return "".join([*pieces, text[at:]])


def kinds(found: Iterable[Finding]) -> list[str]:
    return list(dict.fromkeys(one.what for one in found))


def fingerprint(secrets: Iterable[str]) -> str:
    """Return what stands for these secrets where they must not stand: they alone are confirmed."""
    return hashlib.sha256("\0".join(sorted(set(secrets))).encode()).hexdigest()[:20]


class LooksSecret(Refused):
    """A text holds what looks like a secret, and nobody has said yet that it is none.

    The message names the kind and nothing of the text. `sure` is what confirms exactly these secrets.
    """

    def __init__(self, what: Sequence[str], shown: str, sure: str) -> None:
        super().__init__(
            f"This looks like it holds a secret ({', '.join(what)}). Nothing was posted. Take it out, and "
            "revoke it if others have seen it."
        )
        self.what, self.shown, self.sure = tuple(what), shown, sure


class Place(StrEnum):
    """Where a text belongs."""

    UPDATE = "update"
    NOTE = "note"
    NAME = "name"
    SUMMARY = "summary"
    PIN = "pin"


PLACES = {
    Place.UPDATE: "an update",
    Place.NOTE: "a note",
    Place.NAME: "the name",
    Place.SUMMARY: "the summary",
    Place.PIN: "a pinned message",
}
WAITING = frozenset({Place.UPDATE, Place.NOTE})
"""Where nothing is written before its author decides; elsewhere the masked text stands meanwhile."""


class Decision(StrEnum):
    SHOWN = "shown"
    KEPT = "kept"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class HeldText:
    """A text as it was typed. Once it is decided about, `text` is empty: the secret is kept nowhere.

    `by_whom` wrote it. `marked_by` pinned it, if somebody else did. `ts` is that of a pinned message, and
    `happened_at` the time that a note tells of.
    """

    id: int
    incident: int
    place: Place
    by_whom: str
    marked_by: str | None
    what: str
    text: str
    masked: str
    ts: str | None
    happened_at: datetime | None
    at: datetime
    decision: Decision | None = None
    decided_by: str | None = None

    @property
    def people(self) -> list[str]:
        """Return who is warned: who wrote it, and who pinned it."""
        return list(dict.fromkeys(filter(None, (self.by_whom, self.marked_by))))


def undecided(held: HeldText) -> HeldText:
    """Return a text that waits for a decision; refuse when there was one, or it waited for too long."""
    if held.decision is Decision.FORGOTTEN:
        raise Refused("I keep such a text for seven days, and that is over. Please write it again.")
    if held.decision:
        raise Refused("That is decided already.")
    return held
