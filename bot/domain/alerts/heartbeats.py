"""Heartbeats as they stand: what was heard of, and what is waited for."""

from dataclasses import dataclass
from datetime import datetime

APART = "/"
"""Between the name of a heartbeat and that of its instance."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What was heard of last, never yet if `last_at` is None, and is waited for until `due_at`: it is missed
    if that is None.
    """

    id: int
    name: str
    last_at: datetime | None
    due_at: datetime | None

    @property
    def instance(self) -> bool:
        return APART in self.name
