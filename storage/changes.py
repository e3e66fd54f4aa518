"""What people changed, for as long as they can undo it."""

import json
from dataclasses import asdict
from datetime import timedelta

from bot.domain.incidents.undoing import Change
from storage.rows import value_of
from storage.transaction import Row, Tx

KEPT = timedelta(hours=1)
"""How long one is kept that was not undone: it says for a while why it cannot be undone any more."""


def add(tx: Tx, change: Change) -> None:
    """Write a change; old ones of its incident that were not undone are forgotten."""
    tx.write(
        "DELETE FROM changes WHERE incident = :incident AND undone = 0 AND made_at < :old",
        {"incident": change.incident, "old": tx.now - KEPT},
    )
    tx.write(
        """INSERT INTO changes (incident, thing, role, by_whom, made_at, was, became, beside)
        VALUES (:incident, :thing, :role, :by_whom, :made_at, :was, :became, :beside)""",
        {
            "incident": change.incident,
            "thing": change.thing.value,
            "role": change.role,
            "by_whom": change.by_whom,
            "made_at": change.made_at,
            "was": dict(change.was),
            "became": dict(change.became),
            "beside": asdict(change.beside),
        },
    )


def of(tx: Tx, incident_id: int) -> list[Change]:
    """Return the changes of an incident, the latest first."""
    rows = tx.all("SELECT * FROM changes WHERE incident = :id ORDER BY id DESC", {"id": incident_id})
    return [_change(row) for row in rows]


def undo(tx: Tx, change: Change) -> bool:
    """Note that a change is undone, with all that it began, unless it was already. Who commits first wins."""
    done = tx.execute(
        "UPDATE changes SET undone = 1, beside = :beside WHERE id = :id AND undone = 0",
        {"id": change.id, "beside": asdict(change.beside)},
    )
    return done == 1


def undone_that_called(tx: Tx, incident_id: int, escalation: int) -> Change | None:
    """Return the undone change that had begun an escalation."""
    return next((one for one in of(tx, incident_id) if one.undone and escalation in one.beside.raised), None)


def _change(row: Row) -> Change:
    parts = {name: json.loads(row[name]) for name in ("was", "became", "beside")}
    return value_of(Change, row, **parts)
