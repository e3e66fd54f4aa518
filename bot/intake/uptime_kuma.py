"""Uptime Kuma's webhook, as JSON or as a form."""

import re
from typing import Any

from bot.domain.alerts.signals import LONGEST_TITLE, AlertLink, Signal, State, grade, knows
from bot.domain.incidents.incident import Severity
from bot.intake.values import Unreadable, key_of, labels, line, mapping, objects, text, url

_UP, _PENDING, _MAINTENANCE = "1", "2", "3"
_TEST = re.compile(r"\btest(ing)?\b", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")


def read(body: Any) -> list[Signal]:
    """Return the signal of a monitor; none while it is neither up nor down. Raise Unreadable for nothing."""
    told = mapping(body)
    heartbeat, monitor = mapping(told.get("heartbeat")), mapping(told.get("monitor"))
    said = text(told.get("msg"))
    if not heartbeat:
        if not said:
            raise Unreadable("'heartbeat' and 'msg' are missing")
        return [_bare(said)]
    status = line(heartbeat.get("status"))
    if status in {_PENDING, _MAINTENANCE}:
        return []
    tags = {line(one.get("name")): one.get("value") or "yes" for one in objects(monitor.get("tags"))}
    number = line(monitor.get("id") or heartbeat.get("monitorID"))
    name, place = line(monitor.get("name"), LONGEST_TITLE), url(monitor.get("url"))
    about = {"monitor": name, "type": monitor.get("type"), "hostname": monitor.get("hostname")}
    word = tags.get("severity") or next(filter(knows, tags), "")
    return [
        Signal(
            key=key_of(f"monitor:{number or name}"),
            title=f"{name or f'Monitor {number}'} is {'up' if status == _UP else 'down'}"[:LONGEST_TITLE],
            state=State.RESOLVED if status == _UP else State.FIRING,
            severity=grade(word),
            text=text(heartbeat.get("msg")) or said,
            labels=labels(about, tags),
            links=(AlertLink("Monitored address", place),) if place else (),
        )
    ]


def _bare(said: str) -> Signal:
    """Return the signal of a message about no heartbeat: a test, or a certificate that ends in some days."""
    title = line(said, LONGEST_TITLE)
    known = key_of(_NUMBERS.sub("n", title))
    return Signal(known, title, State.FIRING, Severity.S4, text=said, test=bool(_TEST.search(title)))
