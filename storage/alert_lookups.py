"""An alert as its own source asks for it: by what it called it, by our number, or by its request."""

from bot.domain.alerts.alert import Alert
from storage.alerts import from_row
from storage.transaction import Tx


def by_key(tx: Tx, source: str, key: str) -> Alert | None:
    """Return the newest alert of a key."""
    row = tx.one(
        "SELECT * FROM alerts WHERE source = :source AND key = :key ORDER BY id DESC LIMIT 1",
        {"source": source, "key": key},
    )
    return from_row(row) if row else None


def by_number(tx: Tx, source: str, number: int) -> Alert | None:
    row = tx.one("SELECT * FROM alerts WHERE source = :source AND id = :id", {"source": source, "id": number})
    return from_row(row) if row else None


def by_trace(tx: Tx, source: str, trace: str) -> Alert | None:
    """Return the alert that a request was the last to tell of."""
    row = tx.one(
        "SELECT * FROM alerts WHERE source = :source AND trace = :trace ORDER BY id DESC LIMIT 1",
        {"source": source, "trace": trace},
    )
    return from_row(row) if row else None
