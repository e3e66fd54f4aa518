"""A schedule as it stands, and the reminders of its shifts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.errors import Refused
from bot.domain.facts import OnCallChanged, RotationChanged, ShiftNear
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.oncall import reminders
from bot.domain.oncall.cover import Rota
from bot.domain.oncall.handover import changes
from bot.domain.oncall.schedules import FOREVER
from bot.domain.oncall.shifts import LastKnown, shifts
from bot.domain.oncall.spans import Span
from storage import calendars, duties, overrides, people, rotations, schedules, timers
from storage.transaction import Tx, instant

FIRST_LOOK = timedelta(minutes=1)
"""How soon it is looked again while nobody is known to be on call."""
REMEMBERED = timedelta(days=2)
"""How far calendars and overrides are kept in memory: for longer no database is away."""
SETTLED = timedelta(minutes=1)
"""How long a schedule is left to change before it is looked at as a whole."""


def zone_of(tx: Tx, who: str) -> ZoneInfo:
    """Return the time zone that a person has in Slack, or UTC."""
    known = people.get(tx, who)
    try:
        return ZoneInfo((known and known.tz) or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def last_known(tx: Tx) -> LastKnown:
    """Return what is to be remembered of who is on call while the database can be read."""
    standing = schedules.standing(tx, tx.now + REMEMBERED)
    named = [who for one, changes in standing.values() for who in (*one.people, *changes.people)]
    known = people.named_by(tx, named)
    phones = {one.id: tx.process.contact(one.id, one.email).phone for one in known.values()}
    return LastKnown(standing, phones, frozenset(one.id for one in known.values() if not one.active))


def rota_of(tx: Tx, name: str, who: str = "", *, since: datetime | None = None) -> Rota:
    """Return a schedule with all overrides that are not over, or were not then, as a person sees it."""
    if not (schedule := tx.process.schedules.get(name)):
        raise Refused(
            f"There is no schedule `{name}` any more. There are: {', '.join(tx.process.schedules)}."
        )
    ids = people.ids(tx, [*schedule.people, *schedule.shadows, *schedule.managers])
    stand = overrides.between(tx, [name], since or tx.now, FOREVER)[name]
    times = calendars.between(tx, [name], since or tx.now, FOREVER)[name] if schedule.calendar else ()
    return Rota(schedule.renamed(ids).read(times), stand, zone_of(tx, who), tx.now)


def shifts_of(tx: Tx, who: str, ahead: timedelta) -> list[tuple[str, Span]]:
    """Return when a person is on call from now on, and for what."""
    found = [
        (name, Span(shift.start, shift.end))
        for name in tx.process.schedules
        for shift in rota_of(tx, name).coming(ahead)
        if who in shift.people
    ]
    return sorted(found, key=lambda one: (one[1].start, one[0]))


def shifts_of_others(
    tx: Tx, who: str, schedules_of: Iterable[str], ahead: timedelta, most: int
) -> tuple[list[tuple[str, str, Span]], dict[str, str]]:
    """Return the shifts of colleagues who are still here, with whom a person can swap, and their names."""
    found = [
        (name, person, Span(shift.start, shift.end))
        for name in dict.fromkeys(schedules_of)
        for shift in rota_of(tx, name).coming(ahead)
        for person in shift.people
        if person != who and who not in shift.people
    ]
    known = people.named_by(tx, sorted({person for _, person, _ in found}))
    names = {one.id: one.name for one in known.values() if one.active}
    here = [one for one in found if one[1] in names]
    return sorted(here, key=lambda one: one[2].start)[:most], names


def read_rotations(tx: Tx) -> None:
    """Compare what the configuration says now with what it said at the last start, and have changes told."""
    for name, schedule in tx.process.schedules.items():
        before, definition = rotations.latest(tx, name), repr((schedule.layers, schedule.shadow))
        if not before or before.definition != definition:
            rotation = rotations.add(tx, name, definition, schedule.people)
            if before:
                tx.record(RotationChanged(rotation=rotation, before=before.id))
        plan(tx, name)


def plan(tx: Tx, name: str) -> None:
    """Have the timers of a schedule wait for what is next, at its start and whenever it changed.

    The basis of the one for reminders is until when all were sent.
    """
    if not (rotation := rotations.latest(tx, name)):
        return
    timer = timers.of(tx, rotation.id, TimerKind.SHIFT)
    after = instant(timer.basis) if timer else tx.now
    _wait(tx, rotation.id, rota_of(tx, name), after.isoformat())
    if tx.process.schedules[name].user_group:
        timers.put(tx, rotation.id, TimerKind.ON_CALL, Wanted("", tx.now))
    look_soon(tx, name)


def note_on_call(tx: Tx, timer: Timer) -> None:
    """Say that others may be on call, and wait for the next change."""
    if not (rotation := rotation_of(tx, timer)):
        return
    rota = rota_of(tx, rotation.schedule)
    if rota.schedule.user_group:
        tx.record(OnCallChanged(group=rota.schedule.user_group))
    until = tx.now + reminders.LOOK_AGAIN
    now = next(shifts(rota.schedule, rota.overrides, tx.now, until))
    timers.put(tx, rotation.id, TimerKind.ON_CALL, Wanted("", now.end))


def remind(tx: Tx, timer: Timer) -> None:
    """Remind those whose shift begins soon, once of each shift however late it is."""
    if not (rotation := rotation_of(tx, timer)):
        return
    rota = rota_of(tx, rotation.schedule)
    due = reminders.between(rota.schedule, rota.overrides, instant(timer.basis), tx.now)
    # whom Slack has not told us of has an address for a name, and no direct messages
    near = {(one.person, one.start): one for one in due if one.start > tx.now and "@" not in one.person}
    for one in near.values():
        start, end = one.start.isoformat(), one.end.isoformat()
        tx.record(ShiftNear(schedule=rotation.schedule, person=one.person, start=start, end=end))
    _wait(tx, rotation.id, rota, tx.now.isoformat())


def look_soon(tx: Tx, name: str) -> None:
    """Have a schedule looked at ahead once no more changes follow at once."""
    if rotation := rotations.latest(tx, name):
        timers.put(tx, rotation.id, TimerKind.FINDINGS, Wanted("", tx.now + SETTLED))


def rotation_of(tx: Tx, timer: Timer) -> rotations.Rotation | None:
    """Return the rotation of a timer. One that counts no longer has no timers."""
    rotation = rotations.get(tx, timer.subject)
    latest = rotations.latest(tx, rotation.schedule) if rotation else None
    if rotation and rotation == latest and rotation.schedule in tx.process.schedules:
        return rotation
    timers.forget(tx, timer.id)
    return None


def _wait(tx: Tx, rotation_id: int, rota: Rota, basis: str) -> None:
    due = reminders.next_look(rota.schedule, rota.overrides, instant(basis))
    latest = duties.latest(tx, rota.schedule.name)
    if changes(latest, rota.on_duty):
        due = rota.now
    elif not latest:  # Slack may not have told us of anybody yet
        due = min(due, rota.now + FIRST_LOOK)
    timers.put(tx, rotation_id, TimerKind.SHIFT, Wanted(basis, due))
