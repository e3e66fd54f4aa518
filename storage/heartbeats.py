"""Heartbeats: what was heard of last, and when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.domain.alerts.heartbeats import Expected
from storage.transaction import Tx, moment


@dataclass(frozen=True, slots=True)
class Heard:
    """A heartbeat as it was heard last; never yet if `last_at` is None."""

    id: int
    name: str
    last_at: datetime | None


def every(tx: Tx) -> dict[str, Heard]:
    rows = tx.all("SELECT * FROM heartbeats ORDER BY name")
    return {row["name"]: Heard(row["id"], row["name"], moment(row["last_at"])) for row in rows}


def every_expected(tx: Tx) -> list[Expected]:
    """Return all of them with until when each is waited for: first what is missed, then what is due first."""
    rows = tx.all(
        """SELECT heartbeats.id, name, last_at, due_at FROM heartbeats
        LEFT JOIN timers ON timers.subject = heartbeats.id AND timers.kind = 'heartbeat'
        ORDER BY due_at IS NOT NULL, due_at, name"""
    )
    return [Expected(row["id"], row["name"], moment(row["last_at"]), moment(row["due_at"])) for row in rows]


def named(tx: Tx, name: str) -> Heard | None:
    row = tx.one("SELECT * FROM heartbeats WHERE name = :name", {"name": name})
    return Heard(row["id"], row["name"], moment(row["last_at"])) if row else None


def count(tx: Tx) -> int:
    row = tx.one("SELECT COUNT(*) AS n FROM heartbeats")
    return int(row["n"]) if row else 0


def get(tx: Tx, number: int) -> Heard | None:
    row = tx.one("SELECT * FROM heartbeats WHERE id = :id", {"id": number})
    return Heard(row["id"], row["name"], moment(row["last_at"])) if row else None


def expect(tx: Tx, name: str) -> int:
    """Begin to expect one, and return its number."""
    return tx.insert("INSERT INTO heartbeats (name) VALUES (:name) RETURNING id", {"name": name})


def heard(tx: Tx, number: int) -> None:
    tx.write("UPDATE heartbeats SET last_at = :at WHERE id = :id", {"id": number, "at": tx.now})


def forget(tx: Tx, names: Collection[str]) -> None:
    for name in names:
        tx.write("DELETE FROM heartbeats WHERE name = :name", {"name": name})
