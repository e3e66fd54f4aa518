"""Looks at schedules ahead, after each change and once a day, and has told what is odd: each thing once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.facts import ScheduleOdd
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.oncall.findings import AHEAD, BEFORE, STALE, Finding, Odd, fresh, gaps
from bot.domain.oncall.schedules import Schedule
from bot.domain.oncall.shifts import Shift, shifts, twice_on
from bot.operations.oncall.away import warn
from bot.operations.oncall.rota import rotation_of
from storage import absences, calendars, people, reading, schedule_findings, schedules, timers
from storage.reading import Part
from storage.transaction import Tx

AGAIN = timedelta(days=1)


def look_ahead(tx: Tx, due: Sequence[Timer]) -> None:
    """Look at the schedules of these timers together: what they share is looked up once."""
    found = {timer: rotation.schedule for timer in due if (rotation := rotation_of(tx, timer))}
    until = tx.now + AHEAD
    stand = schedules.standing(tx, until, tx.now - BEFORE) if found else {}
    coming = {name: list(each) for name, each in schedules.coming(tx, until).items()} if found else {}
    away = absences.coming(tx)
    for timer, name in found.items():
        whole = list(shifts(*stand[name], tx.now - BEFORE, until))
        schedule = tx.process.schedules[name]
        _tell(
            tx,
            name,
            [
                *gaps(whole, _zone(schedule), tx.now, until),
                *_absent(tx, stand[name][0], whole),
                *_twice(tx, schedule, coming),
                *_calendar(tx, schedule),
            ],
        )
        on_call = {who for one in whole for who in one.people}
        for one in away:
            if one.person in on_call:
                warn(tx, one, name)
        timers.put(tx, timer.subject, TimerKind.FINDINGS, Wanted("", tx.now + AGAIN))


def _tell(tx: Tx, name: str, found: Sequence[Finding]) -> None:
    told = schedule_findings.told(tx, name)
    if new := fresh(found, told):
        each = [{key: str(value) for key, value in asdict(one).items() if value} for one in new]
        tx.record(ScheduleOdd(schedule=name, findings=each))
    keys = sorted({one.key for one in found})
    if keys != sorted(told):
        schedule_findings.tell(tx, name, keys)


def _zone(schedule: Schedule) -> ZoneInfo:
    if schedule.calendar:
        return schedule.calendar.zone
    return schedule.layers[0].zone


def _absent(tx: Tx, schedule: Schedule, whole: Sequence[Shift]) -> Iterator[Finding]:
    """Yield who is named and cannot be called. Until Slack's list was read, one may be in it yet."""
    coming = (who for one in whole if one.end > tx.now for who in one.people)
    entries = list(dict.fromkeys((*schedule.people, *schedule.shadows, *coming)))
    known, all_read = people.named_by(tx, entries), reading.whole(tx, Part.PEOPLE)
    absent = (
        person.id if (person := known.get(entry)) else entry
        for entry in entries
        if (not known[entry].active if entry in known else all_read)
    )
    yield from (Finding(Odd.ABSENT, f"{Odd.ABSENT} {who}", who) for who in dict.fromkeys(absent))


def _twice(tx: Tx, schedule: Schedule, coming: Mapping[str, list[Shift]]) -> Iterator[Finding]:
    known = set()
    for team in tx.process.teams.values():
        levels = {level.team: coming[level.team] for level in team.path}
        if not any(tx.process.teams[name].schedule is schedule for name in levels):
            continue
        for one in twice_on(levels):
            key = f"{Odd.TWICE} {one.person} {' '.join(one.levels)}"
            if key not in known and any(tx.process.teams[level].schedule is schedule for level in one.levels):
                known.add(key)
                yield Finding(Odd.TWICE, key, one.person, " and ".join(one.levels), one.start, one.end)


def _calendar(tx: Tx, schedule: Schedule) -> Iterator[Finding]:
    if not schedule.calendar:
        return
    kept = calendars.get(tx, schedule.name)
    yield from (Finding(Odd.UNMATCHED, f"{Odd.UNMATCHED} {who}", who) for who in kept.unmatched)
    if schedule.name in calendars.stale(tx, STALE):
        yield Finding(Odd.STALE, Odd.STALE, more=kept.trouble, start=kept.read_at)
