"""Schedules as they stand: with their overrides, and with people by their Slack user ids."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from bot.domain.oncall.overrides import Overrides
from bot.domain.oncall.schedules import Schedule, Turn
from bot.domain.oncall.shifts import HORIZON, Shift, shifts
from storage import calendars, overrides, people
from storage.transaction import Tx


def standing(tx: Tx, until: datetime, start: datetime | None = None) -> dict[str, tuple[Schedule, Overrides]]:
    """Return each schedule with its overrides from `start`, or now, until then. Whom Slack does not know
    keeps a name.
    """
    schedules = tx.process.schedules
    if not schedules:
        return {}
    stand = overrides.between(tx, schedules, start or tx.now, until)
    read = calendars.between(
        tx, [name for name, one in schedules.items() if one.calendar], start or tx.now, until
    )
    ids = people.ids(tx, [who for one in schedules.values() for who in (*one.people, *one.shadows)])
    return {
        name: (schedule.renamed(ids).read(read.get(name, ())), stand[name])
        for name, schedule in schedules.items()
    }


def coming(tx: Tx, until: datetime) -> dict[str, Iterator[Shift]]:
    """Yield who is on call for each team from now until then. A team with a list has one shift."""
    stand, now = standing(tx, until), people.on_call(tx)
    return {
        name: shifts(*stand[team.schedule.name], tx.now, until)
        if team.schedule
        else iter([Shift(tx.now, until, tuple(now[name]))])
        for name, team in tx.process.teams.items()
    }


def next_people(tx: Tx, schedule: Schedule) -> Turn:
    """Return who is on call next by a schedule: the first others than now, within `HORIZON`."""
    until = tx.now + HORIZON
    found = shifts(*standing(tx, until)[schedule.name], tx.now, until)
    now = next(found).people
    return next((one.people for one in found if one.people and one.people != now), ())


def following(tx: Tx) -> dict[str, Shift]:
    """Return the shift that follows the present one for each team, where there is one within `HORIZON`.

    It names only those whom a page would call.
    """
    each = {name: islice(found, 1, 2) for name, found in coming(tx, tx.now + HORIZON).items()}
    then = {name: shift for name, found in each.items() for shift in found}
    there = people.can_be_called(tx, [who for shift in then.values() for who in shift.people])
    return {
        name: replace(shift, people=tuple(who for who in shift.people if who in there))
        for name, shift in then.items()
    }
