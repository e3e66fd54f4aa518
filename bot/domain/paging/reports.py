"""What becomes of a call or text after its service took it."""

from datetime import timedelta
from enum import StrEnum

AGAIN_AFTER = timedelta(minutes=3)
"""A call or text that nobody answered leaves again so much later, while its page waits."""


class Outcome(StrEnum):
    """How a call or text ended. Only a text can be delivered; a completed call had a person listening."""

    DELIVERED = "delivered"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    MACHINE = "machine"

    @property
    def nobody(self) -> bool:
        """Say whether it reached nobody, so that the next contact method must not wait for its time."""
        return self not in (Outcome.DELIVERED, Outcome.COMPLETED)


def outcome_of(status: str, answered_by: str) -> Outcome | None:
    """Return what a report of Twilio's says, or None while the call or text is still under way."""
    if status == Outcome.COMPLETED and answered_by.startswith(("machine", "fax")):
        return Outcome.MACHINE
    return Outcome(status) if status in set(Outcome) - {Outcome.MACHINE} else None
