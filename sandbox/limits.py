"""Slack's rate limits, by the sandbox's clock. Both kinds are off until they are switched on."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.catalogue import METHODS

PER_MINUTE = {"T1": 1, "T2": 20, "T3": 50, "T4": 100}
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@dataclass
class Limits:
    """`tiers` limits each method by its tier, `posting` each channel to a message a second, in bursts.

    While time stands still nothing can be too fast, as nothing would ever be slow enough again.
    """

    tiers: bool = False
    posting: bool = False
    burst: int = 4
    suspended: bool = False
    _calls: dict[str, deque[datetime]] = field(default_factory=dict)

    def wait(self, method: str, channel: str, now: datetime) -> int | None:
        """Seconds to come back after, or None when the call may pass."""
        if self.suspended:
            return None
        if self.posting and method == "chat.postMessage":
            return self._full(f"{method} {channel}", self.burst, self.burst * SECOND, now)
        most = PER_MINUTE.get(METHODS[method].tier) if self.tiers and method in METHODS else None
        return self._full(method, most, MINUTE, now) if most else None

    def _full(self, key: str, most: int, period: timedelta, now: datetime) -> int | None:
        times = self._calls.setdefault(key, deque())
        while times and now - times[0] >= period:
            times.popleft()
        if len(times) >= most:
            return max(1, round((period - (now - times[0])).total_seconds()))
        times.append(now)
        return None
