"""Looks hour by hour whom a page would reach: for a merge request that changes who is on call."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby, pairwise

import click

from bot.cli.findings import Finding, Level
from bot.domain.oncall.shifts import Shift
from bot.domain.paging.coverage import Gap, TooFew, paged_for, too_few
from bot.domain.process import Level as PathLevel
from bot.domain.process import Process
from bot.operations.paging.targets import hours_of, surely_called
from storage import people, schedules
from storage.copying import Workspace, asked_at, asked_of
from storage.transaction import Tx

MOST = 366
_DAYS = re.compile(r"(\d{1,3})d")


def days(_context: click.Context, _option: click.Parameter, value: str | None) -> timedelta | None:
    """Read a number of days."""
    found = _DAYS.fullmatch(value.strip()) if value is not None else None
    if value is not None and not (found and 0 < int(found[1]) <= MOST):
        raise click.BadParameter(f"`{value}` is no time ahead. Expected days, from 1d to {MOST}d.")
    return timedelta(days=int(found[1])) if found else None


def cover(process: Process, workspace: Workspace, start: datetime, ahead: timedelta) -> list[Finding]:
    """Return where a page reaches too few people: a line for each stretch of time, in the order of the teams.

    What a team is paged for follows them; one that no type pages gives hints alone. In an empty workspace
    everybody who is named can be called.
    """
    with asked_of(workspace, process, start) as tx:
        gaps = groupby(too_few(process, _staffed(tx, start + ahead)), key=lambda one: one.team)
        found = [line for team, each in gaps for line in _findings(tx, team, each, start + ahead)]
    if not failing(found):
        when = f"{start:%Y-%m-%d %H:%M} (UTC) on, for {ahead.days} days"
        what = "every page of an incident reaches somebody, and if they do not answer somebody else"
        found.append(Finding(Level.OK, f"{when}: {what}."))
    return found


def failing(found: Iterable[Finding]) -> bool:
    return any(one.level in {Level.FATAL, Level.WARNING} for one in found)


def _staffed(tx: Tx, until: datetime) -> dict[str, list[Shift]]:
    """Return whom a page for each team calls until then: of those whose turn it is, who can be called."""
    coming = {name: list(shifts) for name, shifts in schedules.coming(tx, until).items()}
    named = dict.fromkeys(who for shifts in coming.values() for one in shifts for who in one.people)
    there = people.can_be_called(tx, [*named])
    found = {
        name: [replace(one, people=tuple(who for who in one.people if who in there)) for one in shifts]
        for name, shifts in coming.items()
    }
    levels = (level for team in tx.process.teams.values() for level in tx.process.walk(team))
    other = {level.key: level for level in levels if not level.plain}
    return {**found, **{key: _turns(tx, one, found[one.team], until) for key, one in other.items()}}


def _turns(tx: Tx, level: PathLevel, shifts: list[Shift], until: datetime) -> list[Shift]:
    """Return whom a level calls that calls others than who is on call for its team, or not always."""
    start, moments = tx.now, {one.start for one in shifts} | {tx.now, until}
    if level.only.working:
        named = people.callable_of(tx, [*tx.process.teams[level.team].named, level.call])
        for who in {*named, *(who for one in shifts for who in one.people)}:
            moments.update(hours_of(tx, who, level.team).edges(start, until))
    found = [
        Shift(at, end, tuple(surely_called(asked_at(tx, at), level))) for at, end in pairwise(sorted(moments))
    ]
    asked_at(tx, start)
    return found


def _findings(tx: Tx, team: str, gaps: Iterable[TooFew], until: datetime) -> Iterator[Finding]:
    paged = paged_for(tx.process, team)
    for one in gaps:
        grave = Level.FATAL if one.gap is Gap.NOBODY else Level.WARNING
        yield Finding(grave if paged else Level.HINT, f"{team}: {_said(tx, one, until)}")
    yield Finding(Level.HINT, f"{team} is paged for {', '.join(paged) or 'no type of incident'}.")


def _said(tx: Tx, gap: TooFew, until: datetime) -> str:
    names = people.names(tx, gap.people)
    who = f": {' and '.join(names.get(one, one) for one in gap.people)}" if gap.people else ""
    end = "on" if gap.end == until else f"to {gap.end:%Y-%m-%d %H:%M}"
    of = f" for {gap.of}" if gap.of else ""
    return f"{gap.start:%Y-%m-%d %H:%M} {end} (UTC) {gap.gap}{of}{who}."
