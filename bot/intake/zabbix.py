"""Zabbix: what the media type of docs/alert-sources.md sends, its macros by their names."""

from typing import Any

from bot.domain.alerts.signals import LONGEST_TITLE, AlertLink, Signal, State
from bot.domain.incidents.incident import Severity
from bot.intake.values import Unreadable, key_of, labels, line, mapping, objects, text, url

_GRADES = {
    "5": Severity.S1,
    "4": Severity.S2,
    "3": Severity.S3,
    "2": Severity.S4,
    "1": None,
    "0": Severity.S4,
}
"""Disaster, high, average, warning, information, and what nobody classified."""


def read(body: Any) -> list[Signal]:
    """Return the signal of an event. Raise Unreadable where it has no number.

    {EVENT.ID} of a recovery is that of its problem. A macro that stands there as it is was sent as a test.
    """
    event = mapping(body)
    number, name = line(event.get("event_id")), line(event.get("event_name"), LONGEST_TITLE)
    if not number:
        raise Unreadable("'event_id' is missing")
    place = url(event.get("link"))
    tags = event.get("tags")
    return [
        Signal(
            key=key_of(number),
            title=name or f"Event {number} of Zabbix",
            state=_state(event),
            severity=_GRADES.get(line(event.get("severity")), Severity.S1),
            text=text(event.get("operational_data")) or text(event.get("message")),
            labels=labels(
                {"host": event.get("host"), "trigger": event.get("trigger_id")},
                {line(one.get("tag")): one.get("value") or "yes" for one in objects(tags)},
            ),
            links=(AlertLink("Zabbix", place),) if place else (),
            test=number.startswith("{"),
        )
    ]


def _state(event: Any) -> State:
    if line(event.get("value")) == "0":
        return State.RESOLVED
    seen = line(event.get("update")) == "1" and line(event.get("acknowledged")).lower() == "yes"
    return State.ACKNOWLEDGED if seen else State.FIRING
