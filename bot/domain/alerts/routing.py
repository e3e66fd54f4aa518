"""What becomes of an alert: by the first rule that matches it, else as the default has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Protocol, TypeAlias

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.layouts import Layout
from bot.domain.alerts.signals import Signal
from bot.domain.incidents.incident import Severity
from bot.domain.oncall.schedules import WorkingHours

Told: TypeAlias = Signal | Alert
"""An alert as its source tells it, or as it is kept."""


class Then(StrEnum):
    """What a rule makes of an alert."""

    TRIAGE = "triage"
    """Somebody decides whether it is an incident; the handbook's way."""
    ACTIVE = "active"
    """It is one, and pages as any declaration."""
    PAGE = "page"
    """It pages a team, and makes no incident."""
    KEEP = "keep"
    """It is kept and shown, and pages nobody."""


class Ended(StrEnum):
    """What is done when the source says that all alerts of an incident in triage are over."""

    CLOSE = "close"
    """A triage is declined; in an incident that somebody accepted it is noted."""
    NOTE = "note"
    ASK = "ask"
    """Whoever decides or leads is asked whether it is over."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something that sends alerts in a format of ours. Of its key only the SHA-256 is known, in hex.

    With a `secret` what it sends is signed. Of Amazon's `topics` only these are taken, where some are named.
    """

    name: str
    format: str
    key: str = field(repr=False)
    layout: Layout | None = None
    secret: str = field(default="", repr=False)
    topics: tuple[str, ...] = ()


class Runs(Protocol):
    """Times at which something runs, such as those of a cron expression."""

    def after(self, moment: datetime) -> datetime:
        """Return the first of them that is later than a moment."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Something that is to be heard of every so often, after each of its `runs`, or in each of the `windows`.
    It may be late by its `grace`; then its silence is an alert of this severity. Each of its `instances` is
    expected by itself, once it was heard of.
    """

    name: str
    every: timedelta
    key: str = field(repr=False)
    severity: Severity = Severity.S2
    windows: WorkingHours | None = None
    instances: bool = False
    runs: Runs | None = None
    grace: timedelta = timedelta()

    @property
    def dated(self) -> bool:
        """Whether it is expected by the calendar, which stays as it is when a clock is set."""
        return bool(self.windows or self.runs)

    def due(self, now: datetime) -> datetime:
        """Return by when it is to be heard of, if it was now, or is expected from now on.

        Who is heard of within a window has done for it, and so has who is heard of after a run: the next one
        is waited for.
        """
        if self.runs:
            return self.runs.after(now) + self.grace
        if not self.windows:
            return now + self.every + self.grace
        today = now.astimezone(self.windows.zone).date()
        days = (today + timedelta(days=one) for one in range(-1, 9))
        found = (
            window.window(day, self.windows.zone)
            for day in days
            for window in self.windows.windows
            if day.weekday() in window.days
        )
        return min(end for start, end in found if start > now)


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do with alerts of these sources whose labels match: an asterisk stands for any characters.

    `type` and `severity` are the incident's, where they are to be others than the default type and what the
    source says. Alerts with the same values of the labels in `group_by` share an incident. `team` is paged
    beside whom the type pages, or alone where no incident is made; `service` is what alerts are of that name
    none. A group shares an incident while it is open, and while one was told of less than `group_for` ago.
    One that came `flaps` times within `flaps_within` comes and goes: its triage stays open.
    """

    then: Then = Then.TRIAGE
    name: str = ""
    sources: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    severities: tuple[str, ...] = ()
    type: str = ""
    severity: Severity | None = None
    group_by: tuple[str, ...] = ()
    ended: Ended = Ended.CLOSE
    team: str = ""
    service: str = ""
    group_for: timedelta | None = None
    flaps: int = 3
    flaps_within: timedelta = timedelta(minutes=30)

    def matches(self, source: str, alert: "Told") -> bool:
        graded = alert.severity.value if alert.severity else "info"
        return (
            (not self.sources or source in self.sources)
            and (not self.severities or graded in self.severities)
            and all(fnmatchcase(alert.labels.get(one, ""), value) for one, value in self.labels.items())
        )


DEFAULT = Rule(name="default")
"""What is done with an alert that no rule matches: it is never dropped silently."""

MOST_INCIDENTS = 10
"""So many incidents one source opens within `STORM`; further groups join the newest of them."""
STORM = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When alerts of low severities are decided about; at other times they wait."""

    hours: WorkingHours = field(default_factory=WorkingHours)
    holidays: frozenset[date] = frozenset()
    severities: tuple[str, ...] = (Severity.S3, Severity.S4)

    def opens(self, severity: Severity, at: datetime) -> datetime | None:
        """Return until when an alert waits that comes at this moment: None if it does not.

        Where no working time begins within two months, nothing waits: it would for ever.
        """
        if severity not in self.severities or self._hold(at):
            return None
        edges = sorted(self.hours.edges(at, at + LONGEST_WAIT))
        return next((one for one in edges if self._hold(one)), None)

    def _hold(self, at: datetime) -> bool:
        return self.hours.hold(at) and at.astimezone(self.hours.zone).date() not in self.holidays


LONGEST_WAIT = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Routed:
    """What a rule says of one alert: None as its severity pages nobody."""

    rule: Rule
    then: Then
    severity: Severity | None
    group: str


def route(rules: Sequence[Rule], source: str, alert: Told) -> Routed:
    """Return what becomes of an alert.

    One that only informs is kept, unless a rule that matches gives it a severity. What was sent to try the
    source out is kept too.
    """
    rule = next((one for one in rules if one.matches(source, alert)), DEFAULT)
    severity = rule.severity or alert.severity
    then = Then.KEEP if severity is None or alert.test else rule.then
    return Routed(rule, then, severity, group_of(rule, alert))


def group_of(rule: Rule, alert: Told) -> str:
    """Return what alerts that belong together share: labels, else the source's group, else their title."""
    if rule.group_by:
        return "\n".join(f"{name}={alert.labels.get(name, '')}" for name in rule.group_by)
    return alert.group or alert.labels.get("alertname") or alert.title
