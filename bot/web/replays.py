"""Signatures that were answered already, for as long as they hold: a request that is sent again acts once.

Slack repeats what was not answered, also with the same signature: it gets the same answer. What failed on our
side is forgotten, so that the repetition is handled.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.clock import Clock

HOLDS = 600.0
"""Seconds that a signature is known: five minutes into the past, and as many into the future."""
MOST = 20_000
"""How many are known; the oldest go first, so that a flood of requests takes no memory."""
LARGEST = 2_048
"""Bytes of an answer that are kept. A longer one, which redraws a form, is answered by a plain 200."""


@dataclass(slots=True)
class Answer:
    """What a request was answered, or will be."""

    at: float
    status: int = 200
    body: bytes = b""
    content_type: str = ""
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Replays:
    """Knows the answers by signature."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[str, Answer] = OrderedDict()

    def earlier(self, signature: str) -> Answer | None:
        """Return the answer that is known or under way; without one the caller gives it: see `answered`."""
        now = self._clock.monotonic()
        while self._known and (
            len(self._known) >= MOST or next(iter(self._known.values())).at <= now - HOLDS
        ):
            self._known.popitem(last=False)[1].done.set()
        if signature in self._known:
            return self._known[signature]
        self._known[signature] = Answer(now)
        return None

    def answered(self, signature: str, status: int, body: bytes, content_type: str) -> None:
        """Note the answer, for those too who wait for it. A failure is forgotten: the next one tries."""
        kept = self._known.get(signature)
        if not kept:
            return
        if status >= 500:
            del self._known[signature]
        kept.status = status
        kept.body, kept.content_type = (body, content_type) if len(body) <= LARGEST else (b"", "")
        kept.done.set()
