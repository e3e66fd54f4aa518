"""Requests to be let into private incidents."""

from datetime import datetime

from bot.domain.incidents.access import AccessRequest
from storage.incidents import VISIBLE
from storage.rows import value_of
from storage.transaction import Row, Tx


def add(tx: Tx, incident_id: int, person: str, reason: str) -> int:
    return tx.insert(
        """INSERT INTO access_requests (incident, person, reason, asked_at)
        VALUES (:incident, :person, :reason, :now) RETURNING id""",
        {"incident": incident_id, "person": person, "reason": reason, "now": tx.now},
    )


def asked_since(tx: Tx, incident_id: int, person: str, since: datetime) -> bool:
    return (
        tx.one(
            """SELECT 1 AS yes FROM access_requests
            WHERE incident = :incident AND person = :person AND asked_at > :since""",
            {"incident": incident_id, "person": person, "since": since},
        )
        is not None
    )


def get(tx: Tx, request_id: int) -> AccessRequest:
    """Return a request whoever asks: for deliveries. Raises NotFound."""
    row = tx.one("SELECT * FROM access_requests WHERE id = :id", {"id": request_id})
    return _found(tx, row, request_id)


def visible(tx: Tx, request_id: int, by: str) -> AccessRequest:
    """Return a request to whoever may know of its incident. Raises NotFound."""
    row = tx.one(
        f"""SELECT access_requests.* FROM access_requests
        JOIN incidents ON incidents.id = access_requests.incident
        WHERE access_requests.id = :id AND {VISIBLE}""",  # noqa: S608 - a name of ours
        {"id": request_id, "viewer": by},
    )
    return _found(tx, row, request_id)


def answer(tx: Tx, request_id: int, *, granted: bool, by: str) -> bool:
    """Write the answer, unless somebody answered before."""
    return (
        tx.execute(
            """UPDATE access_requests SET granted = :granted, answered_by = :by
            WHERE id = :id AND granted IS NULL""",
            {"id": request_id, "granted": granted, "by": by},
        )
        == 1
    )


def record_message(tx: Tx, request_id: int, channel: str, ts: str) -> None:
    tx.write(
        "UPDATE access_requests SET channel = :channel, ts = :ts WHERE id = :id",
        {"id": request_id, "channel": channel, "ts": ts},
    )


def _found(tx: Tx, row: Row | None, request_id: int) -> AccessRequest:
    if not row:
        raise tx.unknown("access_requests", request_id, "request", request_id)
    granted = None if row["granted"] is None else bool(row["granted"])
    return value_of(AccessRequest, row, granted=granted)
