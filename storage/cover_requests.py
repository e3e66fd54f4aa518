"""Requests for cover, and swaps."""

from datetime import datetime

from bot.domain.oncall.cover import CoverRequest
from storage.rows import columns, value_of
from storage.transaction import Tx


def add(tx: Tx, request: CoverRequest) -> int:
    return tx.insert(
        """INSERT INTO cover_requests
        (schedule, asker, starts_at, ends_at, asked_at, colleague, back_from, back_until)
        VALUES (:schedule, :asker, :starts_at, :ends_at, :asked_at, :colleague, :back_from, :back_until)
        RETURNING id""",
        columns(request),
    )


def save(tx: Tx, request: CoverRequest) -> None:
    tx.write(
        """UPDATE cover_requests SET taken_by = :taken_by, taken_at = :taken_at,
            withdrawn_by = :withdrawn_by, withdrawn_at = :withdrawn_at, channel = :channel, ts = :ts
        WHERE id = :id""",
        columns(request),
    )


def get(tx: Tx, request_id: int) -> CoverRequest:
    """Return a request. Raises NotFound."""
    row = tx.one("SELECT * FROM cover_requests WHERE id = :id", {"id": request_id})
    if not row:
        raise tx.unknown("cover_requests", request_id, "request for cover", request_id)
    return value_of(CoverRequest, row)


def open_one(tx: Tx, schedule: str, asker: str, start: datetime, end: datetime) -> CoverRequest | None:
    """Return what a person asks everybody, for any moment from `start` until `end`, if nobody accepted it.

    One that no channel shows is left out: it could not be withdrawn there.
    """
    row = tx.one(
        """SELECT * FROM cover_requests WHERE taken_by IS NULL AND withdrawn_by IS NULL AND ends_at > :start
        AND starts_at < :end AND schedule = :schedule AND asker = :asker AND colleague IS NULL
        AND ts IS NOT NULL ORDER BY id LIMIT 1""",
        {"schedule": schedule, "asker": asker, "start": start, "end": end},
    )
    return value_of(CoverRequest, row) if row else None


def waiting(tx: Tx, limit: int) -> list[CoverRequest]:
    """Return the requests that nobody has accepted or ended, and whose time is not over, in order."""
    rows = tx.all(
        """SELECT * FROM cover_requests WHERE taken_by IS NULL AND withdrawn_by IS NULL AND ends_at > :now
        ORDER BY starts_at, id LIMIT :limit""",
        {"now": tx.now, "limit": limit},
    )
    return [value_of(CoverRequest, row) for row in rows]
