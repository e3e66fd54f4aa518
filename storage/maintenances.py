"""Scheduled maintenance: what is planned and running, its messages, and what incidents have to do with it."""

import json
from datetime import datetime

from bot.domain.maintenance.maintenance import Maintenance
from storage.rows import columns, value_of
from storage.transaction import Row, Tx

_LISTS = ("people", "services", "links")
_COLUMNS = (
    *("name", "criticality", "state", "owner", "planned_by", "starts_at", "ends_at", *_LISTS),
    *("told_at", "started_at", "overran_at", "asked_at", "ended_at", "reason", "holds"),
)


def add(tx: Tx, new: Maintenance) -> int:
    names = ", ".join(_COLUMNS)
    values = ", ".join(f":{name}" for name in _COLUMNS)
    return tx.insert(
        f"INSERT INTO maintenances ({names}) VALUES ({values}) RETURNING id",  # noqa: S608 - names of ours
        columns(new),
    )


def save(tx: Tx, maintenance: Maintenance) -> None:
    tx.write(
        f"""UPDATE maintenances SET {", ".join(f"{name} = :{name}" for name in _COLUMNS)}
        WHERE id = :id""",  # noqa: S608 - names of ours
        columns(maintenance),
    )


def get(tx: Tx, number: int) -> Maintenance:
    """Return a maintenance, also one that is over. Raises NotFound."""
    row = tx.one("SELECT * FROM maintenances WHERE id = :id", {"id": number})
    if not row:
        raise tx.unknown("maintenances", number, "maintenance", f"MNT-{number}")
    return _maintenance(row)


def open_ones(tx: Tx, limit: int = 50) -> list[Maintenance]:
    """Return those that are running and planned, the earliest first."""
    rows = tx.all(
        "SELECT * FROM maintenances WHERE ended_at IS NULL ORDER BY starts_at, id LIMIT :limit",
        {"limit": limit},
    )
    return [_maintenance(row) for row in rows]


def running(tx: Tx) -> list[Maintenance]:
    """Return those that are running, the one that began first at the top."""
    rows = tx.all(
        """SELECT * FROM maintenances WHERE ended_at IS NULL AND state = 'running'
        ORDER BY started_at, id"""
    )
    return [_maintenance(row) for row in rows]


def in_window(tx: Tx, at: datetime) -> list[Maintenance]:
    """Return those in whose window a moment falls, also when they are over since."""
    rows = tx.all(
        """SELECT * FROM maintenances WHERE started_at <= :at AND (ended_at IS NULL OR ended_at > :at)
        ORDER BY id""",
        {"at": at},
    )
    return [_maintenance(row) for row in rows]


def record_message(tx: Tx, number: int, place: str, channel: str, ts: str) -> None:
    """Remember a message that is edited as the maintenance goes on."""
    tx.write(
        """INSERT INTO maintenance_messages (maintenance, place, channel, ts)
        VALUES (:maintenance, :place, :channel, :ts)
        ON CONFLICT (maintenance, place) DO UPDATE SET channel = excluded.channel, ts = excluded.ts""",
        {"maintenance": number, "place": place, "channel": channel, "ts": ts},
    )


def messages(tx: Tx, number: int) -> dict[str, tuple[str, str]]:
    """Return channel and ts of each message, by where it is: a channel's name, or a person."""
    rows = tx.all("SELECT * FROM maintenance_messages WHERE maintenance = :id ORDER BY place", {"id": number})
    return {row["place"]: (row["channel"], row["ts"]) for row in rows}


def note_answer(tx: Tx, incident: int, number: int, by: str, *, related: bool) -> None:
    """Write whether an incident has to do with a maintenance, instead of what was answered before."""
    tx.write(
        """INSERT INTO maintenance_answers (incident, maintenance, related, answered_by)
        VALUES (:incident, :maintenance, :related, :by)
        ON CONFLICT (incident, maintenance)
            DO UPDATE SET related = excluded.related, answered_by = excluded.answered_by""",
        {"incident": incident, "maintenance": number, "related": related, "by": by},
    )


def answers(tx: Tx, incident: int) -> dict[int, bool]:
    """Return by its number whether an incident has to do with a maintenance, as far as that is answered."""
    rows = tx.all("SELECT * FROM maintenance_answers WHERE incident = :id", {"id": incident})
    return {row["maintenance"]: bool(row["related"]) for row in rows}


def concerning(tx: Tx, incident: int) -> list[tuple[Maintenance, bool | None]]:
    """Return what is running, and what an incident was said to be related to or not: None is unanswered.

    It is asked with each drawing of a card: one statement, and mostly nothing is found.
    """
    rows = tx.all(
        """SELECT maintenances.*, NULL AS related FROM maintenances
            WHERE ended_at IS NULL AND state = 'running' AND NOT EXISTS (SELECT 1 FROM maintenance_answers
                WHERE maintenance = maintenances.id AND incident = :incident)
        UNION ALL SELECT maintenances.*, maintenance_answers.related FROM maintenances
            JOIN maintenance_answers ON maintenance_answers.maintenance = maintenances.id
            WHERE maintenance_answers.incident = :incident
        ORDER BY started_at, id""",
        {"incident": incident},
    )
    return [(_maintenance(row), None if row["related"] is None else bool(row["related"])) for row in rows]


def unanswered(tx: Tx, since: datetime) -> list[int]:
    """Return the open incidents declared since then of which nobody has answered that."""
    rows = tx.all(
        """SELECT id FROM incidents WHERE declared_at >= :since
            AND status IN ('Triage', 'Investigating', 'Fixing', 'Monitoring')
            AND NOT EXISTS (SELECT 1 FROM maintenance_answers WHERE incident = incidents.id)
        ORDER BY id""",
        {"since": since},
    )
    return [row["id"] for row in rows]


def _maintenance(row: Row) -> Maintenance:
    return value_of(Maintenance, row, **{name: json.loads(row[name]) for name in _LISTS})
