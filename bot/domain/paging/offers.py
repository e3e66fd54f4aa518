"""A page that whom it calls offers to another person. It stays with the first until the other accepts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.paging.pages import Page


class OfferState(StrEnum):
    """What became of an offer. None is stored as over: it ends with its page."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    UNREACHED = "unreached"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class PageOffer:
    """An offer of `asker` to `person`, with `words` of theirs; `channel` and `ts` are its message."""

    id: int
    page: int
    asker: str
    person: str
    words: str
    made_at: datetime
    state: OfferState = OfferState.OPEN
    closed_at: datetime | None = None
    channel: str | None = None
    ts: str | None = None

    def stands(self, page: Page) -> OfferState:
        """Return how it stands now: an open one is over when its page does not call the asker any more."""
        over = self.state is OfferState.OPEN and not page.pending
        return OfferState.OVER if over else self.state


TOO_LATE = {
    OfferState.ACCEPTED: "You accepted this page already.",
    OfferState.DECLINED: "You declined this page already.",
    OfferState.WITHDRAWN: "Somebody else was asked instead of you. You need not do anything.",
    OfferState.UNREACHED: "This offer is over. You need not do anything.",
    OfferState.OVER: "This offer is over: the page was answered, went on or was cancelled.",
}
"""What to say to somebody who answers an offer that is not open any more."""
