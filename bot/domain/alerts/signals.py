"""What a source says of one alert, in one form.

The severity words are those that GitLab's alert integrations take.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.incidents.incident import Severity

LONGEST_KEY = 255
"""Characters of a key: as many as PagerDuty's Events API takes."""
LONGEST_TITLE = 1024
UNREADABLE = "Unreadable alert from"


class State(StrEnum):
    """What a source says that has become of an alert."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


_WORDS = {
    Severity.S1: ("critical", "s1", "p1", "sev1", "emergency", "fatal"),
    Severity.S2: ("high", "s2", "p2", "sev2", "major", "page"),
    Severity.S3: ("medium", "s3", "p3", "sev3", "error", "alert"),
    Severity.S4: ("low", "s4", "p4", "sev4", "minor", "warn", "warning"),
    None: ("info", "s5", "p5", "debug", "information", "informational", "notice", "none", "ok"),
}
_GRADES = {word: severity for severity, words in _WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class AlertLink:
    """An address that a source gives with an alert. It is shown, and never fetched."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Signal:
    """One alert as its source tells it now. The same `key` is the same alert, while it is open; without one
    the body that it came in tells it from others.

    Without a `severity` it informs, and pages nobody. `group` is what the source itself groups it by. A
    `test` was sent by hand to try the source out.
    """

    key: str
    title: str
    state: State
    severity: Severity | None
    text: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    links: tuple[AlertLink, ...] = ()
    image: str = ""
    group: str = ""
    since: datetime | None = None
    test: bool = False
    readable: bool = True


def grade(word: object) -> Severity | None:
    """Return the severity that a source's word stands for, None for one that only informs.

    A word that is missing or not known counts as the worst: an alert that is worse than it is said to be
    wakes nobody.
    """
    return _GRADES.get(str(word or "").strip().lower(), Severity.S1)


def knows(word: str) -> bool:
    """Say whether a word stands for a severity."""
    return word.strip().lower() in _GRADES


def unreadable(source: str, key: str = "unreadable") -> Signal:
    """Return the alert that is raised for one in which nothing is found: it may be a grave one.

    A reader knows no `source`: its name is put in by `of_source`.
    """
    return Signal(key, f"{UNREADABLE} {source}".rstrip(), State.FIRING, Severity.S2, readable=False)


def of_source(signals: Sequence[Signal], source: str) -> list[Signal]:
    """Return signals, those that nobody can read named by the source that sent them."""
    return [one if one.readable else unreadable(source, one.key) for one in signals]
