"""Checklists of an incident: what is ticked off, by whom and when."""

from dataclasses import dataclass
from datetime import datetime

BEGUN = "begun"
"""The item that says who began a checklist."""


@dataclass(frozen=True, slots=True)
class Tick:
    """An item of a checklist that somebody did."""

    item: str
    done_by: str
    at: datetime
