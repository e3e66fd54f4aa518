"""Sessions in the browser that somebody ended by signing out, until they would be over anyway."""

from datetime import timedelta

from storage.transaction import Tx


def end(tx: Tx, key: str) -> None:
    tx.write(
        "INSERT INTO ended_sessions (key, at) VALUES (:key, :now) ON CONFLICT (key) DO NOTHING",
        {"key": key, "now": tx.now},
    )


def is_ended(tx: Tx, key: str) -> bool:
    return tx.one("SELECT key FROM ended_sessions WHERE key = :key", {"key": key}) is not None


def prune(tx: Tx, older_than: timedelta) -> int:
    """Forget sessions that were ended that long ago. Return how many there were."""
    return tx.execute("DELETE FROM ended_sessions WHERE at < :before", {"before": tx.now - older_than})
