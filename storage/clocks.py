"""What counts in stored times: all of it moves together when the machine's clock is set."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.transaction import Row, Tx, instant


@dataclass(frozen=True, slots=True)
class Counted:
    """A table whose open rows wait for `times`, and what tells when such a wait began."""

    table: str
    open: str
    began: str
    times: tuple[str, ...]


_WAITING_PAGES = """FROM notification_pages JOIN pages ON pages.id = notification_pages.page
    WHERE notification_pages.notification = notifications.id AND pages.state = 'pending'"""

COUNTED = (
    Counted(
        "notifications",
        f"(state = 'waiting' OR contact_method = 'slack') AND EXISTS (SELECT 1 {_WAITING_PAGES})",
        f"(SELECT MIN(pages.raised_at) {_WAITING_PAGES})",
        ("due_at", "planned_at", "sent_at"),
    ),
    Counted("escalations", "state = 'running'", "called_at", ("started_at", "called_at", "due_at")),
    Counted("pages", "state = 'pending'", "raised_at", ("raised_at", "there_by")),
    Counted("outbox", "finished_at IS NULL", "created_at", ("created_at", "due_at", "lease_until")),
    # a weekend or a month ends, a shift or a maintenance begins, a schedule runs, when the calendar says so
    Counted(
        "timers",
        "stopped = 0 AND kind NOT IN ('weekend', 'shift', 'on_call', 'findings', 'cover', 'maintenance',"
        " 'office_hours', 'insights', 'review') AND NOT (kind = 'heartbeat' AND basis = 'dated')",
        "set_at",
        ("set_at", "due_at", "snoozed_until"),
    ),
    Counted("changes", "undone = 0", "made_at", ("made_at",)),
    Counted(
        "activity",
        "incident IN (SELECT id FROM incidents WHERE status = 'Investigating')",
        "at",
        ("at", "asked_at", "told_at"),
    ),
)
"""In this order: what others count from moves after them."""


_DUE = (
    ("notifications", "state = 'waiting'", "due_at"),
    ("escalations", "state = 'running'", "due_at"),
    ("outbox", "finished_at IS NULL", "due_at"),
    ("timers", "stopped = 0", "COALESCE(snoozed_until, due_at)"),
)


def next_due(tx: Tx) -> datetime | None:
    """Return when the next of all that waits is due, after now."""
    firsts = (
        f"SELECT MIN({at}) AS at FROM {table} WHERE {waits} AND {at} > :now"  # noqa: S608 - ours
        for table, waits, at in _DUE
    )
    rows = tx.all(" UNION ALL ".join(firsts), {"now": tx.now})
    return min((instant(row["at"]) for row in rows if row["at"]), default=None)


def shift(tx: Tx, by: timedelta, until: datetime) -> int:
    """Move what waits by as much as the clock was set. Return how many rows.

    What began after `until`, the time before the step, was written under another setting of the clock.
    """
    rows = [(each, row) for each in COUNTED for row in _waiting(tx, each, "<=", until)]
    for each, row in rows:
        _move(tx, each, row, by)
    return len(rows)


def begin_now(tx: Tx, after: datetime) -> int:
    """Let waits that began in the future begin now. Return how many.

    A clock that is wrong since the machine's start would keep them waiting for as long as it is behind.
    """
    moved = [(each, row) for each in COUNTED for row in _waiting(tx, each, ">", after)]
    for each, row in moved:
        _move(tx, each, row, tx.now - instant(row["began"]))
    return len(moved)


def _waiting(tx: Tx, each: Counted, when: str, than: datetime) -> list[Row]:
    return tx.all(
        f"""SELECT id, {each.began} AS began, {", ".join(each.times)} FROM {each.table}
        WHERE {each.open} AND {each.began} {when} :than""",  # noqa: S608 - names of our own making
        {"than": than},
    )


def _move(tx: Tx, each: Counted, row: Row, by: timedelta) -> None:
    times = {name: instant(row[name]) + by if row[name] else None for name in each.times}
    tx.write(
        f"""UPDATE {each.table} SET {", ".join(f"{name} = :{name}" for name in times)}
        WHERE id = :id""",  # noqa: S608 - names of our own making
        {"id": row["id"], **times},
    )
