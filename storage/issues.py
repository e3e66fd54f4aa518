"""The issues of incidents in a tracker."""

from bot.domain.incidents.issues import Issue
from storage.rows import columns
from storage.transaction import Row, Tx


def put(tx: Tx, issue: Issue) -> None:
    """Remember the issue of an incident, as it is now."""
    tx.write(
        """INSERT INTO issues (incident, project, number, url, closed, gone)
        VALUES (:incident, :project, :number, :url, :closed, :gone)
        ON CONFLICT (incident) DO UPDATE SET project = excluded.project, number = excluded.number,
            url = excluded.url, closed = excluded.closed, gone = excluded.gone""",
        {**columns(issue), "closed": int(issue.closed), "gone": int(issue.gone)},
    )


def of(tx: Tx, incident_id: int) -> Issue | None:
    row = tx.one("SELECT * FROM issues WHERE incident = :id", {"id": incident_id})
    return _issue(row) if row else None


def numbered(tx: Tx, project: str, number: int) -> Issue | None:
    """Return the issue of this number in a project, if it is an incident's."""
    row = tx.one(
        "SELECT * FROM issues WHERE project = :project AND number = :number",
        {"project": project, "number": number},
    )
    return _issue(row) if row else None


def _issue(row: Row) -> Issue:
    return Issue(**{**row, "closed": bool(row["closed"]), "gone": bool(row["gone"])})
