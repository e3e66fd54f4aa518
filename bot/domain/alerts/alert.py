"""An alert as it is kept: from when it first fired until its source says that it is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.actors import Machine, MachineKind
from bot.domain.alerts.signals import AlertLink, State
from bot.domain.incidents.incident import Severity

DETACHED = "detached"
"""How the outcome begins of an alert that somebody took out of its incident."""
QUIET = timedelta(days=1)
"""An alert that was declined, or paged for, and not heard of for so long is another one when it fires again.

Many sources never say that one is over: it would call nobody any more.
"""
UNREAD_QUIET = timedelta(minutes=15)
"""The same for what nobody can read: what comes later is about something else."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a source. It fired `fired` times, first and last at these times, as we heard it.

    `incident` is what it opened or joined, `page` what calls for it without one. `outcome` says in words of
    ours what was made of it, empty until then; `rule` which rule said so. `trace` names the request in which
    it was told last.
    """

    id: int
    source: str
    key: str
    title: str
    text: str
    severity: Severity | None
    state: State
    labels: Mapping[str, str]
    links: tuple[AlertLink, ...]
    image: str
    group: str
    readable: bool
    test: bool
    fired: int
    first_at: datetime
    last_at: datetime
    resolved_at: datetime | None
    incident: int | None
    outcome: str
    rule: str
    trace: str = ""
    page: int | None = None

    @property
    def sender(self) -> Machine:
        """Return who acts where this alert does something."""
        return Machine(MachineKind.ALERT, self.source)

    @property
    def detached(self) -> bool:
        """Say whether somebody took it out of its incident: nobody is called for it while it fires on."""
        return self.incident is None and self.outcome.startswith(DETACHED)

    @property
    def open(self) -> bool:
        return self.resolved_at is None


@dataclass(frozen=True, slots=True)
class Shelved:
    """An alert that somebody put aside for a while: until then it opens nothing, however often it fires."""

    id: int
    source: str
    key: str
    shelved_by: str
    at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """Somebody says that what alerts opened was nothing. `changes` asks for the alert to be changed."""

    incident: int
    changes: bool
    note: str
    said_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Noise:
    """What the alerts of one rule came to: each incident counts once for it.

    `real` were accepted, `wrong` were said to be false alarms, `declined` were none for another reason or
    ended by themselves; `waiting` are undecided, or declared by a rule and led by nobody yet. `kept` opened
    nothing.
    """

    rule: str
    alerts: int
    fired: int
    real: int
    wrong: int
    declined: int
    waiting: int
    kept: int


@dataclass(frozen=True, slots=True)
class SourceState:
    """What came from a source so far: taken, and refused, as with a wrong key."""

    name: str
    taken: int
    refused: int
    taken_at: datetime | None
    refused_at: datetime | None
    reason: str
