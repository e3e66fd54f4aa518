"""The calendars that say who is on call, for commands that ask without a running bot."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cli.findings import Finding, Level
from bot.clock import SystemClock
from bot.domain.process import Process
from bot.integrations.calendars import AHEAD, Found, read_all
from bot.operations.oncall.sources import calendar_read
from storage import calendars, people, reading
from storage.copying import Workspace, asked_of, named_people, workspace_in
from storage.reading import Part
from storage.transaction import Tx

_DAY = timedelta(days=1)
_SHORT = f"The database's copy counts, which ends {AHEAD.days} days after it was read."
_UNMATCHED_SAID = 5


def with_calendars(
    process: Process, workspace: Workspace, at: datetime, ahead: timedelta = _DAY
) -> tuple[Workspace, list[Finding], list[Finding]]:
    """Return a workspace in which each calendar says who is on call from a moment on, so far ahead.

    The database's copy counts where there is one that goes so far; the others are read. What was used is
    returned too, and what is wrong with it.
    """
    with_one = {name: one for name, one in process.schedules.items() if one.calendar}
    copies = {row["schedule"] for row in workspace.get("calendar_shifts", ())}
    # A copy may be some hours old, and ends so much earlier than what is read now.
    kept = copies if at + ahead + _DAY <= SystemClock().now() + AHEAD else set()
    found = [
        Finding(Level.OK, f"schedules.{name}.calendar: the database's copy counts.")
        for name in with_one
        if name in kept
    ]
    unread = {name: one for name, one in with_one.items() if name not in kept}
    if unread:
        read = asyncio.run(read_all(replace(process, schedules=unread), at, max(ahead, AHEAD)))
        workspace, said = _laid_out(process, workspace, at, read, copies)
        found += said
    wrong = [one for one in found if one.level is not Level.OK]
    return workspace, [one for one in found if one not in wrong], wrong


def keep(tx: Tx, name: str, found: Found | str, instead: str) -> Iterator[Finding]:
    """Keep what a calendar says, and yield what is to be said of it; `instead` says what counts else."""
    where = f"schedules.{name}.calendar"
    if isinstance(found, str):
        yield Finding(Level.WARNING, f"{where}: it {found}.", instead)
        return
    calendar_read(tx, name, (found.events, found.odd))
    kept = calendars.get(tx, name)
    yield from (Finding(Level.WARNING, f"{where}: {what}.", "Mend it in the calendar.") for what in kept.odd)
    if kept.unmatched:
        named = ", ".join(f"`{who}`" for who in kept.unmatched[:_UNMATCHED_SAID])
        if (more := len(kept.unmatched) - _UNMATCHED_SAID) > 0:
            named += f" and {more} more"
        cure = f"Name them under {where}.people. Their shifts count as nobody's."
        yield Finding(Level.WARNING, f"{where}: nobody is known by {named}.", cure)
    count = len(kept.events)
    yield Finding(Level.OK, f"{where}: it was read now, {count} event{'s' * (count != 1)} to come.")


def _laid_out(
    process: Process, workspace: Workspace, at: datetime, read: Mapping[str, Found | str], copies: set[str]
) -> tuple[Workspace, list[Finding]]:
    events = [event for one in read.values() if isinstance(one, Found) for event in one.events]
    addresses = [who.lower() for event in events for who in event.who if "@" in who]
    with asked_of(workspace, process, at) as tx:
        if not workspace:  # everybody who is named can be called
            people.record(tx, named_people(process, addresses))
        reading.went_on(tx, Part.PEOPLE, None)
        instead = {name: _SHORT if name in copies else "It is left out." for name in read}
        said = [line for name, one in read.items() for line in keep(tx, name, one, instead[name])]
        if not events:
            return workspace, said
        return {table: rows for table, rows in workspace_in(tx).items() if rows or table in workspace}, said
