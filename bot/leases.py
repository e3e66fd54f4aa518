"""Leases on deliveries under way: nothing leaves for the world under one that may have run out."""

from contextvars import ContextVar
from datetime import timedelta

from bot.clock import Clock

SURE = 0.9
"""The part of its time for which a lease counts as ours: clocks differ a little, and a call takes long."""


class LeaseInDoubt(Exception):
    """Whoever holds the delivery now may be making the same side effect."""


class Lease:
    """One lease, by the monotonic clock: it goes on while the process stands still.

    `since` is a moment before the lease was made; `called` says whether anything left for the world under it.
    """

    def __init__(self, clock: Clock, since: float, lease: timedelta) -> None:
        self._clock = clock
        self._lasts = lease.total_seconds() * SURE
        self._until = since + self._lasts
        self.called = False

    def bind(self) -> None:
        """Have all that this task and those it starts send depend on the lease."""
        _lease.set(self)

    def renewed(self, since: float) -> None:
        """Count the lease anew from before its renewal. One that came too late may have renewed nothing."""
        if self._sure():
            self._until = since + self._lasts

    def check(self) -> None:
        if not self._sure():
            raise LeaseInDoubt
        self.called = True

    def _sure(self) -> bool:
        return self._clock.monotonic() < self._until


_lease: ContextVar[Lease | None] = ContextVar("lease", default=None)


def check() -> None:
    """Raise LeaseInDoubt when what is about to be sent belongs to a delivery that may be another's by now."""
    if lease := _lease.get():
        lease.check()
