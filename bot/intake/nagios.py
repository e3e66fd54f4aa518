"""Nagios, Icinga and what descends from them: what the command of docs/alert-sources.md sends."""

from typing import Any

from bot.domain.alerts.signals import LONGEST_TITLE, AlertLink, Signal, State
from bot.domain.incidents.incident import Severity
from bot.intake.values import Unreadable, key_of, labels, line, mapping, text, url

_GRADES = {
    "CRITICAL": Severity.S1,
    "DOWN": Severity.S1,
    "UNREACHABLE": Severity.S2,
    "UNKNOWN": Severity.S3,
    "WARNING": Severity.S4,
}
_STATES = {
    "RECOVERY": State.RESOLVED,
    "ACKNOWLEDGEMENT": State.ACKNOWLEDGED,
    "PROBLEM": State.FIRING,
    "CUSTOM": State.FIRING,
}
_WELL = {"OK", "UP"}


def read(body: Any) -> list[Signal]:
    """Return the signal of a notification; none of flapping, downtimes. Raise Unreadable without a host."""
    told = mapping(body)
    host, service = line(told.get("host")), line(told.get("service"))
    if not host:
        raise Unreadable("'host' is missing")
    kind, state = line(told.get("type")).upper() or "PROBLEM", line(told.get("state")).upper()
    if kind not in _STATES:
        return []
    said, place = text(told.get("output")), url(told.get("link"))
    what = f"{service} on {host}" if service else host
    return [
        Signal(
            key=key_of(f"{host}/{service}"),
            title=f"{what} is {state or kind}"[:LONGEST_TITLE],
            state=State.RESOLVED if state in _WELL else _STATES[kind],
            severity=_GRADES.get(state, Severity.S1),
            text=said,
            labels=labels(
                {
                    "host": host,
                    "service": service,
                    "address": told.get("address"),
                    "groups": told.get("groups"),
                }
            ),
            links=(AlertLink("Monitoring", place),) if place else (),
        )
    ]
