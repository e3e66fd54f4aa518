"""The machine's clock was set: what waits goes on waiting for as long as it would have."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import LEAP, Origin
from storage import clocks, meta
from storage.transaction import Tx, instant

_KEY = "clock"
_SERVER_SET_BY, _SERVER_TIME = "server clock set by", "server time"


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


def server_set_by(tx: Tx) -> float:
    """Return by how many seconds deadlines have followed the server's clock so far, all in all."""
    return float(meta.get(tx, _SERVER_SET_BY) or 0)


def stood_still(tx: Tx, by: timedelta) -> bool:
    """Say whether this replica stood still, rather than that the server's clock was set.

    A paused virtual machine sees a step forward too; but others have noted times in between then.
    """
    noted = meta.get(tx, _SERVER_TIME)
    return by > _SLACK and noted is not None and tx.now - by + _SLACK < instant(noted) <= tx.now


def follow_server(tx: Tx, set_by: float, by: timedelta) -> int | None:
    """Move what waits by as much as the server's clock was set, and return how many waits that were.

    Of all replicas one does it: whoever changes the sum of all steps as it was read. The others get None.
    """
    if not meta.swap(tx, _SERVER_SET_BY, repr(set_by), repr(set_by + by.total_seconds())):
        return None
    note_time(tx)
    return clocks.shift(tx, by, tx.now - by + _SLACK)


def note_time(tx: Tx) -> None:
    """Note that the server's clock shows this time."""
    meta.put(tx, _SERVER_TIME, tx.now.isoformat())


def begin_now(tx: Tx) -> int:
    """Let waits that seem to have begun in the future begin now; return how many did."""
    return clocks.begin_now(tx, tx.now + _SLACK)


_SLACK = timedelta(seconds=LEAP)


def _read(noted: str | None) -> Origin | None:
    if not noted:
        return None
    boot, _, epoch = noted.rpartition(" ")
    return Origin(boot, float(epoch), datetime.min.replace(tzinfo=UTC))
