"""GitLab's own format of alerts: who sends them to an HTTP endpoint of GitLab only changes the address."""

import hashlib
import json
from typing import Any

from bot.domain.alerts.signals import LONGEST_TITLE, AlertLink, Signal, State, grade
from bot.intake.values import Unreadable, instant, key_of, labels, line, mapping, text, url

_OWN = {"title", "description", "start_time", "end_time", "fingerprint", "severity", "hosts"}
_LINKS = ("url", "generator_url", "dashboard_url", "runbook", "runbook_url")


def read(body: Any) -> list[Signal]:
    """Return the signal of an alert. Raise Unreadable where it has neither a title nor a fingerprint."""
    alert = mapping(body)
    title, given = line(alert.get("title"), LONGEST_TITLE), _joined(alert.get("fingerprint"))
    if not title and not given:
        raise Unreadable("'title' is missing")
    hosts = _joined(alert.get("hosts"))
    linked = [(one, url(alert.get(one))) for one in _LINKS]
    return [
        Signal(
            key=key_of(given or _known_by(alert)),
            title=title or "An alert without a title",
            state=State.RESOLVED if alert.get("end_time") else State.FIRING,
            severity=grade(_severity(alert.get("severity"))),
            text=text(alert.get("description")),
            labels=labels({"hosts": hosts}, {name: alert[name] for name in alert if name not in _OWN}),
            links=tuple(AlertLink(_called(name), found) for name, found in linked if found),
            group=key_of(line(alert.get("service"))),
            since=instant(alert.get("start_time")),
        )
    ]


def _severity(said: object) -> str:
    word = line(said).lower()
    return "" if word == "unknown" else word


def _joined(raw: object) -> str:
    return ", ".join(line(one) for one in raw) if isinstance(raw, list) else line(raw, 2000)


def _known_by(alert: Any) -> str:
    """Return a key for an alert without a fingerprint: what it is and where."""
    where = [alert.get(name) for name in ("title", "service", "monitoring_tool", "gitlab_environment_name")]
    told = json.dumps([*where, alert.get("hosts")], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _called(name: str) -> str:
    return "Runbook" if name.startswith("runbook") else "Dashboard" if name.startswith("dash") else "Source"
