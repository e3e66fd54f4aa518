"""What keeps a message on the timeline: each person's pushpin reaction, and Slack's own pin."""

from storage.transaction import Tx


def add(tx: Tx, incident_id: int, ts: str, source: str) -> bool:
    """Note one reason to keep a message. Say whether that is news."""
    return (
        tx.execute(
            """INSERT INTO pins (incident, ts, source) VALUES (:incident, :ts, :source)
            ON CONFLICT (incident, ts, source) DO NOTHING""",
            {"incident": incident_id, "ts": ts, "source": source},
        )
        == 1
    )


def remove(tx: Tx, incident_id: int, ts: str, source: str) -> None:
    """Take one reason away."""
    tx.write(
        "DELETE FROM pins WHERE incident = :incident AND ts = :ts AND source = :source",
        {"incident": incident_id, "ts": ts, "source": source},
    )


def any_left(tx: Tx, incident_id: int, ts: str) -> bool:
    """Say whether something still keeps the message."""
    found = tx.one(
        "SELECT 1 AS yes FROM pins WHERE incident = :incident AND ts = :ts",
        {"incident": incident_id, "ts": ts},
    )
    return found is not None
