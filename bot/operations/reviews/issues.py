"""The document of a review becomes an issue: it is asked for, made once, and has the version asked for."""

from dataclasses import replace

from bot.domain.facts import ReviewIssueAsked, ReviewIssueWritten
from bot.domain.reviews.issue import ReviewIssue, to_place
from bot.operations.reviews.documents import may_take, refuse_older
from bot.operations.reviews.elsewhere import may_leave
from bot.operations.workspace.channel import problem
from storage import review_issues
from storage.transaction import Tx


def ask_for_issue(tx: Tx, incident_id: int, version: int, *, by: str, sure: str = "") -> None:
    """Have the newest version written as an issue, or into the one that there is. Refuses one that was
    edited meanwhile, and what may not stand in that project; `sure` confirms what is private in it.
    """
    incident = may_take(tx, incident_id, by=by)
    place = to_place(incident, tx.process.reviews.issues)
    newest = refuse_older(tx, incident.id, version, can="become an issue", then="make it an issue")
    may_leave(tx, incident, newest.text, reader=by, sure=sure)
    issue = review_issues.of(tx, incident.id)
    if not issue or (issue.number and not place.has(issue)):
        issue = ReviewIssue(incident.id, version)
    review_issues.put(tx, replace(issue, version=version))
    tx.record(ReviewIssueAsked(incident=incident.id, by=by))


def review_issue_written(tx: Tx, *, issue: ReviewIssue, tracker: str) -> None:
    """Note the issue, and which version stands there; that it does is told once."""
    before = review_issues.of(tx, issue.incident)
    if not before:
        return
    review_issues.put(tx, replace(issue, version=before.version))
    if issue.written and (before.number, before.written) != (issue.number, issue.written):
        tx.record(
            ReviewIssueWritten(incident=issue.incident, version=issue.written, tracker=tracker, url=issue.url)
        )


def review_issue_lost(tx: Tx, *, issue: ReviewIssue, tracker: str, why: str) -> None:
    """Note that the issue is there no more. The document stays, and becomes another one if somebody asks."""
    review_issues.put(tx, ReviewIssue(issue.incident, 0))
    cure = "The document is kept here. To have another issue, press the button on the review's page again."
    problem(tx, issue.incident, f"The {tracker} issue of the review, #{issue.number}, is gone", why, cure)


def review_issue_failed(tx: Tx, incident_id: int, *, tracker: str, why: str) -> None:
    """Note that it could not be written, so that it can be asked for again."""
    if issue := review_issues.of(tx, incident_id):
        review_issues.put(tx, replace(issue, version=issue.written))
    cure = "The document is kept here. Press the button on the review's page to try again."
    problem(tx, incident_id, f"The review could not be written to its {tracker} issue", why, cure)
