"""Where the reminders of a page are, so that their buttons go when it is answered."""

from dataclasses import dataclass

from storage.transaction import Tx, guarded


@dataclass(frozen=True, slots=True)
class Reminder:
    """A direct message that reminded of a page."""

    page: int
    number: int
    channel: str
    ts: str


@guarded
def record(tx: Tx, reminder: Reminder) -> None:
    """Remember a reminder."""
    tx.write(
        """INSERT INTO reminders (page, number, channel, ts) VALUES (:page, :number, :channel, :ts)
        ON CONFLICT (page, number) DO UPDATE SET channel = excluded.channel, ts = excluded.ts""",
        {"page": reminder.page, "number": reminder.number, "channel": reminder.channel, "ts": reminder.ts},
    )


def of(tx: Tx, page_id: int) -> list[Reminder]:
    """Return the reminders of a page."""
    rows = tx.all("SELECT * FROM reminders WHERE page = :page ORDER BY number", {"page": page_id})
    return [Reminder(**row) for row in rows]
