"""Deliveries that were given up, for whoever looks after them: seen, made once more, or dropped."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.transaction import Row, Tx, instant

_HASTENED = "state IN ('retry', 'ambiguous') AND finished_at IS NULL AND urgent = 0"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up, why, and after how many attempts."""

    id: int
    job: str
    event: str
    subject: Mapping[str, Any]
    urgent: bool
    attempts: int
    created_at: datetime
    given_up_at: datetime
    reason: str


def newest(tx: Tx, limit: int, job: str = "", before: int | None = None) -> list[DeadLetter]:
    """Return the newest at the top, or what is older than one; those of a job, or of all that begin so, where
    one is named.
    """
    rows = tx.all(
        """SELECT * FROM outbox WHERE state = 'dead' AND (:job = '' OR job = :job OR job LIKE :like)
        AND id < :before ORDER BY id DESC LIMIT :limit""",
        {"limit": limit, "job": job, "like": f"{job}.%", "before": before or 2**53},
    )
    return [_letter(row) for row in rows]


def get(tx: Tx, number: int) -> DeadLetter | None:
    row = tx.one("SELECT * FROM outbox WHERE id = :id AND state = 'dead'", {"id": number})
    return _letter(row) if row else None


def counts(tx: Tx) -> dict[str, int]:
    """Return how many there are of each kind of job, which is the beginning of its name."""
    rows = tx.all("SELECT job, COUNT(*) AS n FROM outbox WHERE state = 'dead' GROUP BY job")
    found: dict[str, int] = {}
    for row in rows:
        kind = str(row["job"]).partition(".")[0]
        found[kind] = found.get(kind, 0) + int(row["n"])
    return found


def send_again(tx: Tx, number: int) -> bool:
    """Have one made once more, with as many tries as a new one. Say whether it was still given up.

    Nobody knows of an earlier attempt whether it arrived, so that it is looked for before it is repeated.
    """
    tx.emitted += 1
    changed = tx.execute(
        """UPDATE outbox SET state = 'ambiguous', due_at = :now, created_at = :now, finished_at = NULL,
            lease_until = NULL, folded = NULL, held = attempt, faults = 0
        WHERE id = :id AND state = 'dead'""",
        {"id": number, "now": tx.now},
    )
    return changed == 1


def drop(tx: Tx, number: int) -> bool:
    """Forget one. Say whether it was there."""
    return tx.execute("DELETE FROM outbox WHERE id = :id AND state = 'dead'", {"id": number}) == 1


def hasten(tx: Tx, job: str) -> None:
    """Have what waits to be tried again by a job tried now."""
    tx.emitted += tx.execute(
        f"UPDATE outbox SET due_at = :now WHERE job = :job AND due_at > :now AND {_HASTENED}",  # noqa: S608 - ours
        {"job": job, "now": tx.now},
    )


def _letter(row: Row) -> DeadLetter:
    return DeadLetter(
        id=row["id"],
        job=row["job"],
        event=row["event"],
        subject=json.loads(row["subject"]),
        urgent=bool(row["urgent"]),
        attempts=row["attempt"],
        created_at=instant(row["created_at"]),
        given_up_at=instant(row["finished_at"]),
        reason=row["error"] or "",
    )
