"""A change event: something that was deployed or altered, as a tool tells it. It pages nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.domain.alerts.signals import AlertLink

KEPT = timedelta(days=30)
LATELY = timedelta(hours=1)
"""What changed within so long is looked at first."""
MOST_CHANGES = 5
"""So much of it the engineer on call sees beside their duties."""


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """What changed, where, and since when by its source's own clock, where it says so."""

    summary: str
    where: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    links: tuple[AlertLink, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A change event as it is kept. It is in order by when it came, as clocks differ."""

    id: int
    source: str
    summary: str
    place: str
    labels: Mapping[str, str]
    links: tuple[AlertLink, ...]
    at: datetime
    taken_at: datetime
