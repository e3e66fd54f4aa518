"""What happens to the document of a review."""

from bot.domain.facts.fact import OfIncident
from bot.domain.timeline.entries import Kind


class ReviewSaved(OfIncident):
    """Somebody edited the document, after somebody else or for the first time in a while."""

    kind = Kind.REVIEW_SAVED
    version: int


class ReviewCommented(OfIncident):
    kind = Kind.REVIEW_COMMENTED
    comment: int


class ReviewCommentChanged(OfIncident):
    """Somebody wrote a comment of theirs in other words, or took it back."""


class ReviewApproved(OfIncident):
    kind = Kind.REVIEW_APPROVED
    version: int


class ReviewIssueAsked(OfIncident):
    """Somebody wants the document to be an issue in a tracker, or the issue to have its newest version."""


class ReviewIssueWritten(OfIncident):
    """A version of the document stands in its issue, or in `what` else of a tracker."""

    kind = Kind.REVIEW_ISSUE
    version: int
    tracker: str
    url: str
    what: str = "issue"


class ReviewCanvasAsked(OfIncident):
    """Somebody wants the document to be a canvas in Slack, or the canvas to have its newest version."""


class ReviewCanvasWritten(OfIncident):
    """A version of the document stands in its canvas."""

    kind = Kind.REVIEW_CANVAS
    version: int
    url: str


class ReviewCopyAsked(OfIncident):
    """Somebody wants the document in the `place`, or its newest version there."""

    place: str


class ReviewFetchAsked(OfIncident):
    """Somebody, or a webhook, says that people may have edited the copy in the `place`: `who`, if known."""

    place: str
    who: str = ""
