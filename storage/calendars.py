"""Calendars that say who is on call, as they were last read: their events, and whose shifts these are."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.oncall.calendars import Event
from bot.domain.oncall.schedules import Times, Turn
from storage.overrides import MOMENT
from storage.transaction import Row, Tx, any_of, instant, moment


@dataclass(frozen=True, slots=True)
class Copy:
    """The last good copy of a calendar, read at `read_at`, and what kept it from being read since then.

    Nobody is known by what is `unmatched`; what is `odd` was read otherwise than it is written.
    """

    schedule: str
    events: tuple[Event, ...] = ()
    unmatched: Turn = ()
    odd: tuple[str, ...] = ()
    read_at: datetime | None = None
    trouble: str = ""


def get(tx: Tx, schedule: str) -> Copy:
    """Return what is kept of a calendar; of one that was never read it is empty."""
    row = tx.one("SELECT * FROM calendars WHERE schedule = :schedule", {"schedule": schedule})
    return _copy(row) if row else Copy(schedule)


def stale(tx: Tx, after: timedelta) -> dict[str, datetime | None]:
    """Return which calendars that say who is on call could not be read for so long, and when they were."""
    named = [name for name, one in tx.process.schedules.items() if one.calendar]
    if not named:
        return {}
    these, values = any_of(named)
    rows = tx.all(
        f"""SELECT schedule, read_at FROM calendars
        WHERE trouble <> '' AND (read_at IS NULL OR read_at <= :since) AND schedule IN ({these})""",  # noqa: S608 - names of our own making
        {"since": tx.now - after, **values},
    )
    return {row["schedule"]: moment(row["read_at"]) for row in rows}


def save(tx: Tx, copy: Copy) -> None:
    tx.write(
        """INSERT INTO calendars (schedule, events, unmatched, odd, read_at, trouble)
        VALUES (:schedule, :events, :unmatched, :odd, :read_at, :trouble)
        ON CONFLICT (schedule) DO UPDATE SET events = excluded.events, unmatched = excluded.unmatched,
            odd = excluded.odd, read_at = excluded.read_at, trouble = excluded.trouble""",
        {
            "schedule": copy.schedule,
            "events": [(one.start.isoformat(), one.end.isoformat(), *one[2:]) for one in copy.events],
            "unmatched": copy.unmatched,
            "odd": copy.odd,
            "read_at": copy.read_at,
            "trouble": copy.trouble,
        },
    )


def lay_out(tx: Tx, schedule: str, times: Times, since: datetime) -> None:
    """Write whose shifts a calendar has, by people's ids. What was over by `since` stays."""
    tx.known.on_call = None
    tx.write(
        "DELETE FROM calendar_shifts WHERE schedule = :schedule AND ends_at > :since",
        {"schedule": schedule, "since": since},
    )
    tx.each(
        """INSERT INTO calendar_shifts (schedule, starts_at, ends_at, people)
        SELECT new.schedule, new.starts_at, new.ends_at, new.people FROM {new} WHERE true
        ON CONFLICT (schedule, starts_at)
            DO UPDATE SET ends_at = excluded.ends_at, people = excluded.people""",
        dict.fromkeys(("schedule", "starts_at", "ends_at", "people"), "TEXT"),
        [
            {"schedule": schedule, "starts_at": start, "ends_at": end, "people": them}
            for start, end, them in times
        ],
    )


def between(
    tx: Tx, schedules: Collection[str], start: datetime, end: datetime | None = None
) -> dict[str, Times]:
    """Return the shifts of each calendar that hold any moment from `start` until `end`, or `start`."""
    found: dict[str, list[tuple[datetime, datetime, Turn]]] = {name: [] for name in schedules}
    if not schedules:
        return {}
    these, named = any_of(schedules)
    rows = tx.all(
        f"""SELECT * FROM calendar_shifts
        WHERE schedule IN ({these}) AND starts_at < :end AND ends_at > :start ORDER BY starts_at""",  # noqa: S608 - names of our own making
        {"start": start, "end": end or start + MOMENT, **named},
    )
    for row in rows:
        people = tuple(json.loads(row["people"]))
        found[row["schedule"]].append((instant(row["starts_at"]), instant(row["ends_at"]), people))
    return {name: tuple(times) for name, times in found.items()}


def _copy(row: Row) -> Copy:
    events = (
        Event(instant(start), instant(end), priority, tuple(who), title)
        for start, end, priority, who, title in json.loads(row["events"])
    )
    unmatched, odd = (tuple(json.loads(row[name])) for name in ("unmatched", "odd"))
    return Copy(row["schedule"], tuple(events), unmatched, odd, moment(row["read_at"]), row["trouble"])
