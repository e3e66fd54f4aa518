"""What went over the wire: every Web API call, every delivery, every acknowledgement."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Literal

Kind = Literal["call", "event", "ack"]


@dataclass
class Record:
    """One entry. `started` and `ended` are seconds of the event loop's own clock, `at` is the sandbox's time.

    A call is the app asking Slack; an event is any delivery to the app (commands and clicks too), whose
    `ended` is the moment of its acknowledgement; an ack repeats that as an entry of its own.
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

    @property
    def seconds(self) -> float | None:
        return None if self.ended is None else self.ended - self.started


@dataclass
class Log:
    """The records in order, and questions about them."""

    entries: list[Record] = field(default_factory=list)

    def add(self, kind: Kind, method: str, args: dict[str, Any], at: datetime, started: float) -> Record:
        record = Record(len(self.entries), kind, method, args, at, started)
        self.entries.append(record)
        return record

    def matching(self, kind: Kind, glob: str, since: int = 0) -> list[Record]:
        return [
            entry for entry in self.entries[since:] if entry.kind == kind and fnmatchcase(entry.method, glob)
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
