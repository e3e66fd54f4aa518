"""Actions and follow-ups."""

from typing import Any

from bot.domain.actors import Actor, parsed
from bot.domain.work.work import Action
from storage.incidents import VISIBLE
from storage.rows import columns, value_of
from storage.transaction import Row, Tx

KNOWN = """(actions.private = 0 OR actions.assignee = :viewer OR actions.by_whom = :viewer
    OR incidents.lead = :viewer)"""
"""Whether `:viewer`, who may know of the incident, may know of this action too."""


def add(tx: Tx, action: Action) -> int:
    tx.reworded.add(action.incident)
    return tx.insert(
        """INSERT INTO actions (incident, title, details, kind, assignee, due, by_whom, at, private)
        VALUES (:incident, :title, :details, :kind, :assignee, :due, :by, :at, :private) RETURNING id""",
        _columns(action),
    )


def save(tx: Tx, action: Action) -> None:
    tx.reworded.add(action.incident)
    tx.write(
        """UPDATE actions SET title = :title, kind = :kind, assignee = :assignee, due = :due,
            done_by = :done_by, done_at = :done_at, ts = :ts, cancelled = :cancelled WHERE id = :id""",
        _columns(action),
    )


def move(tx: Tx, incident_id: int, into: int) -> list[Action]:
    """Have the actions of an incident be another one's, and return them. No message shows them there."""
    values = {"id": incident_id, "into": into}
    moved = every(tx, incident_id)
    tx.reworded |= {incident_id, into}
    tx.write("UPDATE actions SET incident = :into, ts = NULL WHERE incident = :id", values)
    return moved


def get(tx: Tx, action_id: int) -> Action:
    """Return an action. Raises NotFound."""
    row = tx.one("SELECT * FROM actions WHERE id = :id", {"id": action_id})
    if not row:
        raise tx.unknown("actions", action_id, "action", action_id)
    return _action(row)


def visible(tx: Tx, action_id: int, by: Actor) -> Action:
    """Return an action of an incident that `by` may know of. Else raises NotFound."""
    row = tx.one(
        f"""SELECT actions.* FROM actions JOIN incidents ON incidents.id = actions.incident
        WHERE actions.id = :id AND {VISIBLE} AND {KNOWN}""",  # noqa: S608 - a constant of ours
        {"id": action_id, "viewer": by},
    )
    if not row:
        raise tx.unknown("actions", action_id, "action", action_id)
    return _action(row)


def of(tx: Tx, incident_id: int, viewer: Actor | None = None) -> list[Action]:
    """Return an incident's actions. Private ones are among them only for a `viewer` who may know of them."""
    rows = tx.all(
        f"""SELECT actions.* FROM actions JOIN incidents ON incidents.id = actions.incident
        WHERE incident = :incident AND {KNOWN} ORDER BY done_at IS NOT NULL, actions.id""",  # noqa: S608 - ours
        {"incident": incident_id, "viewer": viewer or ""},
    )
    return [_action(row) for row in rows]


def every(tx: Tx, incident_id: int) -> list[Action]:
    """Return all of them, for what shows none."""
    rows = tx.all("SELECT * FROM actions WHERE incident = :id ORDER BY id", {"id": incident_id})
    return [_action(row) for row in rows]


def sharing(tx: Tx, action: Action) -> list[Action]:
    """Return the actions that an action's message shows, in order: as a rule itself alone."""
    if not action.ts:
        return [action]
    rows = tx.all(
        "SELECT * FROM actions WHERE incident = :incident AND ts = :ts ORDER BY id",
        {"incident": action.incident, "ts": action.ts},
    )
    return [_action(row) for row in rows]


def _columns(action: Action) -> dict[str, Any]:
    return {**columns(action), "private": int(action.private), "cancelled": int(action.cancelled)}


def _action(row: Row) -> Action:
    return value_of(Action, row, by=parsed(row["by_whom"]))
