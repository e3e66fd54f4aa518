"""A text that several people may write at the same time: none of them undoes what another one wrote."""

import hashlib
from datetime import datetime

from bot.domain.actors import Actor
from bot.domain.errors import Refused

NONE = "none"
"""The edition of what nobody has written yet."""


class Overtaken(Refused):
    """Somebody else wrote it anew after this person began to."""


def edition(text: str, by: Actor, at: datetime) -> str:
    """Return what tells a text from what stood there before and will stand there after it."""
    return hashlib.sha256(f"{at.isoformat()} {by} {text}".encode()).hexdigest()[:16]


def refuse_overtaken(now: str, seen: str | None, by: Actor) -> None:
    """Refuse to put a text in the place of one that its writer has not `seen`; None is whatever is there."""
    if seen is not None and seen != now:
        whose = f"<@{by}>" if isinstance(by, str) else str(by)
        raise Overtaken(f"{whose} wrote it anew after you began. Read what it says now; yours is kept here.")
