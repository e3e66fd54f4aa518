"""What an alert means to its incident: it is worse now, fires anew, or fires on after its end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.signals import State
from bot.domain.facts import AlertsCounted, AlertsJoined
from bot.domain.incidents.incident import FINISHED, Incident, Severity, Status
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.severity import change_severity
from storage import alerts, incidents, timeline
from storage.transaction import Tx

MOST_NAMED = 20
"""So many alerts of an incident are named in its timeline."""
LASTS = timedelta(minutes=15)
"""An alert that its source tells of so long after its incident was resolved is decided about anew."""
_WORSE = "it said"


def worsened(tx: Tx, alert: Alert, severity: Severity | None) -> Alert:
    """Raise an open incident's severity to that of its alert by its rule, which pages whom that pages. Return
    the alert, on which it is noted: once for each severity.

    What people corrected stays so, and no machine knows of a private incident: there the channel is told.
    """
    incident = incidents.get(tx, alert.incident) if alert.incident else None
    if not incident or not incident.status.open or not severity or alert.state is State.RESOLVED:
        return alert
    noted = f"{_WORSE} {severity}"
    if not severity.worse_than(incident.severity) or noted in alert.outcome:
        return alert
    if not incident.private and severity.worse_than(_corrected(tx, incident)):
        change_severity(tx, incident.id, severity, by=alert.sender)
    elif incident.status is Status.TRIAGE:
        return alert
    else:
        _joined(tx, incident.id, [alert], told=True, severity=severity)
    return replace(alert, outcome=f"{alert.outcome}; {noted}")


def _corrected(tx: Tx, incident: Incident) -> Severity:
    """Return the worst severity that people said it never was; else the one that it has."""
    changed = timeline.of_kinds(tx, incident.id, Kind.SEVERITY)
    theirs = [Severity(one.data["before"]) for one in changed if isinstance(one.by, str)]
    return min([incident.severity, *theirs])


def tell(tx: Tx, incident_id: int, theirs: Sequence[Alert]) -> None:
    """Say that alerts joined: the first of them by name. In a storm the timeline names some, and no more.

    Where all that there were are over, the channel hears that it goes on.
    """
    now = len(theirs)
    again = (
        alerts.has_more(tx, incident_id, now)
        and not alerts.has_more(tx, incident_id, now, only_open=True)
        and incidents.get(tx, incident_id).status.active
    )
    if not again and alerts.has_more(tx, incident_id, MOST_NAMED + now - 1):
        tx.record(AlertsCounted(incident=incident_id, by=theirs[0].sender))
    else:
        _joined(tx, incident_id, theirs, told=again)


def _joined(
    tx: Tx, incident_id: int, theirs: Sequence[Alert], *, told: bool, severity: Severity | None = None
) -> None:
    first = theirs[0]
    tx.record(
        AlertsJoined(
            incident=incident_id,
            by=first.sender,
            told=told,
            alert=first.id,
            title=first.title,
            others=len(theirs) - 1,
            again=told and severity is None,
            severity=severity.value if severity else "",
        )
    )


def lasts(tx: Tx, alert: Alert) -> bool:
    """Say whether an alert fires on although its incident was resolved some time ago."""
    incident = incidents.get(tx, alert.incident) if alert.incident else None
    if not incident or alert.page or alert.state is State.RESOLVED or incident.status not in FINISHED:
        return False
    ended = incident.resolved_at
    return ended is not None and alert.last_at - ended >= LASTS
