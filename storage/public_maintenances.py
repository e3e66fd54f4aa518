"""What customers read of planned maintenance: a text that somebody wrote for them."""

from bot.domain.actors import parsed
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.maintenance.told import PublicMaintenance
from storage import maintenances
from storage.rows import columns, value_of
from storage.transaction import Tx


def put(tx: Tx, text: PublicMaintenance) -> None:
    """Keep the text of a maintenance; it takes the place of an earlier one."""
    tx.write(
        """INSERT INTO public_maintenances (maintenance, text, written_by, written_at)
        VALUES (:maintenance, :text, :written_by, :written_at)
        ON CONFLICT (maintenance) DO UPDATE SET text = excluded.text, written_by = excluded.written_by,
            written_at = excluded.written_at""",
        columns(text),
    )


def of(tx: Tx, number: int) -> PublicMaintenance | None:
    row = tx.one("SELECT * FROM public_maintenances WHERE maintenance = :id", {"id": number})
    return value_of(PublicMaintenance, row, written_by=parsed(row["written_by"])) if row else None


def open_ones(tx: Tx) -> list[tuple[Maintenance, PublicMaintenance]]:
    """Return what is planned or running, and told to customers; what begins first at the top."""
    found = [(one, of(tx, one.id)) for one in maintenances.open_ones(tx)]
    return [(one, text) for one, text in found if text]
