"""How webhooks stand: those that fail, and those that are disabled. One that works has no row."""

from bot.domain.webhooks import Standing
from storage.rows import columns, value_of
from storage.transaction import Row, Tx


def of(tx: Tx, name: str, address: str) -> Standing:
    """Return how a webhook stands at this address: another one was another endpoint."""
    row = tx.one("SELECT * FROM webhooks WHERE name = :name", {"name": name})
    return _standing(row) if row and row["address"] == address else Standing(name, address)


def put(tx: Tx, standing: Standing) -> None:
    tx.write(
        """INSERT INTO webhooks (name, address, failing_from, disabled_at, error)
        VALUES (:name, :address, :failing_from, :disabled_at, :error)
        ON CONFLICT (name) DO UPDATE SET address = excluded.address, failing_from = excluded.failing_from,
            disabled_at = excluded.disabled_at, error = excluded.error""",
        columns(standing),
    )


def works(tx: Tx, name: str) -> None:
    """Forget that a webhook failed or was disabled."""
    tx.write("DELETE FROM webhooks WHERE name = :name", {"name": name})


def disabled(tx: Tx) -> int:
    """Return how many are disabled."""
    row = tx.one("SELECT COUNT(*) AS n FROM webhooks WHERE disabled_at IS NOT NULL")
    return int(row["n"]) if row else 0


def _standing(row: Row) -> Standing:
    return value_of(Standing, row)
