"""The rotations of schedules, as each start found them in the configuration."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from storage.transaction import Row, Tx, instant


@dataclass(frozen=True, slots=True)
class Rotation:
    """Who took turns how in a schedule, from `read_at` until the next one was read."""

    id: int
    schedule: str
    definition: str
    people: tuple[str, ...]
    read_at: datetime


def add(tx: Tx, schedule: str, definition: str, people: Collection[str]) -> int:
    return tx.insert(
        """INSERT INTO rotations (schedule, definition, people, read_at)
        VALUES (:schedule, :definition, :people, :now) RETURNING id""",
        {"schedule": schedule, "definition": definition, "people": list(people), "now": tx.now},
    )


def latest(tx: Tx, schedule: str) -> Rotation | None:
    row = tx.one(
        "SELECT * FROM rotations WHERE schedule = :schedule ORDER BY id DESC LIMIT 1", {"schedule": schedule}
    )
    return _rotation(row) if row else None


def get(tx: Tx, rotation_id: int) -> Rotation | None:
    row = tx.one("SELECT * FROM rotations WHERE id = :id", {"id": rotation_id})
    return _rotation(row) if row else None


def _rotation(row: Row) -> Rotation:
    people = tuple(json.loads(row["people"]))
    return Rotation(row["id"], row["schedule"], row["definition"], people, instant(row["read_at"]))
