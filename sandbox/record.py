"""What went over the wire: every Web API call, every delivery, every acknowledgement, every text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Literal

Kind = Literal["call", "event", "ack", "text"]


@dataclass
class Record:
    """One entry. `started` and `ended` are seconds of the event loop's own clock, `at` is the sandbox's time.

    A call is the app asking Slack; an event is any delivery to the app (commands and clicks too), whose
    `ended` is the moment of its acknowledgement; an ack repeats that as an entry of its own. A text went to
    the phone that `method` names.
    """

    n: int
    kind: Kind
    method: str
    args: dict[str, Any]
    at: datetime
    started: float
    ended: float | None = None
    ok: bool | None = None
    error: str | None = None
    status: int | None = None
    result: Any = None
    attempt: int = 0
    url: str = ""

    @property
    def seconds(self) -> float | None:
        return None if self.ended is None else self.ended - self.started


@dataclass
class Log:
    """The records in order, and questions about them. With `most`, the oldest are forgotten."""

    entries: list[Record] = field(default_factory=list)
    most: int | None = None
    first: int = 0

    def add(self, kind: Kind, method: str, args: dict[str, Any], at: datetime, started: float) -> Record:
        record = Record(self.first + len(self.entries), kind, method, args, at, started)
        self.entries.append(record)
        if self.most is not None and len(self.entries) > self.most + self.most // 10:
            self._forget(len(self.entries) - self.most)
        return record

    def _forget(self, count: int) -> None:
        del self.entries[:count]
        self.first += count

    def clear(self) -> None:
        self._forget(len(self.entries))

    def _since(self, n: int) -> list[Record]:
        return self.entries[max(0, n - self.first) :]

    def get(self, n: int) -> Record | None:
        """The entry of this number, unless it is forgotten or yet to come."""
        return self.entries[n - self.first] if self.first <= n < self.first + len(self.entries) else None

    def page(self, after: int, kinds: list[Kind], glob: str, most: int) -> tuple[list[Record], int]:
        """At most so many entries that fit, and the number after which to go on."""
        found: list[Record] = []
        for entry in self._since(after + 1):
            if len(found) == most:
                break
            after = entry.n
            if entry.kind in kinds and fnmatchcase(entry.method, glob):
                found.append(entry)
        return found, after

    def matching(self, kind: Kind, glob: str, since: int = 0) -> list[Record]:
        return [
            entry for entry in self._since(since) if entry.kind == kind and fnmatchcase(entry.method, glob)
        ]

    def depth_of(self, call: Record, since: int = 0) -> int:
        """1 + the longest chain of calls before this one, each begun after the one before it had ended."""
        return dict(_depths(self.matching("call", "*", since)))[call.n]

    def depth(self, since: int = 0) -> int:
        """The deepest chain of calls since that entry; 0 when there were none."""
        return max((depth for _, depth in _depths(self.matching("call", "*", since))), default=0)


def _depths(calls: list[Record]) -> Iterator[tuple[int, int]]:
    done: list[tuple[Record, int]] = []
    for call in sorted(calls, key=lambda call: (call.started, call.n)):
        before = [depth for other, depth in done if other.ended is not None and other.ended <= call.started]
        depth = 1 + max(before, default=0)
        done.append((call, depth))
        yield call.n, depth
