"""Opsgenie's alert API: what creates an alert there. What is done with one is told by its address."""

from typing import Any

from bot.domain.alerts.signals import LONGEST_TITLE, Signal, State
from bot.domain.incidents.incident import Severity
from bot.intake.values import Unreadable, key_of, labels, line, mapping, text

_GRADES = {"P1": Severity.S1, "P2": Severity.S2, "P3": Severity.S3, "P4": Severity.S4, "P5": None}
USUAL = "P3"
"""The priority of an alert that names none."""


def read(body: Any) -> list[Signal]:
    """Return the signal of an alert. Raise Unreadable where it has no message."""
    alert = mapping(body)
    title = line(alert.get("message"), LONGEST_TITLE)
    if not title:
        raise Unreadable("Message can not be empty.")
    priority = (line(alert.get("priority")) or USUAL).upper()
    tags = alert.get("tags")
    about = {
        "entity": alert.get("entity"),
        "source": alert.get("source"),
        "tags": ", ".join(map(line, tags)) if isinstance(tags, list) else None,
    }
    return [
        Signal(
            key=key_of(line(alert.get("alias"), 2000)),
            title=title,
            state=State.FIRING,
            severity=_GRADES.get(priority, Severity.S1),
            text=text(alert.get("description")),
            labels=labels(alert.get("details"), about),
        )
    ]
