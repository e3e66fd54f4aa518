"""What sources send that is not taken, and what is kept of what they send."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from bot.domain.alerts.routing import Source
from bot.domain.alerts.signals import Signal
from bot.intake.values import text

NO_JSON = "no JSON"
KEPT = 64 * 1024
"""Characters of a body that are kept with its alerts."""
SHOWN = 1000
"""Characters of a body that nobody can read which its triage shows."""
_SECRETIVE = "sentry"
"""Its bodies hold stack traces and personal data, which are not kept."""
_ROUTING_KEY = re.compile(r'("routing_key"\s*:\s*")([^"\\]{1,200})')


class NotTaken(Exception):
    """What a source sends is not taken, and would not be if it were sent again.

    With `of`, a source that brought its key, it opens a triage all the same: what was sent may be a grave
    alert. `text` is what could be read of it.
    """

    def __init__(
        self, source: str, reason: str, answer: web.Response, of: Source | None = None, text: str = ""
    ) -> None:
        super().__init__(reason)
        self.source, self.reason, self.answer = source, reason, answer
        self.of, self.text = of, text


def routing_key(raw: bytes) -> str | None:
    """Return PagerDuty's key of a body that is no JSON."""
    found = _ROUTING_KEY.search(raw.decode("utf-8", "replace"))
    return found[2] if found else None


def readable(raw: bytes) -> str:
    """Return what can be read of a body that is no JSON, without a key that is in it."""
    return _ROUTING_KEY.sub(r"\1...", raw[:KEPT].decode("utf-8", "replace"))


def kept_of(source: Source, body: Any) -> str:
    """Return what is kept of a body, for whoever wonders what a source sent."""
    if source.format == _SECRETIVE:
        return ""
    return (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False))[:KEPT]


def showing(signal: Signal, kept: str) -> Signal:
    """Return a signal that nobody can read with the beginning of what was sent: somebody has to judge it."""
    if signal.readable or signal.text:
        return signal
    return replace(signal, text=text(kept, SHOWN))


def named(signals: Sequence[Signal], body: Any) -> list[Signal]:
    """Return signals, each with a key: without one it is known by the body it came in."""
    if all(one.key for one in signals):
        return list(signals)
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
    return [one if one.key else replace(one, key=digest) for one in signals]
