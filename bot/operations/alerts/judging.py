"""What people decide about alerts: where they belong, that they rest for a while, that they were false."""

from datetime import datetime, timedelta
from operator import itemgetter

from bot.domain.actors import Actor
from bot.domain.alerts.alert import DETACHED, Alert, FalseAlarm
from bot.domain.errors import Refused, Step
from bot.domain.facts import AlertDetached, AlertShelved, AlertsJoined, FalseAlarmSaid
from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.rights import Right
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.triage import decline
from bot.operations.rights import allow, visible
from storage import alert_sources, alerts, incidents, judged_alerts, timers
from storage.transaction import Tx

SHELVED_FOR = timedelta(hours=1)
LONGEST_SHELF = timedelta(days=7)
LOOKED_AT = 50
"""To so many incidents at most a triage is compared."""
_ABOUT = ("service", "team", "cluster")
"""Labels by which alerts of two incidents are of the same thing, in this order."""


def known_alert(tx: Tx, alert_id: int, *, by: Actor) -> Alert:
    """Return an alert to somebody who works here and may know of its incident."""
    allow(tx, by, Right.WORK)
    return alerts.visible(tx, alert_id, by)


def attach(tx: Tx, alert_id: int, incident_id: int, *, by: Actor) -> Alert:
    """Have an alert be part of an incident that is open. A triage that has no other alert is over with it."""
    alert, incident = known_alert(tx, alert_id, by=by), visible(tx, incident_id, by)
    if not incident.status.open:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: an alert is attached to one that is open.",
            Step("How it stands", "", incident.id),
        )
    if alert.incident == incident.id:
        raise Refused(f"A-{alert.id} is part of INC-{incident.id} already.")
    before = alert.incident
    if not incident.private:
        _refuse_leak(tx, alert, by)
    alerts.place(tx, alert.id, incident.id, f"attached to INC-{incident.id} by hand")
    tx.record(AlertsJoined(incident=incident.id, by=by, alert=alert.id, title=alert.title, others=0))
    if before:
        _left(tx, before, alert, by)
    return alerts.visible(tx, alert.id, by)


def detach(tx: Tx, alert_id: int, *, by: Actor) -> Alert:
    """Have an alert be part of no incident. Nobody is called for it while it fires on."""
    alert = known_alert(tx, alert_id, by=by)
    if not alert.incident:
        raise Refused(
            f"A-{alert.id} is part of no incident. `/inc alerts attach A-{alert.id} INC-7` makes it."
        )
    _refuse_leak(tx, alert, by)
    alerts.place(tx, alert.id, None, f"{DETACHED} from INC-{alert.incident} by hand")
    _left(tx, alert.incident, alert, by)
    return alerts.visible(tx, alert.id, by)


def _refuse_leak(tx: Tx, alert: Alert, by: Actor) -> None:
    """Refuse to take an alert out of a private incident: everybody would read of it."""
    if alert.incident and visible(tx, alert.incident, by).private:
        raise Refused(
            f"A-{alert.id} is part of INC-{alert.incident}, which is private, and stays there: else all "
            "would read it."
        )


def _left(tx: Tx, incident_id: int, alert: Alert, by: Actor) -> None:
    tx.record(AlertDetached(incident=incident_id, by=by, alert=alert.id, title=alert.title))
    triage = visible(tx, incident_id, by)
    if triage.status is Status.TRIAGE and not alerts.count(tx, incident_id).total:
        decline(tx, incident_id, by=by, reason=f"Its alert A-{alert.id} was taken out of it")


def shelve(tx: Tx, alert_id: int, span: timedelta = SHELVED_FOR, *, by: Actor) -> datetime:
    """Put an alert aside: it opens nothing until then, and comes back if it fires on. Return until when.

    A triage in which nothing else fires is over with it.
    """
    alert = known_alert(tx, alert_id, by=by)
    if not alert.open:
        raise Refused(f"A-{alert.id} is over. One that fires is put aside.")
    if not timedelta() < span <= LONGEST_SHELF:
        raise Refused(f"An alert is put aside for at most {LONGEST_SHELF.days} days.")
    incident = incidents.get(tx, alert.incident) if alert.incident else None
    if incident and incident.status.active:
        raise Refused(
            f"A-{alert.id} is part of INC-{incident.id}, which people are at work on: nobody is called for "
            "it anew. `/inc alerts detach` takes it out."
        )
    _refuse_leak(tx, alert, by)
    until = tx.now + span
    number = judged_alerts.shelve(tx, alert.source, alert.key, until, str(by))
    timers.put(tx, number, TimerKind.SHELF, Wanted(until.isoformat(), until))
    if not incident:
        alerts.place(tx, alert.id, None, "put aside")
    elif incident.status is Status.TRIAGE:
        tx.record(
            AlertShelved(
                incident=incident.id, by=by, alert=alert.id, title=alert.title, until=until.isoformat()
            )
        )
        rest = [one for one in alerts.of_incident(tx, incident.id, 100) if one.open and one.id != alert.id]
        if all(judged_alerts.shelved(tx, one.source, one.key) for one in rest):
            decline(tx, incident.id, by=by, reason="Its alerts are put aside for a while")
    return until


