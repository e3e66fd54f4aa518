"""Requests with alerts, by their trace: what each told of, and which were refused."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.alerts.requests import Refusal, Traced
from storage.rows import value_of
from storage.transaction import Tx

MOST_REFUSALS = 1000
"""So many are kept: whoever sends wrong keys all day fills no disk."""
_TRACED = {**dict.fromkeys(("trace", "source", "told", "at"), "TEXT"), "alert": "INTEGER"}


def keep(tx: Tx, traced: Sequence[Traced]) -> None:
    """Keep what requests told of."""
    rows = [
        {"trace": one.trace, "source": one.source, "told": one.told, "alert": one.alert, "at": tx.now}
        for one in traced
    ]
    tx.insert_each("alert_traces", _TRACED, rows, asked=False)


def refuse(tx: Tx, refused: Refusal) -> None:
    """Keep what was refused, and forget the oldest of too many."""
    number = tx.insert(
        """INSERT INTO alert_refusals (trace, source, address, reason, at)
        VALUES (:trace, :source, :address, :reason, :at) RETURNING id""",
        {
            "trace": refused.trace,
            "source": refused.source,
            "address": refused.address,
            "reason": refused.reason,
            "at": refused.at,
        },
    )
    tx.write("DELETE FROM alert_refusals WHERE id <= :last", {"last": number - MOST_REFUSALS})


def of_request(tx: Tx, trace: str) -> list[Traced]:
    """Return what a request told of, in its order."""
    rows = tx.all("SELECT * FROM alert_traces WHERE trace = :trace ORDER BY id", {"trace": trace})
    return [value_of(Traced, row) for row in rows]


def refused(tx: Tx, trace: str) -> Refusal | None:
    row = tx.one("SELECT * FROM alert_refusals WHERE trace = :trace", {"trace": trace})
    return value_of(Refusal, row) if row else None


def refusals(tx: Tx, limit: int) -> list[Refusal]:
    """Return what was refused, the newest first."""
    rows = tx.all("SELECT * FROM alert_refusals ORDER BY id DESC LIMIT :limit", {"limit": limit})
    return [value_of(Refusal, row) for row in rows]


def prune(tx: Tx, kept: timedelta) -> None:
    tx.write("DELETE FROM alert_traces WHERE at < :before", {"before": tx.now - kept})
