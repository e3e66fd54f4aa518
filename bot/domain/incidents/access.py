"""Asking to be let into a private incident, which its own people decide."""

from dataclasses import dataclass
from datetime import datetime, timedelta

EVERY = timedelta(minutes=15)
"""How often one person's wish to be let into an incident is told to its lead."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """`granted` is None until somebody answered. `channel` and `ts` are where the lead was asked."""

    id: int
    incident: int
    person: str
    reason: str
    asked_at: datetime
    granted: bool | None = None
    answered_by: str | None = None
    channel: str | None = None
    ts: str | None = None
