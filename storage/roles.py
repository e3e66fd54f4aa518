"""Who holds which role in an incident."""

from storage.transaction import Tx


def of(tx: Tx, incident_id: int) -> dict[str, str]:
    """Return role -> person."""
    rows = tx.all("SELECT role, person FROM roles WHERE incident = :id ORDER BY role", {"id": incident_id})
    return {row["role"]: row["person"] for row in rows}


def assign(tx: Tx, incident_id: int, role: str, person: str) -> None:
    """Give a role to a person; whoever held it holds it no more."""
    tx.write(
        """INSERT INTO roles (incident, role, person) VALUES (:incident, :role, :person)
        ON CONFLICT (incident, role) DO UPDATE SET person = excluded.person""",
        {"incident": incident_id, "role": role, "person": person},
    )
