"""Slack's events are delivered at least once; each has an effect at most once."""

from datetime import timedelta

from storage.transaction import Tx


def first_time(tx: Tx, event_id: str) -> bool:
    """Note an event and say whether it is new."""
    return (
        tx.execute(
            "INSERT INTO seen_events (id, at) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING",
            {"id": event_id, "now": tx.now},
        )
        == 1
    )


def prune(tx: Tx, older_than: timedelta) -> int:
    """Forget events that Slack will not send again."""
    return tx.execute("DELETE FROM seen_events WHERE at <= :before", {"before": tx.now - older_than})