def unshelve(tx: Tx, alert_id: int, *, by: Actor) -> Alert:
    """Take an alert back before its time: if it fires still, it is decided about at once."""
    alert = known_alert(tx, alert_id, by=by)
    found = judged_alerts.shelved(tx, alert.source, alert.key)
    if not found:
        raise Refused(f"A-{alert.id} is not put aside. `/inc alerts shelve A-{alert.id} 1h` does it.")
    if timer := timers.of(tx, found.id, TimerKind.SHELF):
        timers.forget(tx, timer.id)
    _back(tx, found.id)
    return alert


def shelf_over(tx: Tx, timer: Timer) -> None:
    """Take an alert back whose time aside is over."""
    timers.forget(tx, timer.id)
    _back(tx, timer.subject)


def _back(tx: Tx, number: int) -> None:
    found = judged_alerts.unshelve(tx, number)
    if found and alerts.again(tx, found.source, found.key):
        source = alert_sources.ids(tx)[found.source]
        timers.put(tx, source, TimerKind.ALERTS, Wanted("", tx.now))


def false_alarm(tx: Tx, incident_id: int, note: str, *, changes: bool, by: Actor) -> Incident:
    """Say that what was reported is nothing, and whether the alert should be changed, for the next shift.

    A triage is declined; what somebody accepted is cancelled, which is for its lead to do.
    """
    incident = visible(tx, incident_id, by)
    if not incident.status.open:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: only an open one turns out to be a false alarm.",
            Step("How it stands", "", incident.id),
        )
    reason = "False alarm" + (f": {note}" if note else "")
    if incident.status is Status.TRIAGE:
        ended = decline(tx, incident.id, by=by, reason=reason)
    else:
        ended = change_status(tx, incident.id, Status.CANCELLED, by=by, reason=reason)
    judged_alerts.put_false(tx, FalseAlarm(incident.id, changes, note, str(by), tx.now))
    tx.record(FalseAlarmSaid(incident=incident.id, by=by, changes=changes, reason=note))
    return ended


def related(tx: Tx, incident: Incident, most: int = 2) -> list[Incident]:
    """Return the active public incidents to which the alerts of a triage may belong: of the same service,
    team or cluster by their labels, else the newest of the same type. The newest 50 are looked at.
    """
    found = alerts.of_incident(tx, incident.id, 1)
    if not found or incident.private:
        return []
    # Each redraw of a triage asks this, in a storm many times a second: of however many are open.
    others = [one for one in incidents.newest_active(tx, LOOKED_AT) if one.id != incident.id]
    ranked = sorted(((_apart(tx, found[0], one), one) for one in others), key=itemgetter(0))
    meant = [one for apart, one in ranked if apart < len(_ABOUT) or one.type == incident.type]
    return meant[:most]


def asked_beside(tx: Tx, other: Incident, most: int) -> list[Incident]:
    """Return those of the newest triages whose alerts may belong to another incident, or could until now."""
    return [
        one
        for one in incidents.newest_triage(tx, most)
        if one.id != other.id
        and (found := alerts.of_incident(tx, one.id, 1))
        and (one.type == other.type or _apart(tx, found[0], other) < len(_ABOUT))
    ]


def _apart(tx: Tx, alert: Alert, other: Incident) -> int:
    """Return by which label the alerts of another incident are of the same thing: the less, the nearer."""
    theirs = alerts.of_incident(tx, other.id, 5)
    return next(
        (
            rank
            for rank, name in enumerate(_ABOUT)
            if alert.labels.get(name) and any(one.labels.get(name) == alert.labels[name] for one in theirs)
        ),
        len(_ABOUT),
    )
