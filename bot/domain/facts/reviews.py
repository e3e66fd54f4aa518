"""What happens to the review of an incident."""

from bot.domain.facts.fact import OfIncident
from bot.domain.timeline.entries import Kind


class ReviewRequested(OfIncident):
    """Somebody asked for a review of what needs none."""

    kind = Kind.REVIEW_REQUESTED


class ReviewBegun(OfIncident):
    """The review is open, its `owner` empty if nobody leads the incident; `again` after it was over."""

    kind = Kind.REVIEW_BEGUN
    owner: str
    again: bool = False


class ReviewGiven(OfIncident):
    """It was given to another `person`; the `holder` had it before."""

    kind = Kind.REVIEW_GIVEN
    person: str
    holder: str


class ReviewTaskDone(OfIncident):
    kind = Kind.REVIEW_TASK_DONE
    task: int


class ReviewTaskUndone(OfIncident):
    """It is open again."""

    kind = Kind.REVIEW_TASK_UNDONE
    task: int


class ReviewTaskChanged(OfIncident):
    """`what` of it is another one: owner (Slack user ids, empty for whoever owns the review) or due date."""

    kind = Kind.REVIEW_TASK_CHANGED
    task: int
    what: str
    before: str
    after: str


class ReviewEnded(OfIncident):
    """It is done or waived, as the `outcome` says, with so many tasks `left` open."""

    kind = Kind.REVIEW_ENDED
    outcome: str
    left: int


class ReviewDue(OfIncident):
    """The `person` is reminded of its tasks."""

    person: str


class ReviewPutOff(OfIncident):
    """The reminder of its tasks was put off."""
