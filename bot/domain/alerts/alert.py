"""An alert as it is kept: from when it first fired until its source says that it is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.alerts.signals import AlertLink, State
from bot.domain.incidents.incident import Severity


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a source. It fired `fired` times, first and last at these times, as we heard it.

    `incident` is what it opened or joined. `outcome` says in words of ours what was made of it, empty until
    then; `rule` which rule said so.
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

    @property
    def open(self) -> bool:
        return self.resolved_at is None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What came from a source so far: taken, and refused, as with a wrong key."""

    name: str
    taken: int
    refused: int
    taken_at: datetime | None
    refused_at: datetime | None
    reason: str
