"""What the bot counts of itself while it works. Nothing here names a person, an incident or a channel."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import Lock
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.domain.audit import Fault

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3600)
SHORT = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
CALL = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
TRIES = (1, 2, 3, 5, 10, 20, 50)
MOST_ADDRESSES = 50
"""So many have a row of their own: whoever sends from thousands fills no memory."""
MOST_NAMED = 10
"""So many operations are named: those of which one took the longest."""
NO_SOURCE = "(none)"
"""As what requests are counted that name no source."""


class Measures:
    """Counters and histograms in a registry of their own: two bots in one process do not mix."""

    def __init__(self) -> None:
        self.kept = CollectorRegistry()
        self.page_lateness = self._histogram(
            "page_lateness_seconds", "Deadline acted on minus due time.", SECONDS
        )
        self._lag = self._histogram(
            "delivery_lag_seconds", "From decided to delivered, by job.", SECONDS, "job"
        )
        self._attempts = self._histogram(
            "delivery_attempts", "Attempts that a delivery took, by job.", TRIES, "job"
        )
        self._failures = self._counter("delivery_failures", "Attempts that failed, by job.", "job", "result")
        self._findings = self._counter("audit_findings", "Faults that the audit found.", "kind", "mended")
        for fault in Fault:
            self._findings.labels(fault.value, "no")
        self._beats = self._counter("heartbeats", "Heartbeats, by what became of them.", "result")
        for result in ("ok", "failed", "withheld"):
            self._beats.labels(result)
        self.ticks = self._counter("ticks", "Looks at the deadlines.")
        self.clock_steps = self._counter("clock_steps", "Times that somebody set the clock.")
        self.signatures_refused = self._counter(
            "slack_signatures_refused", "Signed requests whose signature was wrong or too old."
        )
        self._wrong_keys = self._counter(
            "alert_wrong_keys", "Requests with alerts whose key or signature is wrong.", "source", "address"
        )
        self._strangers: set[str] = set()
        self.loop_lag = self._histogram("loop_lag_seconds", "How late the event loop wakes somebody.", SHORT)
        self._transactions = self._histogram(
            "transaction_seconds", "How long a decision or a question held the database.", SHORT, "kind"
        )
        self._longest: dict[tuple[str, str], float] = {}
        self._naming = Lock()
        self._calls = self._counter("slack_calls", "Calls to Slack's Web API.", "method", "result")
        self._durations = self._histogram(
            "slack_call_seconds", "How long Slack took to answer.", CALL, "method"
        )

    def delivered(self, job: str, lag: timedelta, attempt: int) -> None:
        """A delivery arrived, this long after it was decided."""
        self._lag.labels(job).observe(lag.total_seconds())
        self._attempts.labels(job).observe(attempt)

    def not_delivered(self, job: str, *, permanent: bool, uncertain: bool) -> None:
        """An attempt failed: for good, or in a way that leaves its fate unknown, or to be tried again."""
        result = "refused" if permanent else "unknown" if uncertain else "retry"
        self._failures.labels(job, result).inc()

    def called(self, method: str, result: str, seconds: float) -> None:
        """Slack answered a call, or did not."""
        self._calls.labels(method, result).inc()
        self._durations.labels(method).observe(seconds)

    def found(self, fault: Fault, *, mended: bool) -> None:
        """The audit found a fault."""
        self._findings.labels(fault.value, "yes" if mended else "no").inc()

    def wrong_key(self, source: str, address: str) -> None:
        """A request came from an address with a key that is none; of too many addresses the rest is one."""
        if address not in self._strangers and len(self._strangers) >= MOST_ADDRESSES:
            address = "others"
        else:
            self._strangers.add(address)
        self._wrong_keys.labels(source or NO_SOURCE, address).inc()

    def took(self, kind: str, what: Callable[..., object], seconds: float) -> None:
        """A decision or a question took so long; any thread may tell."""
        self._transactions.labels(kind).observe(seconds)
        with self._naming:
            known = self._longest
            if len(known) >= MOST_NAMED and seconds <= min(known.values()):
                return
            key = kind, name_of(what)
            known[key] = max(seconds, known.get(key, 0.0))
            if len(known) > MOST_NAMED:
                del known[min(known, key=known.__getitem__)]

    @property
    def longest(self) -> Mapping[tuple[str, str], float]:
        """Return how long the operations took that took the longest, by kind and name."""
        with self._naming:
            return dict(self._longest)

    def beaten(self, result: str) -> None:
        """It was time for a heartbeat: `ok`, `failed` on its way, or `withheld` since not all is well."""
        self._beats.labels(result).inc()

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"muster_{name}", text, labels, registry=self.kept)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"muster_{name}", text, labels, buckets=buckets, registry=self.kept)


def name_of(what: Any) -> str:
    """Return where an operation stands in the code, whatever it is wrapped in. It names nobody."""
    while inner := getattr(what, "operation", None) or getattr(what, "func", None):
        what = inner
    return f"{what.__module__}.{getattr(what, '__qualname__', type(what).__qualname__)}"
