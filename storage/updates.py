"""Updates, as they were posted."""

from bot.domain.actors import parsed
from bot.domain.errors import NotFound
from bot.domain.work.work import Update
from storage.rows import columns, value_of
from storage.transaction import Row, Tx


def add(tx: Tx, update: Update) -> int:
    return tx.insert(
        """INSERT INTO updates (incident, text, status, severity, by_whom, at, next_at)
        VALUES (:incident, :text, :status, :severity, :by, :at, :next_at) RETURNING id""",
        columns(update),
    )


def get(tx: Tx, update_id: int) -> Update:
    """Return an update. Raises NotFound."""
    row = tx.one("SELECT * FROM updates WHERE id = :id", {"id": update_id})
    if not row:
        raise NotFound("update", update_id)
    return _update(row)


def latest(tx: Tx, incident_id: int) -> Update | None:
    row = tx.one(
        "SELECT * FROM updates WHERE incident = :incident ORDER BY id DESC LIMIT 1", {"incident": incident_id}
    )
    return _update(row) if row else None


def newest(tx: Tx, incident_id: int, limit: int) -> list[Update]:
    """Return the updates of an incident, the newest first."""
    rows = tx.all(
        "SELECT * FROM updates WHERE incident = :incident ORDER BY id DESC LIMIT :limit",
        {"incident": incident_id, "limit": limit},
    )
    return [_update(row) for row in rows]


def _update(row: Row) -> Update:
    return value_of(Update, row, by=parsed(row["by_whom"]))
