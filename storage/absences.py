"""Who is away until when, and of which shifts they and those who manage the schedules were warned."""

import json
from collections.abc import Collection
from datetime import datetime

from bot.domain.oncall.absences import Absence, Times
from storage.rows import value_of
from storage.transaction import Row, Tx


def add(tx: Tx, person: str, start: datetime, end: datetime, *, by_status: bool = False) -> Absence:
    number = tx.insert(
        """INSERT INTO absences (person, starts_at, ends_at, by_status, warned)
        VALUES (:person, :start, :end, :by_status, '[]') RETURNING id""",
        {"person": person, "start": start, "end": end, "by_status": by_status},
    )
    return Absence(number, person, start, end, by_status)


def warned(tx: Tx, absence: Absence, of: Collection[Times]) -> None:
    """Note of which times on call somebody was warned."""
    tx.write("UPDATE absences SET warned = :of WHERE id = :id", {"id": absence.id, "of": list(of)})


def end(tx: Tx, absence: Absence) -> None:
    """Forget an absence: whoever was away is back."""
    tx.write("DELETE FROM absences WHERE id = :id", {"id": absence.id})


def by_status(tx: Tx, person: str) -> Absence | None:
    """Return the absence that a person's status in Slack says, unless it is over."""
    row = tx.one(
        "SELECT * FROM absences WHERE person = :person AND by_status = 1 AND ends_at > :now",
        {"person": person, "now": tx.now},
    )
    return _absence(row) if row else None


def coming(tx: Tx) -> list[Absence]:
    """Return the absences that are not over."""
    return list(
        map(_absence, tx.all("SELECT * FROM absences WHERE ends_at > :now ORDER BY id", {"now": tx.now}))
    )


def _absence(row: Row) -> Absence:
    return value_of(Absence, row | {"warned": json.loads(row["warned"])})
