"""What is done of the checklists of incidents."""

from bot.domain.incidents.checklists import Tick
from storage.rows import value_of
from storage.transaction import Tx


def tick(tx: Tx, incident_id: int, checklist: str, item: str, by: str) -> bool:
    """Note that somebody did an item, and say whether that is news."""
    return (
        tx.execute(
            """INSERT INTO checklist_items (incident, checklist, item, done_by, at)
            VALUES (:incident, :checklist, :item, :by, :now)
            ON CONFLICT (incident, checklist, item) DO NOTHING""",
            {"incident": incident_id, "checklist": checklist, "item": item, "by": by, "now": tx.now},
        )
        == 1
    )


def of(tx: Tx, incident_id: int, checklist: str) -> dict[str, Tick]:
    """Return what is done of a checklist, by item."""
    rows = tx.all(
        """SELECT item, done_by, at FROM checklist_items
        WHERE incident = :incident AND checklist = :checklist ORDER BY at, item""",
        {"incident": incident_id, "checklist": checklist},
    )
    return {row["item"]: value_of(Tick, row) for row in rows}
