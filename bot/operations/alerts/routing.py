"""What becomes of alerts: an incident in triage, a part of one that is open, or a line in a list."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.actors import Machine, MachineKind
from bot.domain.alerts.alert import Alert
from bot.domain.alerts.routing import (
    DEFAULT,
    FLAPPING,
    FLAPS,
    MOST_INCIDENTS,
    STORM,
    Ended,
    Routed,
    Then,
    route,
)
from bot.domain.alerts.signals import State
from bot.domain.facts import AlertsCounted, AlertsEnded, AlertsJoined
from bot.domain.incidents.incident import Draft, Incident, Severity, Status
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.maintenance.services import held
from bot.operations.incidents.declare import declare
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.triage import decline
from storage import alert_sources, alerts, incidents, maintenances, timers
from storage.alerts import held_by
from storage.transaction import Tx

SERVICE = "service"
"""The label by which an alert names its service."""
AT_ONCE = 200
"""So many alerts of one source are decided about in one transaction; pages are due in between."""
MOST_NAMED = 20
"""So many alerts of an incident are named in its timeline."""
OVER = "its source says that all its alerts are over"


def decide(tx: Tx, timer: Timer) -> None:
    """Decide what becomes of what a source sent. What is left over is next, at once."""
    timers.forget(tx, timer.id)
    name = alert_sources.name_of(tx, timer.subject)
    if name is None:
        return
    waiting = alerts.waiting(tx, name, AT_ONCE)
    joined: dict[int, list[Alert]] = {}
    running = maintenances.running(tx) if waiting else []
    made = [_decided(tx, one, joined, running) for one in waiting]
    alerts.decided(tx, made)
    for incident, theirs in joined.items():
        _tell(tx, incident, theirs)
    over: dict[int, list[Alert]] = {}
    for one in made:
        if one.state is State.RESOLVED and one.incident:
            over.setdefault(one.incident, []).append(one)
    for incident, theirs in over.items():
        _ended(tx, incident, theirs)
    if len(waiting) == AT_ONCE:
        timers.put(tx, timer.subject, TimerKind.ALERTS, Wanted(str(waiting[-1].id), tx.now))


def _decided(tx: Tx, alert: Alert, joined: dict[int, list[Alert]], running: Sequence[Maintenance]) -> Alert:
    """Return an alert with what was made of it; what joined an incident that is open is noted in `joined`.

    What maintenance that is `running` holds is decided about when its window is over.
    """
    if alert.incident or alert.state is not State.FIRING:
        _worse(tx, alert)
        if alert.incident and alert.state is not State.RESOLVED:
            tx.record(AlertsCounted(incident=alert.incident, by=_source(alert)))
        return replace(alert, outcome=alert.outcome or "over before anybody was called")
    routed = route(tx.process.alert_rules, alert.source, alert)
    alert = replace(alert, group=routed.group, rule=routed.rule.name)
    if routed.then is Then.KEEP or routed.severity is None:
        return replace(alert, outcome="sent as a test" if alert.test else "kept, pages nobody")
    if holder := held(running, alert.labels.get(SERVICE, ""), tx.now):
        return replace(alert, outcome=f"{held_by(holder.id)} shown, and pages nobody in its window")
    incident, outcome = _open_for(tx, alert)
    if incident:
        joined.setdefault(incident, []).append(alert)
    else:
        incident = _opened(tx, alert, routed, routed.severity).id
        outcome = f"opened INC-{incident}"
        # what comes next in this transaction finds it by the group
        alerts.decided(tx, [replace(alert, incident=incident, outcome=outcome)])
    return replace(alert, incident=incident, outcome=outcome)


def _worse(tx: Tx, alert: Alert) -> None:
    """Raise the severity of a triage with that of its alert: it is decided about sooner then."""
    incident = incidents.get(tx, alert.incident) if alert.incident else None
    if not incident or incident.status is not Status.TRIAGE or incident.private or not alert.severity:
        return
    if alert.severity.worse_than(incident.severity):
        change_severity(tx, incident.id, alert.severity, by=_source(alert))


def _open_for(tx: Tx, alert: Alert) -> tuple[int | None, str]:
    """Return the open incident in which an alert belongs, and why."""
    found = alerts.incident_of_group(tx, alert.source, alert.group)
    if open_one := _still_open(tx, found):
        return open_one.id, f"joined INC-{open_one.id}, which its group has"
    recent = alerts.opened_since(tx, alert.source, tx.now - STORM)
    if len(recent) >= MOST_INCIDENTS:
        newest = next(filter(None, (_still_open(tx, one) for one in recent)), None)
        if newest:
            return (
                newest.id,
                f"joined INC-{newest.id}: its source has opened {len(recent)} incidents just now",
            )
    return None, ""


def _still_open(tx: Tx, number: int | None) -> Incident | None:
    """Return the incident if it is open, or the open one into which it was merged."""
    seen: set[int] = set()
    while number and number not in seen:
        seen.add(number)
        incident = incidents.get(tx, number)
        if incident.status.open:
            return incident
        number = incident.merged_into
    return None


def _opened(tx: Tx, alert: Alert, routed: Routed, severity: Severity) -> Incident:
    draft = Draft(
        name=alert.title,
        type=routed.rule.type or next(iter(tx.process.types)),
        severity=severity,
        triage=routed.then is Then.TRIAGE,
        summary=alert.text or "\n".join(f"{name}: {value}" for name, value in alert.labels.items()),
        private=False,
    )
    return declare(tx, draft, by=_source(alert), form=None, anyway=True)


def _tell(tx: Tx, incident: int, theirs: Sequence[Alert]) -> None:
    """Say that alerts joined: the first of them by name. In a storm the timeline names some, and no more."""
    first = theirs[0]
    if alerts.count(tx, incident).total - len(theirs) >= MOST_NAMED:
        tx.record(AlertsCounted(incident=incident, by=_source(first)))
        return
    tx.record(
        AlertsJoined(
            incident=incident, by=_source(first), alert=first.id, title=first.title, others=len(theirs) - 1
        )
    )


def _ended(tx: Tx, number: int, theirs: Sequence[Alert]) -> None:
    """Note that the source says that alerts are over; a triage in which none fires any more ends with them.

    One that comes and goes is left open: somebody has to look why.
    """
    first = theirs[0]
    incident, left = incidents.get(tx, number), alerts.count(tx, number).open
    if not incident.status.open:
        return
    since = tx.now - FLAPPING
    flaps = any(alerts.times_open(tx, one.source, one.key, since) >= FLAPS for one in theirs)
    tx.record(
        AlertsEnded(
            incident=incident.id,
            by=_source(first),
            told=incident.status.active and not left,
            alert=first.id,
            title=first.title,
            others=len(theirs) - 1,
            left=left,
            flaps=flaps,
        )
    )
    rules = {one.name: one for one in tx.process.alert_rules}
    stays = any(rules.get(one.rule, DEFAULT).ended is Ended.NOTE for one in theirs)
    # a private one is its people's to decide about: no machine knows of it
    if incident.status is Status.TRIAGE and not (left or flaps or stays or incident.private):
        decline(tx, incident.id, by=_source(first), reason=OVER)


def _source(alert: Alert) -> Machine:
    return Machine(MachineKind.ALERT, alert.source)
