"""What becomes of alerts: an incident in triage, a part of one that is open, or a line in a list."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.alerts.alert import Alert, Shelved
from bot.domain.alerts.requests import Result, result_of
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
from bot.domain.alerts.undecided import AT_ONCE, is_plain, together, unmarked
from bot.domain.facts import AlertsCounted, AlertsEnded
from bot.domain.incidents.incident import Draft, Incident, Severity, Status
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.maintenance.services import held
from bot.operations.alerts.joining import lasts, tell, worsened
from bot.operations.alerts.paging import ended as page_ended
from bot.operations.alerts.paging import page_alone, page_team
from bot.operations.incidents.declare import declare
from bot.operations.incidents.triage import accept, decline
from storage import alert_sources, alert_tallies, alerts, incidents, judged_alerts, maintenances, timers
from storage.alerts import held_by
from storage.transaction import Tx

SERVICE = "service"
"""The label by which an alert names its service."""
WAITS = "waits for working time"
"""How the outcome begins of an alert that nobody is called for at this time."""
OVER = "its source says that all its alerts are over"


def decide(tx: Tx, timer: Timer) -> None:
    """Decide what becomes of what a source sent. What is left over is next, at once."""
    timers.forget(tx, timer.id)
    name = alert_sources.name_of(tx, timer.subject)
    if name is None:
        return
    waiting = alerts.waiting(tx, name, AT_ONCE)
    now = together(waiting)
    if now and is_plain(now[0]):
        first = unmarked(now[0])
        made = _plainly(tx, first)
        alerts.decided(tx, [made])
        _count(tx, [first], [made])
    else:
        _together(tx, [unmarked(one) for one in now])
    if len(now) < len(waiting) or len(now) == AT_ONCE:
        timers.put(tx, timer.subject, TimerKind.ALERTS, Wanted(str(now[-1].id), tx.now))


def _together(tx: Tx, waiting: Sequence[Alert]) -> None:
    joined: dict[int, list[Alert]] = {}
    aside = Aside(
        maintenances.running(tx) if waiting else [],
        judged_alerts.shelved_of(tx, waiting[0].source) if waiting else {},
    )
    made = [_decided(tx, one, joined, aside) for one in waiting]
    alerts.decided(tx, made)
    _count(tx, waiting, made)
    for incident, theirs in joined.items():
        tell(tx, incident, theirs)
    over: dict[int, list[Alert]] = {}
    for one in made:
        if one.state is State.RESOLVED and one.incident:
            over.setdefault(one.incident, []).append(one)
    for incident, theirs in over.items():
        _ended(tx, incident, theirs)


def _plainly(tx: Tx, alert: Alert) -> Alert:
    """Return an alert whose rule could not be followed, and the triage opened for it all the same."""
    if alert.incident or alert.page or alert.detached or alert.state is State.RESOLVED:
        return alert
    alert = replace(alert, group=f"A-{alert.id}", rule=DEFAULT.name)
    opened = _opened(tx, alert, Routed(DEFAULT, Then.TRIAGE, alert.severity, alert.group))
    return replace(alert, incident=opened.id, outcome=f"opened INC-{opened.id}")


def _count(tx: Tx, before: Sequence[Alert], made: Sequence[Alert]) -> None:
    """Count what became of alerts: each once for what it came to, however often it fires."""
    results: Counter[tuple[str, str]] = Counter()
    for was, now in zip(before, made, strict=True):
        if was.state is not State.RESOLVED and not (was.incident or was.page or was.detached):
            result = result_of(now.outcome)
            if not was.outcome or result_of(was.outcome) is not result:
                results[was.source, result] += 1
            results[was.source, Result.UNROUTED] += not was.outcome and now.rule == DEFAULT.name
    alert_tallies.add(tx, results)


@dataclass(frozen=True, slots=True)
class Aside:
    """What keeps alerts of a source waiting: maintenance that runs, and what somebody shelved, by its key."""

    running: Sequence[Maintenance]
    shelf: Mapping[str, Shelved]


def _decided(tx: Tx, alert: Alert, joined: dict[int, list[Alert]], aside: Aside) -> Alert:
    """Return an alert with what was made of it; what joined an incident that is open is noted in `joined`.

    What is `aside` is decided about when that is over.
    """
    settled = alert.detached or alert.page or alert.incident or alert.state is State.RESOLVED
    if settled and not lasts(tx, alert):
        return _told_again(tx, alert)
    before, alert = alert.incident, replace(alert, incident=None)
    routed = route(tx.process.alert_rules, alert.source, alert)
    alert = replace(alert, group=routed.group, rule=routed.rule.name)
    if routed.then is Then.KEEP or routed.severity is None:
        return replace(alert, outcome="sent as a test" if alert.test else "kept, pages nobody")
    if waits := _waits(tx, alert, routed, routed.severity, aside):
        return replace(alert, outcome=waits)
    if routed.then is Then.PAGE:
        return _paged(tx, alert, routed)
    incident, outcome = _open_for(tx, alert)
    undecided = incidents.get(tx, incident) if incident and routed.then is Then.ACTIVE else None
    if undecided and undecided.status is Status.TRIAGE:
        if undecided.private:
            incident = None  # no machine knows of it, and this one is to page
        else:
            accept(tx, undecided.id, by=alert.sender)  # what is one by rule needs nobody to decide
    if incident:
        joined.setdefault(incident, []).append(alert)
        return worsened(tx, replace(alert, incident=incident, outcome=outcome))
    incident = _opened(tx, alert, routed).id
    since = f": it fires on although INC-{before} is resolved" if before else ""
    alert = replace(alert, incident=incident, outcome=f"opened INC-{incident}{since}")
    alerts.decided(tx, [alert])  # what comes next in this transaction finds it by the group
    return alert


def _waits(tx: Tx, alert: Alert, routed: Routed, severity: Severity, aside: Aside) -> str:
    """Return why nobody is to decide about an alert now, or nothing."""
    if shelved := aside.shelf.get(alert.key):
        return f"put aside until {_minute(shelved.until_at)}"
    service = alert.labels.get(SERVICE, "") or routed.rule.service
    if holder := held(aside.running, service, tx.now):
        return f"{held_by(holder.id)} shown, and pages nobody in its window"
    hours = tx.process.alert_hours
    if hours and (opens := hours.opens(severity, tx.now)):
        number = alert_sources.ids(tx)[alert.source]
        known = timers.of(tx, number, TimerKind.OFFICE_HOURS)
        due = min(opens, known.due_at) if known else opens
        timers.put(tx, number, TimerKind.OFFICE_HOURS, Wanted(due.isoformat(), due))
        return f"{WAITS}, {_minute(opens)}"
    return ""


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def opened(tx: Tx, timer: Timer) -> None:
    """Have it decided anew about what waited for working time and fires still."""
    timers.forget(tx, timer.id)
    known = alert_sources.ids(tx)
    for source in alerts.release(tx, WAITS):
        timers.put(tx, known[source], TimerKind.ALERTS, Wanted("", tx.now))


def _paged(tx: Tx, alert: Alert, routed: Routed) -> Alert:
    """Return an alert with the page that calls for it: its group's, while that waits for an answer."""
    page, outcome = page_alone(tx, alert, routed)
    made = replace(alert, page=page, outcome=outcome)
    alerts.decided(tx, [made])  # what comes next in this transaction finds it by the group
    return made


