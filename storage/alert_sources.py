"""What came from each source of alerts: taken, and refused. A mistyped key is a pager that stays silent."""

from collections.abc import Mapping

from bot.domain.alerts.alert import SourceState
from storage.rows import value_of
from storage.transaction import Tx

_COUNTED = {"name": "TEXT", "taken": "INTEGER", "at": "TEXT"}


def took(tx: Tx, numbers: Mapping[str, int]) -> None:
    """Count what sources sent."""
    tx.each(
        """INSERT INTO alert_sources (name, taken, taken_at, refused, reason)
        SELECT new.name, new.taken, new.at, 0, '' FROM {new} WHERE true
        ON CONFLICT (name) DO UPDATE SET
            taken = alert_sources.taken + excluded.taken, taken_at = excluded.taken_at""",
        _COUNTED,
        [{"name": name, "taken": number, "at": tx.now} for name, number in sorted(numbers.items())],
    )


def refused(tx: Tx, name: str, reason: str) -> None:
    """Count a request that was refused. Without a name nobody knows whose it was."""
    tx.write(
        """INSERT INTO alert_sources (name, taken, refused, refused_at, reason)
        VALUES (:name, 0, 1, :at, :reason)
        ON CONFLICT (name) DO UPDATE SET refused = alert_sources.refused + 1,
            refused_at = excluded.refused_at, reason = excluded.reason""",
        {"name": name, "at": tx.now, "reason": reason},
    )


def ids(tx: Tx) -> dict[str, int]:
    return {row["name"]: row["id"] for row in tx.all("SELECT id, name FROM alert_sources")}


def name_of(tx: Tx, source_id: int) -> str | None:
    row = tx.one("SELECT name FROM alert_sources WHERE id = :id", {"id": source_id})
    return row["name"] if row else None


def all_of(tx: Tx) -> list[SourceState]:
    return [value_of(SourceState, row) for row in tx.all("SELECT * FROM alert_sources ORDER BY name")]
