"""Somebody is away: whether they are on call then, and who has to know."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.domain.errors import Refused
from bot.domain.facts import AwayOnCall
from bot.domain.oncall.absences import Absence, Times
from bot.domain.oncall.overrides import LONGEST
from bot.domain.oncall.spans import Span
from bot.domain.rights import Right
from bot.operations.oncall.rota import look_soon, rota_of
from bot.operations.rights import allow
from storage import absences, people
from storage.transaction import Tx


def away(tx: Tx, span: Span, *, by: str) -> list[tuple[str, Span]]:
    """Remember until when a person is away, and return when they are on call then.

    Those who manage these schedules are told, now and when the person is put on call later.
    """
    allow(tx, by, Right.WORK)
    left = Span(max(span.start, tx.now), span.end)
    if left.end <= left.start or left.end - left.start > LONGEST:
        raise Refused("Name a time to come, of a year at most: `/inc away until fri 18:00`.")
    absence = absences.add(tx, by, left.start, left.end)
    found = [one for name in tx.process.schedules for one in warn(tx, absence, name, aware=True)]
    return sorted(found, key=lambda one: one[1].start)


def warn(tx: Tx, absence: Absence, name: str, *, aware: bool = False) -> Iterator[tuple[str, Span]]:
    """Return when somebody who is away is on call by a schedule; each such shift is warned of once.

    Those who manage it are told, and whoever is away unless they are `aware`.
    """
    span = Span(absence.starts_at, absence.ends_at)
    held = [one for one in rota_of(tx, name, since=span.start).held(absence.person, span) if one.end > tx.now]
    known = [one for each in absences.coming(tx) if each.person == absence.person for one in each.warned]
    new = [(name, one.start.isoformat(), one.end.isoformat()) for one in held]
    if any(not _covered(one, known) for one in new):
        absences.warned(tx, absence, [*known, *new])
        start, end = (at.isoformat() for at in (max(span.start, tx.now), span.end))
        tx.record(AwayOnCall(schedule=name, person=absence.person, start=start, end=end, aware=aware))
    return ((name, Span(one.start, one.end)) for one in held)


def _covered(held: Times, known: Iterable[Times]) -> bool:
    """Say whether somebody was warned of a time, be it as part of a longer one."""
    name, start, end = held
    return any(name == other and first <= start and end <= last for other, first, last in known)


def follow_status(tx: Tx, person: str, until: datetime | None) -> None:
    """Remember until when a person is away by their status in Slack; without an end they are not."""
    before = absences.by_status(tx, person)
    if (before and before.ends_at) == until:
        return
    if before:
        absences.end(tx, before)
    if until:
        now = absences.add(tx, person, before.starts_at if before else tx.now, until, by_status=True)
        if before:
            absences.warned(tx, now, before.warned)
        for name, schedule in tx.process.schedules.items():
            if person in people.ids(tx, schedule.people).values() or schedule.calendar:
                look_soon(tx, name)
