"""Who is in an incident's channel: the people who may see a private incident."""

from storage.transaction import Tx

_ADD = """INSERT INTO members (incident, person) VALUES (:incident, :person)
    ON CONFLICT (incident, person) DO NOTHING"""


def note(tx: Tx, incident_id: int, person: str) -> None:
    """Note that a person is in the channel, or invited to it."""
    tx.write(_ADD, {"incident": incident_id, "person": person})


def add(tx: Tx, incident_id: int, person: str) -> bool:
    """Note it too, and say whether that is news."""
    return tx.execute(_ADD, {"incident": incident_id, "person": person}) == 1


def remove(tx: Tx, incident_id: int, person: str) -> None:
    """Note that a person left the channel."""
    tx.write(
        "DELETE FROM members WHERE incident = :incident AND person = :person",
        {"incident": incident_id, "person": person},
    )


def of(tx: Tx, incident_id: int) -> list[str]:
    """Return the people in the channel."""
    rows = tx.all("SELECT person FROM members WHERE incident = :id ORDER BY person", {"id": incident_id})
    return [row["person"] for row in rows]
