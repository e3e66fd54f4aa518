"""The notices to customers, and who confirmed that they are significantly affected."""

from collections.abc import Mapping

from bot.domain.actors import parsed
from bot.domain.incidents.publicity import PublicNotice
from storage.rows import columns, value_of
from storage.transaction import Tx


def put(tx: Tx, notice: PublicNotice) -> None:
    """Keep the text of a notice; it takes the place of an earlier one."""
    tx.write(
        """INSERT INTO public_notices (incident, text, written_by, written_at)
        VALUES (:incident, :text, :written_by, :written_at)
        ON CONFLICT (incident) DO UPDATE SET text = excluded.text, written_by = excluded.written_by,
            written_at = excluded.written_at""",
        columns(notice),
    )


def of(tx: Tx, incident_id: int) -> PublicNotice | None:
    row = tx.one("SELECT * FROM public_notices WHERE incident = :id", {"id": incident_id})
    return value_of(PublicNotice, row, written_by=parsed(row["written_by"])) if row else None


def confirm(tx: Tx, incident_id: int, role: str, person: str) -> None:
    """Note that whoever holds a role confirmed it; the first who does so stays."""
    tx.write(
        """INSERT INTO public_confirmations (incident, role, person, at)
        VALUES (:incident, :role, :person, :now) ON CONFLICT (incident, role) DO NOTHING""",
        {"incident": incident_id, "role": role, "person": person, "now": tx.now},
    )


def confirmed(tx: Tx, incident_id: int) -> Mapping[str, str]:
    """Return who has confirmed it, by role."""
    rows = tx.all("SELECT role, person FROM public_confirmations WHERE incident = :id", {"id": incident_id})
    return {row["role"]: row["person"] for row in rows}
