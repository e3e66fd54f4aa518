"""What people make of alerts: put aside for a while, false alarms, and how many of a rule were real."""

from datetime import datetime

from bot.domain.alerts.alert import FalseAlarm, Noise, Shelved
from bot.domain.incidents.incident import Status
from storage.incidents import VISIBLE
from storage.rows import value_of
from storage.transaction import Tx

_REAL = [one.value for one in Status if one not in {Status.TRIAGE, Status.DECLINED, Status.CANCELLED}]
_UNDECIDED = """(incidents.status = 'Triage' OR (incidents.lead = ''
    AND incidents.status IN ('Investigating', 'Fixing', 'Monitoring') AND NOT EXISTS (
        SELECT 1 FROM entries WHERE entries.incident = incidents.id AND entries.kind = 'accepted'
            AND SUBSTR(entries.by_whom, 1, 6) <> 'alert:')))"""


def shelve(tx: Tx, source: str, key: str, until: datetime, by: str) -> int:
    """Put an alert aside until then, and return the number of that. Once more, the later word counts."""
    row = tx.returned(
        """INSERT INTO shelved_alerts (source, key, shelved_by, at, until_at)
        VALUES (:source, :key, :by, :at, :until)
        ON CONFLICT (source, key) DO UPDATE SET shelved_by = excluded.shelved_by, at = excluded.at,
            until_at = excluded.until_at
        RETURNING id""",
        {"source": source, "key": key, "by": by, "at": tx.now, "until": until},
    )
    return int(row[0]["id"])


def shelved(tx: Tx, source: str, key: str) -> Shelved | None:
    row = tx.one(
        "SELECT * FROM shelved_alerts WHERE source = :source AND key = :key", {"source": source, "key": key}
    )
    return value_of(Shelved, row) if row else None


def shelved_of(tx: Tx, source: str) -> dict[str, Shelved]:
    """Return what is put aside of a source, by its key."""
    rows = tx.all("SELECT * FROM shelved_alerts WHERE source = :source", {"source": source})
    return {row["key"]: value_of(Shelved, row) for row in rows}


def every_shelved(tx: Tx) -> list[Shelved]:
    rows = tx.all("SELECT * FROM shelved_alerts ORDER BY until_at, id")
    return [value_of(Shelved, row) for row in rows]


def unshelve(tx: Tx, number: int) -> Shelved | None:
    """Take an alert back, and return which one it was."""
    rows = tx.returned("DELETE FROM shelved_alerts WHERE id = :id RETURNING *", {"id": number})
    return value_of(Shelved, rows[0]) if rows else None


def put_false(tx: Tx, found: FalseAlarm) -> None:
    tx.write(
        """INSERT INTO false_alarms (incident, changes, note, said_by, at)
        VALUES (:incident, :changes, :note, :by, :at)
        ON CONFLICT (incident) DO UPDATE SET changes = excluded.changes, note = excluded.note,
            said_by = excluded.said_by, at = excluded.at""",
        {
            "incident": found.incident,
            "changes": int(found.changes),
            "note": found.note,
            "by": found.said_by,
            "at": found.at,
        },
    )


def false_alarm(tx: Tx, incident_id: int) -> FalseAlarm | None:
    row = tx.one("SELECT * FROM false_alarms WHERE incident = :id", {"id": incident_id})
    return value_of(FalseAlarm, row) if row else None


def false_since(tx: Tx, since: datetime, limit: int) -> list[FalseAlarm]:
    """Return the false alarms since then, the newest first; none of a private incident."""
    rows = tx.all(
        """SELECT false_alarms.* FROM false_alarms JOIN incidents ON incidents.id = false_alarms.incident
        WHERE false_alarms.at >= :since AND incidents.private = 0
        ORDER BY false_alarms.at DESC, false_alarms.incident DESC LIMIT :limit""",
        {"since": since, "limit": limit},
    )
    return [value_of(FalseAlarm, row) for row in rows]


def noise(tx: Tx, since: datetime, viewer: str | None) -> list[Noise]:
    """Return what became of the alerts of each rule that came since then, the noisiest first.

    What a rule declared is undecided too until somebody leads or accepts it. What is merged counts as what it
    was merged into is: somebody worked on it. None of a hidden incident counts for a `viewer`; without one,
    all do.
    """
    hidden = f"AND (alerts.incident IS NULL OR {VISIBLE})" if viewer else ""
    real = ", ".join(f"'{one}'" for one in _REAL)
    rows = tx.all(
        f"""SELECT alerts.rule AS rule, COUNT(*) AS alerts, SUM(alerts.fired) AS fired,
            COUNT(DISTINCT CASE WHEN incidents.status IN ({real}) AND NOT {_UNDECIDED}
                THEN incidents.id END) AS real,
            COUNT(DISTINCT CASE WHEN incidents.status IN ('Declined', 'Cancelled')
                AND false_alarms.incident IS NOT NULL THEN incidents.id END) AS wrong,
            COUNT(DISTINCT CASE WHEN incidents.status IN ('Declined', 'Cancelled')
                AND false_alarms.incident IS NULL THEN incidents.id END) AS declined,
            COUNT(DISTINCT CASE WHEN {_UNDECIDED} THEN incidents.id END) AS waiting,
            SUM(CASE WHEN alerts.incident IS NULL THEN 1 ELSE 0 END) AS kept
        FROM alerts LEFT JOIN incidents ON incidents.id = alerts.incident
        LEFT JOIN false_alarms ON false_alarms.incident = incidents.id
        WHERE alerts.first_at >= :since {hidden}
        GROUP BY alerts.rule ORDER BY COUNT(*) DESC, alerts.rule""",  # noqa: S608 - words of ours
        {"since": since, "viewer": viewer} if viewer else {"since": since},
    )
    return [value_of(Noise, row) for row in rows]
