"""The board: what is open now, by status, with what is next and who does not answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.incidents.incident import Incident, Status
from bot.domain.maintenance.maintenance import Maintenance

COLUMNS = (Status.TRIAGE, Status.INVESTIGATING, Status.FIXING, Status.MONITORING)
OUTSIDE = 0
"""Stands for no incident where pages are listed by it."""
SOON = timedelta(days=7)
"""How far ahead planned maintenance is shown."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A page that nobody has answered: whom it calls, for which team, since when."""

    responder: str
    team: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What a board is made of. Two that are equal, but for the time that passed, show the same."""

    ids: frozenset[int]
    latest: tuple[int, ...]
    works: bool


@dataclass(frozen=True, slots=True)
class Board:
    """What is open to whoever asks, the worst first in each list, and what people are called."""

    at: datetime
    incidents: Sequence[Incident] = ()
    unanswered: Mapping[int, Sequence[Unanswered]] = field(default_factory=dict)
    maintenances: Sequence[Maintenance] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> Mapping[Status, Sequence[Incident]]:
        """Return what is no drill, by its status."""
        real = [one for one in self.incidents if not one.drill]
        return {status: [one for one in real if one.status is status] for status in COLUMNS}

    @property
    def outside(self) -> Sequence[Unanswered]:
        """Return the unanswered pages that are of no incident."""
        return self.unanswered.get(OUTSIDE, ())

    @property
    def drills(self) -> Sequence[Incident]:
        return [one for one in self.incidents if one.drill]

    def called(self, who: str) -> str:
        return self.names.get(who, "somebody")


def shown_of(found: Sequence[Maintenance], now: datetime) -> list[Maintenance]:
    """Return the maintenance that runs, and what begins soon."""
    return [one for one in found if one.starts_at <= now + SOON]
