"""healthchecks: its webhook, with the body that docs/alert-sources.md gives, for down and for up."""

from typing import Any

from bot.domain.alerts.signals import LONGEST_TITLE, Signal, State, grade, knows
from bot.intake.values import Unreadable, key_of, labels, line, mapping, text

_STATES = {"up": State.RESOLVED, "down": State.FIRING}


def read(body: Any) -> list[Signal]:
    """Return the signal of a check. Raise Unreadable where neither its code nor its name is given."""
    check = mapping(body)
    name, code = line(check.get("name"), LONGEST_TITLE), line(check.get("code"))
    if not name and not code:
        raise Unreadable("'code' and 'name' are missing")
    status = line(check.get("status")).lower()
    state = _STATES.get(status, State.FIRING)
    tags = line(check.get("tags")).split()
    said = text(check.get("body"))
    return [
        Signal(
            key=key_of(code or name),
            title=f"{name or code} is {status or 'down'}"[:LONGEST_TITLE],
            state=state,
            severity=grade(next(filter(knows, tags), "")),
            text=said,
            labels=labels({"check": name, "tags": " ".join(tags), "exit status": check.get("exitstatus")}),
        )
    ]
