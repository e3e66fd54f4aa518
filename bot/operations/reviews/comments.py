"""Comments on a review: said by whoever may know of it, changed and deleted by whoever said it."""

from bot.domain.facts import ReviewCommentChanged, ReviewCommented
from bot.domain.reviews import versions as rules
from bot.domain.reviews.versions import LONGEST_HEADING, Comment, to_review
from bot.domain.text import one_line
from bot.secret_scan import mark_of, refuse_secrets
from storage import incidents, review_documents
from storage.transaction import Tx


def comment_on(
    tx: Tx, incident_id: int, version: int, text: str, *, by: str, sure: str = "", heading: str = ""
) -> int:
    """Say something of a version, or of what stands under a heading of it. Raises LooksSecret."""
    incident = to_review(incidents.visible(tx, incident_id, by))
    words = rules.said(text)
    refuse_secrets(words, sure=sure)
    last = review_documents.latest(tx, incident.id)
    of = min(version, last.number if last else 0)
    under = one_line(heading)[:LONGEST_HEADING]
    number = review_documents.comment(tx, incident.id, of, words, by, heading=under)
    tx.record(ReviewCommented(incident=incident.id, by=by, comment=number))
    return number


def own_comment(tx: Tx, comment_id: int, *, by: str) -> Comment:
    """Return a comment to whoever wrote it. Raises NotFound, and refuses anybody else."""
    comment = review_documents.visible_comment(tx, comment_id, by)
    to_review(incidents.visible(tx, comment.incident, by))
    return rules.own(comment, by)


def change_comment(tx: Tx, comment_id: int, text: str, *, by: str, sure: str = "") -> None:
    """Write it in other words; it says then that it was edited. Raises LooksSecret."""
    before = own_comment(tx, comment_id, by=by)
    words = rules.said(text)
    if words == before.text:
        return
    if mark_of([words]) != mark_of([before.text]):  # what stands there was confirmed before
        refuse_secrets(words, sure=sure)
    review_documents.change_comment(tx, before, words)
    tx.record(ReviewCommentChanged(incident=before.incident, by=by))


def delete_comment(tx: Tx, comment_id: int, *, by: str) -> None:
    """Take a comment back. That there was one stays on the timeline, without its words."""
    comment = own_comment(tx, comment_id, by=by)
    review_documents.remove_comment(tx, comment)
    tx.record(ReviewCommentChanged(incident=comment.incident, by=by))
