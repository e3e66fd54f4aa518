"""Heartbeats: what was heard of last, and when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

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
