"""Calendars of who is on call, for a person's own program: read at a secret address, until it is renewed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.oncall.shifts import Shift, shifts
from bot.domain.rights import Right
from bot.operations.rights import allow
from storage import meta, people, schedules
from storage.people import Person
from storage.transaction import Tx

BACK, AHEAD = timedelta(days=7), timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The shifts of each schedule, of one person's alone or of all, and who those people are."""

    name: str
    shifts: tuple[tuple[str, Shift], ...]
    people: Mapping[str, Person]


def number_of(tx: Tx, by: str) -> int:
    """Return the number that a person's addresses are good for. Whoever may not page people has none."""
    allow(tx, by, Right.WORK)
    return int(meta.get(tx, _key(by)) or 1)


def renew(tx: Tx, by: str) -> int:
    """Let no address that a person was given be good any more, and return the number of new ones."""
    number = number_of(tx, by) + 1
    meta.put(tx, _key(by), str(number))
    return number


def calendar(tx: Tx, number: int, person: str, schedule: str) -> Calendar | None:
    """Return what an address shows: a person's own shifts, or a schedule's. None if it is good no more."""
    if number != number_of(tx, person) or (schedule and schedule not in tx.process.schedules):
        return None
    start, end = tx.now - BACK, tx.now + AHEAD
    found = [
        (name, shift)
        for name, (one, overrides) in schedules.standing(tx, end, start).items()
        for shift in shifts(one, overrides, start, end)
        if (name == schedule if schedule else person in shift.people)
    ]
    known = {who: people.get(tx, who) for _, shift in found for who in shift.people}
    return Calendar(
        schedule or "On call", tuple(found), {who: one for who, one in known.items() if one is not None}
    )


def _key(person: str) -> str:
    return f"calendar addresses of {person}"
