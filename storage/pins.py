"""What keeps a message on the timeline: each person's pushpin reaction, and Slack's own pin."""

from datetime import datetime

from storage.transaction import Tx


def mark(tx: Tx, incident_id: int, ts: str, source: str, at: datetime, *, gone: bool) -> bool:
    """Note that one reason to keep a message came, or went, at this time.

    Say whether that is the newest: Slack tells in any order, so what went is remembered too.
    """
    return (
        tx.execute(
            """INSERT INTO pins (incident, ts, source, at, gone) VALUES (:incident, :ts, :source, :at, :gone)
            ON CONFLICT (incident, ts, source) DO UPDATE SET at = excluded.at, gone = excluded.gone
            WHERE excluded.at > pins.at""",
            {"incident": incident_id, "ts": ts, "source": source, "at": at, "gone": gone},
        )
        == 1
    )


def any_left(tx: Tx, incident_id: int, ts: str) -> bool:
    """Say whether something still keeps the message."""
    found = tx.one(
        "SELECT 1 AS yes FROM pins WHERE incident = :incident AND ts = :ts AND gone = 0",
        {"incident": incident_id, "ts": ts},
    )
    return found is not None
