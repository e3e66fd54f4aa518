"""Whom a page would call that nobody answers, over a stretch of time: where that is too few, it is a gap."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from bot.domain.incidents.incident import Severity
from bot.domain.oncall.shifts import Shift
from bot.domain.paging.escalations import OnCall
from bot.domain.process import IncidentType, Level, Process, Team


class Gap(StrEnum):
    """What is wrong with whom a path calls, the worst first."""

    NOBODY = "reaches nobody"
    LAST_RESORT = "reaches only the last level"
    ONE_PERSON = "reaches one person and then nobody else"


@dataclass(frozen=True, slots=True)
class TooFew:
    """A page for a team calls too few people from `start` until `end`: these, whoever does not answer.

    `of` names the incidents, where others walk the team's path otherwise.
    """

    team: str
    gap: Gap
    start: datetime
    end: datetime
    people: tuple[str, ...]
    of: str = ""


def too_few(process: Process, staffed: Mapping[str, Sequence[Shift]]) -> Iterator[TooFew]:
    """Yield the gaps of each team's path, in order, each as long as it stays the same."""
    for team in process.teams.values():
        for walked, of in _walks(process, team).items():
            found: TooFew | None = None
            for start, end, on_call in _constant(team, staffed):
                gap, people = _called(team, walked, on_call)
                if found and (found.gap, found.people, found.end) == (gap, people, start):
                    found = replace(found, end=end)
                    continue
                if found:
                    yield found
                found = TooFew(team.name, gap, start, end, people, of) if gap else None
            if found:
                yield found


def _walks(process: Process, team: Team) -> dict[tuple[Level, ...], str]:
    """Return the levels that are called for the incidents that page a team, and which incidents those are,
    unless all have the same.
    """
    kinds = [kind for kind in process.types.values() if not kind.drill]  # a drill calls whom it names
    every = [(kind, severity) for kind in kinds for severity in Severity]
    paging = [(kind, severity) for kind, severity in every if team.name in _pages(kind, severity)]
    found: dict[tuple[Level, ...], dict[str, list[str]]] = {}
    for kind, severity in paging or every:
        walked = tuple(level for level in team.path if level.only.admits(severity, kind.name))
        found.setdefault(walked, {}).setdefault(kind.name, []).append(severity.value)
    named = {
        walked: "; ".join(f"{kind} {', '.join(severities)}" for kind, severities in of.items())
        for walked, of in found.items()
    }
    return named if len(named) > 1 else dict.fromkeys(named, "")


def _pages(kind: IncidentType, severity: Severity) -> tuple[str, ...]:
    return kind.called(high=severity.high) + (kind.verified if severity is Severity.S1 else ())


def paged_for(process: Process, team: str) -> list[str]:
    """Return the types that page a team, each with its severities. A drill pages only whom it names."""
    found = []
    for kind in process.types.values():
        if kind.drill:
            continue
        if team in kind.called(high=False):
            found.append(kind.name)
        elif team in kind.called(high=True):
            found.append(f"{kind.name} S1 and S2")
        elif team in kind.verified:
            found.append(f"{kind.name} S1 once it is verified")
    return found


def _constant(
    team: Team, staffed: Mapping[str, Sequence[Shift]]
) -> Iterator[tuple[datetime, datetime, OnCall]]:
    """Yield the stretches in which the same people are on call at each level of a team's path."""
    levels = list(dict.fromkeys(level.key for level in team.path))
    moments = sorted({at for name in levels for one in staffed[name] for at in (one.start, one.end)})
    turns = {name: iter(staffed[name]) for name in levels}
    now = {name: next(turns[name]) for name in levels}
    for start, end in pairwise(moments):
        for name, one in now.items():
            if one.end <= start:
                now[name] = next(turns[name])
        yield start, end, {name: one.people for name, one in now.items()}


def _called(team: Team, walked: Collection[Level], on_call: OnCall) -> tuple[Gap | None, tuple[str, ...]]:
    """Return whom a page calls while nobody answers, and what is wrong with that.

    A path of one level is a last resort itself: it may call one person.
    """
    *first, last = [on_call.get(level.key, ()) if level in walked else () for level in team.path]
    people = tuple(dict.fromkeys(person for level in (*first, last) for person in level))
    if not people:
        return Gap.NOBODY, ()
    if not first:
        return None, people
    if not any(first):
        return Gap.LAST_RESORT, people
    return (Gap.ONE_PERSON if len(people) == 1 else None), people
