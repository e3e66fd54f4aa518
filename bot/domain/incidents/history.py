"""Who held what when, read from the timeline."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.process import EXPERT
from bot.domain.timeline.entries import Entry, Kind

LEAD = ""
"""Stands where a role does."""
TELLS = (
    Kind.DECLARED,
    Kind.LEAD,
    Kind.ROLE,
    Kind.ACKNOWLEDGED,
    Kind.TAKEN_OVER,
    Kind.LEFT,
    Kind.STEPPED_BACK,
)
"""The kinds of entries that say it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A person held a role, or the lead, from a time until another, or still does."""

    role: str
    person: str
    since: datetime
    until: datetime | None = None


def holdings(entries: Iterable[Entry]) -> list[Held]:
    """Return who held what when: the lead first, then each role, the earliest first."""
    found: list[Held] = []
    for entry in entries:
        for role, person in _changes(entry, found):
            _end(found, role, entry.at)
            if person:
                found.append(Held(role, person, entry.at))
    return sorted(found, key=lambda one: (one.role, one.since))


def _changes(entry: Entry, now: Sequence[Held]) -> Iterator[tuple[str, str]]:
    """Yield each role that somebody has from then on, with them, or with nobody."""
    yield from _unless_held(now, *_led(entry), *_taken(entry))
    if entry.kind in {Kind.LEFT, Kind.STEPPED_BACK}:
        yield from ((role, "") for role in entry.data["roles"])


def _led(entry: Entry) -> Iterator[tuple[str, str]]:
    match entry.kind:
        case Kind.DECLARED if isinstance(entry.by, str):
            yield LEAD, entry.by
        case Kind.LEAD:
            yield LEAD, entry.data["after"]
        case Kind.TAKEN_OVER if entry.data["lead"]:
            yield LEAD, str(entry.by)
        case Kind.LEFT if entry.data["lead"]:
            yield LEAD, entry.data["lead"]


def _taken(entry: Entry) -> Iterator[tuple[str, str]]:
    match entry.kind:
        case Kind.ROLE:
            yield entry.data["role"], entry.data["person"]
        case Kind.TAKEN_OVER:
            yield entry.data["role"], str(entry.by)
        case Kind.ACKNOWLEDGED:
            also = (one["role"] for one in entry.data.get("also", ()))
            as_whom = dict.fromkeys([entry.data["role"], *also])
            yield from ((role, entry.data["person"]) for role in as_whom if role != EXPERT)


def _unless_held(now: Sequence[Held], *changes: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Leave out what changes nothing: somebody confirms the lead, or answers in their role again."""
    held = {(one.role, one.person) for one in now if one.until is None}
    return (one for one in changes if one not in held)


def _end(found: list[Held], role: str, at: datetime) -> None:
    for number, one in enumerate(found):
        if one.role == role and one.until is None:
            found[number] = replace(one, until=at)
