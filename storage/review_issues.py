"""The issues of reviews in a tracker."""

from bot.domain.reviews.issue import ReviewIssue
from storage.rows import columns, value_of
from storage.transaction import Tx


def of(tx: Tx, incident_id: int) -> ReviewIssue | None:
    row = tx.one("SELECT * FROM review_issues WHERE incident = :id", {"id": incident_id})
    return value_of(ReviewIssue, row) if row else None


def put(tx: Tx, issue: ReviewIssue) -> None:
    """Remember the issue of a review, as it is now."""
    tx.write(
        """INSERT INTO review_issues (incident, version, written, project, number, url)
        VALUES (:incident, :version, :written, :project, :number, :url)
        ON CONFLICT (incident) DO UPDATE SET version = excluded.version, written = excluded.written,
            project = excluded.project, number = excluded.number, url = excluded.url""",
        columns(issue),
    )
