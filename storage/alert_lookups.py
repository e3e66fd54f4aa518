"""An alert as its own source asks for it: by what it called it, by our number, or by its request."""

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.requests import Traced
from storage import alert_traces
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


def by_trace(tx: Tx, source: str, trace: str) -> tuple[Traced, Alert] | None:
    """Return what a request told of an alert, and the alert as it is now."""
    for told in alert_traces.of_request(tx, trace):
        if told.source == source and told.alert and (alert := by_number(tx, source, told.alert)):
            return told, alert
    return None
