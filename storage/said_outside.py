"""What was said of an incident outside its own channels: to a person, or in a channel of others."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.rows import columns
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Said:
    """A message of ours. `person` is whom it was sent to; it is empty where a channel reads it."""

    incident: int
    channel: str
    ts: str
    person: str


def keep(tx: Tx, said: Said) -> None:
    tx.write(
        """INSERT INTO said_outside (incident, channel, ts, person)
        VALUES (:incident, :channel, :ts, :person) ON CONFLICT (incident, channel, ts) DO NOTHING""",
        columns(said),
    )


def forget(tx: Tx, channel: str, ts: str) -> None:
    """Forget a message that says nothing any more."""
    tx.write("DELETE FROM said_outside WHERE channel = :channel AND ts = :ts", {"channel": channel, "ts": ts})


def of(tx: Tx, incident_id: int) -> Sequence[Said]:
    rows = tx.all(
        "SELECT * FROM said_outside WHERE incident = :incident ORDER BY channel, ts",
        {"incident": incident_id},
    )
    return [Said(**row) for row in rows]


def to(tx: Tx, incident_id: int, person: str) -> Sequence[Said]:
    """Return what was said of an incident to one person."""
    rows = tx.all(
        "SELECT * FROM said_outside WHERE incident = :incident AND person = :person ORDER BY channel, ts",
        {"incident": incident_id, "person": person},
    )
    return [Said(**row) for row in rows]
