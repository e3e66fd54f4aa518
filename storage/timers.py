"""Timers: one row for each kind and subject, with the time at which it is acted on."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.incidents.timers import OF_INCIDENTS, Timer, TimerKind, Wanted
from storage.rows import value_of
from storage.transaction import Row, Tx, any_of

ASIDE = timedelta(seconds=30)
"""How long a timer that could not be acted on stays out of the way of the others."""

AT = "COALESCE(snoozed_until, due_at)"
"""When a timer is acted on; `timers_due` has it."""

_NEW = {**dict.fromkeys(("kind", "basis", "set_at", "due_at"), "TEXT"), "subject": "INTEGER"}
_WRITE = f"""INSERT INTO timers ({", ".join(_NEW)}, stopped)
    SELECT {", ".join(f"new.{name}" for name in _NEW)}, 0 FROM {{new}} WHERE true
    ON CONFLICT (kind, subject) DO UPDATE SET basis = excluded.basis, set_at = excluded.set_at,
        due_at = excluded.due_at, snoozed_until = NULL, stopped = 0"""  # noqa: S608 - names of ours


def keep(tx: Tx, incident_id: int, wanted: Mapping[TimerKind, Wanted]) -> None:
    """Have exactly these timers. One that runs on the same basis goes on as it is."""
    each = [(incident_id, kind, timer) for kind, timer in wanted.items()]
    _write(tx, each, "WHERE timers.basis <> excluded.basis")
    if gone := sorted(OF_INCIDENTS - wanted.keys()):
        these, named = any_of(gone)
        tx.write(
            f"DELETE FROM timers WHERE subject = :subject AND kind IN ({these})",  # noqa: S608 - ours
            {"subject": incident_id, **named},
        )


def keep_reminders(tx: Tx, wanted: Sequence[tuple[int, datetime | None]]) -> None:
    """Have these pages reminded of at these times, or not any more."""
    _write(tx, [(page_id, TimerKind.PAGE_REMINDER, Wanted("", at)) for page_id, at in wanted if at])
    if gone := [page_id for page_id, at in wanted if not at]:
        these, named = any_of(gone)
        tx.write(
            f"DELETE FROM timers WHERE kind = :kind AND subject IN ({these})",  # noqa: S608 - ours
            {"kind": TimerKind.PAGE_REMINDER.value, **named},
        )


def restart(tx: Tx, incident_id: int, wanted: Mapping[TimerKind, Wanted]) -> None:
    """Have these timers wait anew, in full; one that was stopped or acted on stays so."""
    keep(tx, incident_id, wanted)
    _write(tx, [(incident_id, kind, timer) for kind, timer in wanted.items()], "WHERE timers.stopped = 0")


def put(tx: Tx, subject: int, kind: TimerKind, timer: Wanted) -> None:
    """Have one timer wait as it is given, whatever it waited for before."""
    _write(tx, [(subject, kind, timer)])


def put_sooner(tx: Tx, subjects: Sequence[int], kind: TimerKind) -> None:
    """Have timers be due now, each of its subject; one that was due before stays as it is."""
    _write(tx, [(one, kind, Wanted("", tx.now)) for one in subjects], "WHERE timers.due_at > excluded.due_at")


def _write(tx: Tx, each: Sequence[tuple[int, TimerKind, Wanted]], only: str = "") -> None:
    tx.each(
        f"{_WRITE} {only}",
        _NEW,
        [
            {
                "kind": kind.value,
                "subject": subject,
                "basis": timer.basis,
                "set_at": tx.now,
                "due_at": timer.due_at,
            }
            for subject, kind, timer in each
        ],
    )


def due(tx: Tx, limit: int) -> list[int]:
    rows = tx.all(
        f"SELECT id FROM timers WHERE stopped = 0 AND {AT} <= :now ORDER BY {AT} LIMIT :limit",  # noqa: S608
        {"now": tx.now, "limit": limit},
    )
    return [row["id"] for row in rows]


def among(tx: Tx, ids: Collection[int]) -> list[Timer]:
    """Return those of these timers that are due still, the longest due first."""
    these, named = any_of(ids)
    rows = tx.all(
        f"SELECT * FROM timers WHERE id IN ({these}) AND stopped = 0 AND {AT} <= :now ORDER BY {AT}",  # noqa: S608
        {**named, "now": tx.now},
    )
    return [_timer(row) for row in rows]


def of(tx: Tx, incident_id: int, kind: TimerKind) -> Timer | None:
    row = tx.one(
        "SELECT * FROM timers WHERE kind = :kind AND subject = :id", {"kind": kind.value, "id": incident_id}
    )
    return _timer(row) if row else None


def all_of(tx: Tx, incident_id: int) -> list[Timer]:
    """Return the timers that an incident's state asks for."""
    these, named = any_of(sorted(OF_INCIDENTS))
    rows = tx.all(
        f"SELECT * FROM timers WHERE subject = :id AND kind IN ({these}) ORDER BY kind",  # noqa: S608 - ours
        {"id": incident_id, **named},
    )
    return [_timer(row) for row in rows]


def put_back(tx: Tx, incident_id: int, kind: TimerKind, due: datetime, *, stopped: bool) -> None:
    """Have a timer that just began wait as it did before; one that was acted on or stopped stays so."""
    tx.write(
        """UPDATE timers SET due_at = :due, snoozed_until = NULL, stopped = :stopped
        WHERE kind = :kind AND subject = :id""",
        {"id": incident_id, "kind": kind.value, "due": due, "stopped": stopped},
    )


def forget(tx: Tx, timer_id: int) -> tuple[TimerKind, int] | None:
    """Forget a timer, whatever times are written in it, and return of what kind and whose it was."""
    rows = tx.returned("DELETE FROM timers WHERE id = :id RETURNING kind, subject", {"id": timer_id})
    return next(((TimerKind(row["kind"]), row["subject"]) for row in rows), None)


def repeat(tx: Tx, timer: Timer, again: datetime | None) -> None:
    """Act on a timer next at this time, or no more while its basis stays the same."""
    tx.write(
        """UPDATE timers SET set_at = :now, due_at = :due, snoozed_until = NULL, stopped = :stopped
        WHERE id = :id""",
        {"id": timer.id, "now": tx.now, "due": again or timer.due_at, "stopped": again is None},
    )


def snooze(tx: Tx, timer: Timer, until: datetime) -> None:
    """Put a timer off, also one that was stopped."""
    tx.write(
        "UPDATE timers SET snoozed_until = :until, stopped = 0 WHERE id = :id",
        {"id": timer.id, "until": until},
    )


def stop(tx: Tx, timer: Timer) -> None:
    """Act on a timer no more while its basis stays the same."""
    tx.write("UPDATE timers SET stopped = 1 WHERE id = :id", {"id": timer.id})


def set_aside(tx: Tx, timer_id: int) -> None:
    """Try again in a while: the timer cannot be acted on now."""
    tx.write(
        "UPDATE timers SET due_at = :later, snoozed_until = NULL WHERE id = :id",
        {"id": timer_id, "later": tx.now + ASIDE},
    )


def _timer(row: Row) -> Timer:
    return value_of(Timer, row)
