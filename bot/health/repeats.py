"""What is logged again and again: its cause once, then a count each minute, and a line when it is over."""

import logging
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

EVERY = 60.0
"""Seconds between two lines about what goes on."""
OVER_AFTER = 90.0
"""Seconds without it after which it is over: longer than what is tried once a minute takes to fail again."""
MOST_NAMED = 10

_ORDINARY = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
_OF_ONE = {"delivery", "attempt", "incident", "page", "row", "trace"}
"""What differs from line to line of one cause."""
_APART = ("source", "lost")
"""What tells one cause from another as it is written, whatever numbers are in it."""
_OBJECT = re.compile(r'"(\w[\w ]*) \(trigger: <.*$')
"""What APScheduler says of one of our jobs after its name: an object's address."""
_NUMBER = re.compile(r"\b(?:0x)?[0-9a-f]*\d[\w-]*", re.IGNORECASE)


@dataclass(slots=True)
class _Seen:
    said: float
    since: float
    last: float
    event: str
    logger: str
    level: int
    left_out: int = 0
    total: int = 1
    incidents: set[str] = field(default_factory=set)


class Repeats(logging.Filter):
    """Lets of equal warnings and errors one through in a minute, the first with its trace.

    They are equal with one logger, level, text, kind of error and reason, whatever the numbers in it, and
    with the same source of alerts or lost incident. An error that says what is `absent` is one cause wherever
    it is met. Nothing below a warning is left out.
    """

    def __init__(self, say: Callable[[logging.LogRecord], object], monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._say = say
        self._monotonic = monotonic
        self._seen: dict[Hashable, _Seen] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether to log this, and make a count of it when it stands for several."""
        if record.levelno < logging.WARNING or hasattr(record, "lasted"):
            return True
        self.sweep()
        now = self._monotonic()
        absent = _absent(record)
        key = absent or _key(record)
        seen = self._seen.get(key)
        if seen is None:
            event, level = _NUMBER.sub("…", record.getMessage()), record.levelno
            self._seen[key] = _Seen(now, now, now, event, record.name, level)
            return True
        record.exc_info = record.exc_text = record.stack_info = None
        seen.last = now
        seen.left_out += 1
        seen.total += 1
        if (incident := getattr(record, "incident", None)) and len(seen.incidents) < MOST_NAMED:
            seen.incidents.add(str(incident))
        if now - seen.said < EVERY:
            return False
        _count(record, seen)
        seen.said, seen.left_out = now, 0
        return True

    def sweep(self) -> None:
        now = self._monotonic()
        for key, seen in list(self._seen.items()):
            if now - seen.last > OVER_AFTER:
                del self._seen[key]
                if seen.total > 1:
                    self._say(_over(seen))


def sweep() -> None:
    """Have every log say what is over."""
    for handler in logging.getLogger().handlers:
        for one in handler.filters:
            if isinstance(one, Repeats):
                one.sweep()


def _absent(record: logging.LogRecord) -> str | None:
    """Return what is absent, with the record made to say that instead of where it was missed."""
    error = record.exc_info[1] if record.exc_info else None
    absent = getattr(error, "absent", None)
    if absent:
        record.missed_by, record.reason = _OBJECT.sub(r"\1", record.getMessage()), str(error)
        record.msg, record.args = absent, ()
        record.exc_info = record.exc_text = None
    return str(absent) if absent else None


def _key(record: logging.LogRecord) -> Hashable:
    extras = {name: value for name, value in vars(record).items() if name not in _ORDINARY | _OF_ONE}
    kind = record.exc_info[0] if record.exc_info else None
    text = _NUMBER.sub("#", str(record.msg))
    apart = tuple(str(extras.pop(name, "")) for name in _APART)
    masked = _NUMBER.sub("#", str(sorted(extras.items(), key=str)))
    return record.name, record.levelno, text, kind, apart, masked


def _count(record: logging.LogRecord, seen: _Seen) -> None:
    record.repeated = seen.left_out
    if seen.incidents:
        record.incidents = ",".join(sorted(seen.incidents))
        seen.incidents.clear()


def _over(seen: _Seen) -> logging.LogRecord:
    record = logging.LogRecord(seen.logger, seen.level, "", 0, f"over: {seen.event}", (), None)
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    record.lasted, record.times = f"{seen.last - seen.since:.0f} s", seen.total
    return record
