"""The calendars that say who is on call, for commands that ask without a running bot."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.process import Process
from bot.integrations.calendars import Found, read_all
from bot.operations.oncall.sources import calendar_read
from storage import people, reading
from storage.copying import Workspace, asked_of, named_people, workspace_in
from storage.reading import Part


def with_calendars(
    process: Process, workspace: Workspace, at: datetime
) -> tuple[Workspace, list[str], list[str]]:
    """Return a workspace in which each calendar says who is on call at a moment, and from then on.

    The database's copy counts where there is one; the others are read. What was used is returned too, and
    what could not be read.
    """
    with_one = {name: one for name, one in process.schedules.items() if one.calendar}
    kept = {row["schedule"] for row in workspace.get("calendar_shifts", ())}
    unread = {name: one for name, one in with_one.items() if name not in kept}
    used = [f"schedules.{name}.calendar: the database's copy counts." for name in with_one if name in kept]
    if not unread:
        return workspace, used, []
    read = asyncio.run(read_all(replace(process, schedules=unread), at))
    found = {name: one for name, one in read.items() if isinstance(one, Found)}
    used += [f"schedules.{name}.calendar: it was read now." for name in found]
    missing = [
        f"schedules.{name}.calendar: it {one}. It is left out."
        for name, one in read.items()
        if name not in found
    ]
    return (_laid_out(process, workspace, at, found) if found else workspace), used, missing


def _laid_out(process: Process, workspace: Workspace, at: datetime, found: Mapping[str, Found]) -> Workspace:
    addresses = [
        who.lower() for one in found.values() for event in one.events for who in event.who if "@" in who
    ]
    with asked_of(workspace, process, at) as tx:
        if not workspace:  # everybody who is named can be called
            people.record(tx, named_people(process, addresses))
        reading.went_on(tx, Part.PEOPLE, None)
        for name, one in found.items():
            calendar_read(tx, name, (one.events, one.odd))
        return {table: rows for table, rows in workspace_in(tx).items() if rows or table in workspace}
