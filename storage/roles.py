"""Who holds which role in an incident."""

from collections.abc import Collection
from datetime import datetime

from bot.domain.paging.engagement import Holder
from storage.transaction import Tx, any_of, moment

_PRESENT = """COALESCE(people.active, 1) = 1 AND (incidents.private = 0 OR EXISTS (SELECT 1 FROM members
    WHERE members.incident = roles.incident AND members.person = roles.person AND members.gone = 0))"""


def of(tx: Tx, incident_id: int) -> dict[str, str]:
    """Return role -> person, of those roles whose holder is at work."""
    rows = tx.all(
        "SELECT role, person FROM roles WHERE incident = :id AND since IS NOT NULL ORDER BY role",
        {"id": incident_id},
    )
    return {row["role"]: row["person"] for row in rows}


def before(tx: Tx, incident_id: int) -> dict[str, str]:
    """Return role -> person, of those roles that nobody is at work in now: who was before."""
    rows = tx.all(
        "SELECT role, person FROM roles WHERE incident = :id AND since IS NULL ORDER BY role",
        {"id": incident_id},
    )
    return {row["role"]: row["person"] for row in rows}


def none_yet(tx: Tx, incident_id: int) -> None:
    """Know without asking that nobody holds a role of an incident which was just written."""
    tx.known.holders[incident_id] = []


def holders(tx: Tx, incident_id: int) -> list[Holder]:
    """Return who holds which role since when, and whether they are still there."""
    known = tx.known.holders.get(incident_id)
    return _holders(tx, [incident_id])[incident_id] if known is None else known


def look_ahead(tx: Tx, incident_ids: Collection[int]) -> None:
    """Look up the holders of many incidents at once, for decisions that are made together."""
    if incident_ids:
        tx.known.holders.update(_holders(tx, incident_ids))


def _holders(tx: Tx, incident_ids: Collection[int]) -> dict[int, list[Holder]]:
    these, named = any_of(incident_ids)
    rows = tx.all(
        f"""SELECT roles.*, CASE WHEN {_PRESENT} THEN 1 ELSE 0 END AS present
        FROM roles JOIN incidents ON incidents.id = roles.incident
        LEFT JOIN people ON people.id = roles.person
        WHERE roles.incident IN ({these}) ORDER BY roles.role""",  # noqa: S608 - texts of our own
        named,
    )
    found: dict[int, list[Holder]] = {one: [] for one in incident_ids}
    for row in rows:
        since, by_hand, present = moment(row["since"]), bool(row["by_hand"]), bool(row["present"])
        found[row["incident"]].append(Holder(row["role"], row["person"], since, by_hand, present))
    return found


def assign(
    tx: Tx,
    incident_id: int,
    role: str,
    person: str,
    *,
    by_hand: bool = False,
    since: datetime | None = None,
) -> None:
    """Give a role to a person, `since` now unless it says otherwise; whoever held it holds it no more."""
    tx.known.holders.pop(incident_id, None)
    tx.write(
        """INSERT INTO roles (incident, role, person, since, by_hand)
        VALUES (:incident, :role, :person, :since, :by_hand)
        ON CONFLICT (incident, role) DO UPDATE
            SET person = excluded.person, since = excluded.since, by_hand = excluded.by_hand""",
        {
            "incident": incident_id,
            "role": role,
            "person": person,
            "since": since or tx.now,
            "by_hand": by_hand,
        },
    )


def release(tx: Tx, incident_id: int, person: str) -> None:
    tx.known.holders.pop(incident_id, None)
    tx.write(
        "DELETE FROM roles WHERE incident = :incident AND person = :person",
        {"incident": incident_id, "person": person},
    )


def vacate(tx: Tx, incident_id: int, role: str) -> None:
    """Have nobody hold a role."""
    tx.known.holders.pop(incident_id, None)
    tx.write(
        "DELETE FROM roles WHERE incident = :incident AND role = :role",
        {"incident": incident_id, "role": role},
    )


def rest(tx: Tx, incident_id: int, role: str | None = None) -> None:
    """Take it that nobody is at work in a role, or in any: its holder keeps it, and is paged anew."""
    if tx.known.holders.pop(incident_id, None) == []:
        none_yet(tx, incident_id)
        return
    tx.write(
        "UPDATE roles SET since = NULL WHERE incident = :incident AND role = COALESCE(:role, role)",
        {"incident": incident_id, "role": role},
    )
