"""A notification: one message to one person by one means. It covers any number of pages.

From the design: a page whose direct message is not delivered within 60 seconds leaves by every contact
method of its person; at each level the configuration may name some, and for each person, for loud and for
quiet pages; the last level, called again, is called by every one at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SLACK = "slack"
"""The contact method that everybody has: Slack's direct message."""
MANY = 3
"""When more incidents than this call one person, one text by a contact method stands for all of them."""
TOGETHER = timedelta(seconds=60)
"""For so long such a text also stands for a page that waited when it left."""
UNDELIVERED_AFTER = timedelta(seconds=60)
"""A page whose direct message has not arrived by then leaves by every contact method that there is."""


class NotificationState(StrEnum):
    """What became of a notification. Only a waiting one has a deadline; a due one is being sent."""

    WAITING = "waiting"
    DUE = "due"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Notification:
    """One message. `due_at` is when to look at it; `planned_at` when it leaves in any case.

    Without `planned_at` it leaves only if Slack did not deliver the pages. Slack's has a place (`channel` and
    `ts`), and calls since `due_at`: `calls` times until `sent_at`. `resent` says that nobody knows whether an
    earlier attempt arrived, so it was sent again. A `digest` lists the further pages of a person whom many
    incidents call.
    """

    id: int
    person: str
    contact_method: str
    state: NotificationState
    due_at: datetime
    planned_at: datetime | None = None
    digest: bool = False
    channel: str | None = None
    ts: str | None = None
    calls: int = 0
    sent_at: datetime | None = None
    resent: bool = False

    @property
    def place(self) -> tuple[str, str] | None:
        return (self.channel, self.ts) if self.channel and self.ts else None

    def leaves(self, now: datetime) -> bool:
        """Say whether it is on its way. While nothing can be written, one that is due waits on."""
        waits = self.state is NotificationState.WAITING and self.due_at <= now
        return waits or self.state is NotificationState.DUE

    @property
    def dead(self) -> bool:
        return self.state is NotificationState.DEAD
