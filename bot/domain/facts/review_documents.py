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


class ReviewApproved(OfIncident):
    kind = Kind.REVIEW_APPROVED
    version: int
