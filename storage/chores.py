"""What has to be done now and then, by one of the replicas."""

from datetime import datetime, timedelta

from storage.transaction import Tx, instant


def falls_to_us(tx: Tx, name: str, every: timedelta) -> bool:
    """Say whether a chore is due, and is ours: whoever moves its due time on in this transaction does it.

    What was missed during an absence is done once. A chore that nobody has done yet is due, and so is one
    that is further away than it can be: somebody set the clock back.
    """
    return (
        tx.execute(
            """INSERT INTO chores (name, due_at) VALUES (:name, :next)
            ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at
                WHERE chores.due_at <= :now OR chores.due_at > excluded.due_at""",
            {"name": name, "now": tx.now, "next": tx.now + every},
        )
        == 1
    )


def next_at(tx: Tx, name: str) -> datetime | None:
    """Return when a chore is due again; None for one that nobody has done."""
    row = tx.one("SELECT due_at FROM chores WHERE name = :name", {"name": name})
    return instant(row["due_at"]) if row else None
