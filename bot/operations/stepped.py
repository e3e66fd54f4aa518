"""The machine's clock was set: what waits goes on waiting for as long as it would have."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import LEAP, Origin
from storage import clocks, meta
from storage.transaction import Tx

_KEY = "clock"


@dataclass(frozen=True, slots=True)
class Moved:
    """By how much the clock was set, and how many waits were moved with it."""

    by: timedelta
    waits: int


def follow_clock(tx: Tx, origin: Origin, follow: Callable[[Origin], None]) -> Moved | None:
    """Move what waits by as much as the clock was set since this was last called; say so, if it was.

    How the clock stood is written with it: a process that dies here, or that did not see the step, moves
    all of it once, after its start. `follow` is called when it is kept.
    """
    tx.after_commit(lambda: follow(origin))
    before = _read(meta.get(tx, _KEY))
    by = origin.ahead_of(before) if before else None
    waits = clocks.shift(tx, by, origin.at - by + _SLACK) if by else 0
    if by or not before or before.boot != origin.boot:
        meta.put(tx, _KEY, f"{origin.boot} {origin.epoch!r}")
    return Moved(by, waits) if by else None


def begin_now(tx: Tx) -> int:
    """Let waits that seem to have begun in the future begin now; return how many did."""
    return clocks.begin_now(tx, tx.now + _SLACK)


_SLACK = timedelta(seconds=LEAP)


def _read(noted: str | None) -> Origin | None:
    if not noted:
        return None
    boot, _, epoch = noted.rpartition(" ")
    return Origin(boot, float(epoch), datetime.min.replace(tzinfo=UTC))
