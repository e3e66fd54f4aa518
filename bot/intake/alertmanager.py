"""Alertmanager's webhook, and those that share its shape: Grafana's, and what is meant for incident.io.

A body holds a group of alerts, firing and resolved ones mixed. That one is missing says nothing: only its
status does. An alert is known by its fingerprint; the group's key changes whenever somebody edits a route.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.domain.alerts.signals import LONGEST_TITLE, AlertLink, Signal, State, grade
from bot.intake.values import Unreadable, instant, key_of, labels, line, mapping, objects, text, url

NAME = "alertname"
TEST = "TestAlert"
"""What the button Test of Grafana's contact points sends: it never ends."""
_LINKS = {
    "Runbook": ("annotations", "runbook_url"),
    "Dashboard": ("alert", "dashboardURL"),
    "Panel": ("alert", "panelURL"),
    "Query": ("alert", "generatorURL"),
    "Silence": ("alert", "silenceURL"),
}


def read(body: Any) -> list[Signal]:
    """Return the signals of a group. Raise Unreadable where there is no list of alerts."""
    alerts = objects(mapping(body).get("alerts"))
    if not alerts:
        raise Unreadable("'alerts' is missing, or holds no alert")
    return [_signal(mapping(body), one) for one in alerts]


def _signal(body: Mapping[str, Any], alert: Mapping[str, Any]) -> Signal:
    named = labels(body.get("commonLabels"), alert.get("labels"))
    notes = {**mapping(body.get("commonAnnotations")), **mapping(alert.get("annotations"))}
    title = next(
        (found for one in ("title", "summary") if (found := line(notes.get(one), LONGEST_TITLE))), ""
    )
    status = line(alert.get("status") or body.get("status")).lower()
    where = {"annotations": notes, "alert": alert}
    linked = {name: url(where[part].get(key)) for name, (part, key) in _LINKS.items()}
    return Signal(
        key=key_of(line(alert.get("fingerprint")) or _fingerprint(named, title)),
        title=title or named.get(NAME, "") or "An alert without a name",
        state=State.RESOLVED if status == "resolved" else State.FIRING,
        severity=grade(named.get("severity") or named.get("priority")),
        text=text(notes.get("description") or notes.get("message")),
        labels=named,
        links=tuple(AlertLink(name, found) for name, found in linked.items() if found),
        image=url(alert.get("imageURL")),
        group=key_of(line(body.get("groupKey"), 2000)),
        since=instant(alert.get("startsAt")),
        test=named.get(NAME) == TEST,
    )


def _fingerprint(named: Mapping[str, str], title: str) -> str:
    """Return a key for an alert that came without one: by its labels, as the sender would make it."""
    told = json.dumps([sorted(named.items()), "" if named else title], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
