"""A schedule as it stands, and the reminders of its shifts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.errors import Refused
from bot.domain.facts import RotationChanged, ShiftNear
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.oncall import reminders
from bot.domain.oncall.cover import Rota
from bot.domain.oncall.schedules import FOREVER
from bot.domain.oncall.spans import Span
from storage import calendars, overrides, people, rotations, timers
from storage.transaction import Tx, instant


def zone_of(tx: Tx, who: str) -> ZoneInfo:
    """Return the time zone that a person has in Slack, or UTC."""
    known = people.get(tx, who)
    try:
        return ZoneInfo((known and known.tz) or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


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


def read_rotations(tx: Tx) -> None:
    """Compare what the configuration says now with what it said at the last start, and have changes told."""
    for name, schedule in tx.process.schedules.items():
        before, definition = rotations.latest(tx, name), repr((schedule.layers, schedule.shadow))
        if not before or before.definition != definition:
            rotation = rotations.add(tx, name, definition, schedule.people)
            if before:
                tx.record(RotationChanged(rotation=rotation, before=before.id))
        plan_reminders(tx, name)


def plan_reminders(tx: Tx, name: str) -> None:
    """Have the timer of a schedule wait for the next reminder. Its basis is until when all were sent."""
    if not (rotation := rotations.latest(tx, name)):
        return
    timer = timers.of(tx, rotation.id, TimerKind.SHIFT)
    after = instant(timer.basis) if timer else tx.now
    _wait(tx, rotation.id, rota_of(tx, name), after.isoformat())


def remind(tx: Tx, timer: Timer) -> None:
    """Remind those whose shift begins soon, once of each shift however late it is."""
    rotation = rotations.get(tx, timer.subject)
    latest = rotations.latest(tx, rotation.schedule) if rotation else None
    if not rotation or rotation != latest or rotation.schedule not in tx.process.schedules:
        timers.forget(tx, timer.id)
        return
    rota = rota_of(tx, rotation.schedule)
    due = reminders.between(rota.schedule, rota.overrides, instant(timer.basis), tx.now)
    # whom Slack has not told us of has an address for a name, and no direct messages
    near = {(one.person, one.start): one for one in due if one.start > tx.now and "@" not in one.person}
    for one in near.values():
        start, end = one.start.isoformat(), one.end.isoformat()
        tx.record(ShiftNear(schedule=rotation.schedule, person=one.person, start=start, end=end))
    _wait(tx, rotation.id, rota, tx.now.isoformat())


def _wait(tx: Tx, rotation_id: int, rota: Rota, basis: str) -> None:
    due = reminders.next_look(rota.schedule, rota.overrides, instant(basis))
    timers.put(tx, rotation_id, TimerKind.SHIFT, Wanted(basis, due))
