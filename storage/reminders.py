"""Where messages of a page are that a newer one stands for, so that they go."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Reminder:
    """A direct message of a page, beside its newest."""

    page: int
    number: int
    channel: str
    ts: str


def record(tx: Tx, reminder: Reminder) -> None:
    tx.write(
        """INSERT INTO reminders (page, number, channel, ts) VALUES (:page, :number, :channel, :ts)
        ON CONFLICT (page, number) DO UPDATE SET channel = excluded.channel, ts = excluded.ts""",
        {"page": reminder.page, "number": reminder.number, "channel": reminder.channel, "ts": reminder.ts},
    )


def of(tx: Tx, page_id: int) -> list[Reminder]:
    rows = tx.all("SELECT * FROM reminders WHERE page = :page ORDER BY number", {"page": page_id})
    return [Reminder(**row) for row in rows]


def forget(tx: Tx, gone: Sequence[Reminder]) -> None:
    for one in gone:
        tx.write(
            "DELETE FROM reminders WHERE page = :page AND number = :number AND ts = :ts",
            {"page": one.page, "number": one.number, "ts": one.ts},
        )
