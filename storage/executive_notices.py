"""Notices to executives, as they were written."""

from bot.domain.errors import NotFound
from bot.domain.incidents.executive_notices import ExecutiveNotice
from storage.rows import columns, value_of
from storage.transaction import Tx


def add(tx: Tx, notice: ExecutiveNotice) -> int:
    return tx.insert(
        """INSERT INTO executive_notices (incident, heading, summary, impact, response, issue, written_by, at)
        VALUES (:incident, :heading, :summary, :impact, :response, :issue, :written_by, :at) RETURNING id""",
        columns(notice),
    )


def correct(tx: Tx, notice: ExecutiveNotice) -> None:
    """Have a notice say something else."""
    tx.write(
        """UPDATE executive_notices SET heading = :heading, summary = :summary, impact = :impact,
            response = :response, issue = :issue WHERE id = :id""",
        columns(notice) | {"id": notice.id},
    )


def get(tx: Tx, notice_id: int) -> ExecutiveNotice:
    """Return a notice, or what was told in the thread of one. Raises NotFound."""
    row = tx.one("SELECT * FROM executive_notices WHERE id = :id", {"id": notice_id})
    if not row:
        raise NotFound("notice", notice_id)
    return value_of(ExecutiveNotice, row)


def of(tx: Tx, incident_id: int) -> ExecutiveNotice | None:
    """Return the notice of an incident, or None while there is none."""
    row = tx.one(
        "SELECT * FROM executive_notices WHERE incident = :id ORDER BY id LIMIT 1", {"id": incident_id}
    )
    return value_of(ExecutiveNotice, row) if row else None
