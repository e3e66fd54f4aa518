"""Who reads the status page by e-mail, and how mail to them is parted and bounded."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LANES = 4
"""So many mails are under way at a time: what else is sent waits for none of them."""
CONFIRM_WITHIN = timedelta(days=2)
ASK_AGAIN = timedelta(hours=1)
"""How soon the same address is mailed the same question again, whoever asks for it."""
MOST_WAITING, MOST = 5_000, 100_000
REFUSED = 3
"""An address whose server refuses so many mails in a row is forgotten."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody outside. `token` stands in their links, `refused` counts mails that were not taken."""

    id: int
    address: str
    token: str
    asked_at: datetime
    confirmed_at: datetime | None = None
    refused: int = 0

    def waits(self, now: datetime) -> bool:
        """Say whether the link that they were mailed still confirms."""
        return self.confirmed_at is None and now - self.asked_at < CONFIRM_WITHIN