def _told_again(tx: Tx, alert: Alert) -> Alert:
    """Return an alert about which it is decided already, or that is over before it was."""
    if alert.page and alert.state is State.RESOLVED:
        page_ended(tx, alert)
    if alert.detached or alert.page:
        return alert
    alert = worsened(tx, alert)
    if alert.incident and alert.state is not State.RESOLVED:
        tx.record(AlertsCounted(incident=alert.incident, by=alert.sender))
    return replace(alert, outcome=alert.outcome or "over before anybody was called")


def _open_for(tx: Tx, alert: Alert) -> tuple[int | None, str]:
    """Return the open incident in which an alert belongs, and why."""
    found = alerts.incident_of_group(tx, alert.source, alert.group)
    if open_one := _still_open(tx, found):
        return open_one.id, f"joined INC-{open_one.id}, which its group has"
    recent = alerts.opened_since(tx, alert.sender, tx.now - STORM)
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


def _opened(tx: Tx, alert: Alert, routed: Routed) -> Incident:
    kind = tx.process.type_of(routed.rule.type)
    draft = Draft(
        name=alert.title,
        type=kind.name,
        severity=routed.severity or Severity.S2,
        # a private one is asked about nowhere: whom its type pages decides
        triage=routed.then is Then.TRIAGE and not kind.private,
        summary=alert.text or "\n".join(f"{name}: {value}" for name, value in alert.labels.items()),
        private=kind.private,
    )
    incident = declare(tx, draft, by=alert.sender, form=None, anyway=True)
    if incident.status.active and routed.rule.team:
        page_team(tx, routed.rule.team, incident, by=alert.sender)
    return incident


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
    rules = {one.name: one for one in tx.process.alert_rules}
    ways = {rules.get(one.rule, DEFAULT).ended for one in theirs}
    tx.record(
        AlertsEnded(
            incident=incident.id,
            by=first.sender,
            told=incident.status.active and not left,
            alert=first.id,
            title=first.title,
            others=len(theirs) - 1,
            left=left,
            flaps=flaps,
            asks=Ended.ASK in ways and incident.status.active and not left,
        )
    )
    stays = ways != {Ended.CLOSE}
    # a private one is its people's to decide about: no machine knows of it
    if incident.status is Status.TRIAGE and not (left or flaps or stays or incident.private):
        decline(tx, incident.id, by=first.sender, reason=OVER)
