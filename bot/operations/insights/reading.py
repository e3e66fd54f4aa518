"""The figures of a time, read a piece at a time: no page to a person waits for a year of incidents.

Each piece is read in a transaction of its own, so what changes meanwhile is in it or not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import TypeAlias

from bot.domain.actors import Actor
from bot.domain.alerts.changes import KEPT
from bot.domain.insights.figures import figures_of
from bot.domain.insights.insight import Insight
from bot.domain.insights.load import Call, paged
from bot.domain.insights.measures import Measured, measured
from bot.domain.insights.periods import Period
from bot.domain.oncall.shifts import Shift
from bot.domain.oncall.spans import Span
from bot.domain.rights import Right
from bot.operations.oncall.load import managed_by
from bot.operations.oncall.rota import rota_of, zone_of
from bot.operations.rights import allow
from storage import change_events, insights, people
from storage.insights import Past, Wanted
from storage.transaction import Tx

INCIDENTS, CALLS = 500, 2000
"""How many are read at once: so that it takes about as long as a neighbour's question."""
BY_SHIFT = 100
"""Of how many days at most pages are counted by shift: to go through many shifts takes its time."""
Shifts: TypeAlias = tuple[Collection[str], Sequence[Shift]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read of a period so far, for whom, and what comes next; `done` when nothing does."""

    period: Period
    viewer: Actor
    private: bool = True
    incidents: Sequence[Measured] = ()
    calls: Sequence[Call] = ()
    shifts: Mapping[str, Shifts] = field(default_factory=dict)
    past: Past | None = None
    listed: bool = False
    called: bool = False
    done: bool = False

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.viewer, self.period.start, self.period.end, self.private)


def begun(tx: Tx, period: Period, *, by: Actor, private: bool = True) -> Gathered:
    """Return where reading begins for somebody, of private incidents too unless told otherwise. Refuses
    guests: they know only of what they are in.
    """
    allow(tx, by, Right.WORK)
    return Gathered(period, by, private)


def read_on(tx: Tx, gathered: Gathered) -> Gathered:
    """Return it with the next piece: first the incidents, then the pages, then the shifts of a schedule."""
    wanted, past = gathered.wanted, gathered.past
    if not gathered.listed:
        found, past = insights.courses(tx, wanted, _fields(tx), INCIDENTS, past)
        now = [*gathered.incidents, *(measured(one, tx.process, tx.now) for one in found)]
        return replace(gathered, incidents=now, past=past, listed=past is None)
    if not gathered.called:
        calls, past = insights.called(tx, wanted, CALLS, past)
        all_called = past is None
        more = replace(gathered, calls=[*gathered.calls, *calls], past=past, called=all_called)
        return replace(more, done=all_called and not _unread(tx, more))
    name = _unread(tx, gathered)[0]
    more = replace(gathered, shifts={**gathered.shifts, name: _shifts(tx, name, gathered.period)})
    return replace(more, done=not _unread(tx, more))


def insight(tx: Tx, gathered: Gathered) -> Insight:
    """Return the figures of what was read."""
    period, viewer = gathered.period, gathered.viewer
    managed = _managed(tx, viewer) if isinstance(viewer, str) else frozenset()

    def shown(person: str, teams: Collection[str]) -> bool:
        """Say whether somebody's own figures may be shown: to them, and to those who manage all of it."""
        return person == viewer or managed is None or managed.issuperset(teams)

    return Insight(
        period,
        figures_of(gathered.incidents),
        paged(gathered.calls, shown, gathered.shifts, cache(partial(zone_of, tx))),
        insights.follow_ups(tx, gathered.wanted, tx.now.astimezone(period.zone).date()),
        gathered.incidents,
        _changes(tx, period),
    )


def _changes(tx: Tx, period: Period) -> int | None:
    """Return how many change events came in a time, if there are any and none of it was deleted."""
    if tx.now - period.start > KEPT:
        return None
    return change_events.count(tx, period.start, period.end) or None


def _fields(tx: Tx) -> Mapping[str, str]:
    rules = tx.process.insights
    return {"services": rules.service, "cause": rules.cause, "change": rules.change}


def _managed(tx: Tx, viewer: str) -> frozenset[str] | None:
    """Return the teams whose load somebody is shown: of the schedules that they manage; None for an admin,
    who is shown all.
    """
    admins = people.ids(tx, tx.process.admins)
    if viewer in {admins.get(one, one) for one in tx.process.admins}:
        return None
    theirs = set(managed_by(tx, viewer))
    teams = tx.process.teams.items()
    return frozenset(name for name, team in teams if team.schedule and team.schedule.name in theirs)


def _unread(tx: Tx, gathered: Gathered) -> list[str]:
    """Return the schedules whose shifts are still to be read: none of a long time, or one to come."""
    period = gathered.period
    if period.days > BY_SHIFT or period.start >= tx.now:
        return []
    return [name for name in tx.process.schedules if name not in gathered.shifts]


def _shifts(tx: Tx, name: str, period: Period) -> Shifts:
    """Return the teams of a schedule, and its shifts that were over or had begun by now."""
    span = Span(period.start, min(period.end, tx.now))
    teams = [one.name for one in tx.process.teams.values() if one.schedule and one.schedule.name == name]
    return teams, rota_of(tx, name, since=span.start).shifts(span)
