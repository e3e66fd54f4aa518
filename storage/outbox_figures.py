"""How much the outbox has to do, for whoever looks after it."""

from dataclasses import dataclass
from datetime import datetime

from storage.transaction import Tx, instant


@dataclass(frozen=True, slots=True)
class Queue:
    """What is under way of one job: how much in all, how much of it failed at least once, and since when."""

    job: str
    waiting: int
    failed: int
    since: datetime


def queues(tx: Tx) -> list[Queue]:
    """Return what is not finished, by job, the oldest first."""
    rows = tx.all(
        """SELECT job, COUNT(*) AS n, MIN(created_at) AS since,
            SUM(CASE WHEN state IN ('retry', 'ambiguous') THEN 1 ELSE 0 END) AS failed
        FROM outbox WHERE finished_at IS NULL GROUP BY job ORDER BY since, job"""
    )
    return [Queue(row["job"], int(row["n"]), int(row["failed"]), instant(row["since"])) for row in rows]
