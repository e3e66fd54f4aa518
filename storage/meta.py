"""What a database knows of itself."""

from storage.transaction import Tx


def get(tx: Tx, key: str) -> str | None:
    row = tx.one("SELECT value FROM meta WHERE key = :key", {"key": key})
    return row["value"] if row else None


def put(tx: Tx, key: str, value: str) -> None:
    tx.write(
        """INSERT INTO meta VALUES (:key, :value)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value""",
        {"key": key, "value": value},
    )


def swap(tx: Tx, key: str, seen: str, value: str) -> bool:
    """Note something under a key, unless it is no longer what was `seen`."""
    tx.execute(
        "INSERT INTO meta VALUES (:key, :seen) ON CONFLICT (key) DO NOTHING", {"key": key, "seen": seen}
    )
    return (
        tx.execute(
            "UPDATE meta SET value = :value WHERE key = :key AND value = :seen",
            {"key": key, "seen": seen, "value": value},
        )
        == 1
    )


def drop(tx: Tx, *keys: str) -> None:
    for key in keys:
        tx.write("DELETE FROM meta WHERE key = :key", {"key": key})
