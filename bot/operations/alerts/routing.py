"""What becomes of alerts: an incident in triage, a part of one that is open, or a line in a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from bot.domain.alerts.alert import Alert, Shelved
from bot.domain.alerts.requests import Result, joined_page, result_of
from bot.domain.alerts.routing import DEFAULT, MOST_INCIDENTS, STORM, Routed, Rule, Then, route
from bot.domain.alerts.signals import State
from bot.domain.alerts.undecided import AT_ONCE, HEAVY, is_plain, together, unmarked
from bot.domain.facts import AlertsCounted
from bot.domain.incidents.incident import Draft, Incident, Severity, Status
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.maintenance.services import held
from bot.operations.alerts.joining import lasts, tell, worsened
from bot.operations.alerts.paging import ended as page_ended
from bot.operations.alerts.paging import page_alone, page_team
from bot.operations.alerts.telling import count, tell_over
from bot.operations.incidents.declare import declare
from bot.operations.incidents.triage import accept
from storage import alert_sources, alerts, incidents, judged_alerts, maintenances, timers
from storage.alerts import held_by
from storage.transaction import Tx

SERVICE = "service"
"""The label by which an alert names its service."""
WAITS = "waits for working time"
"""How the outcome begins of an alert that nobody is called for at this time."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What keeps alerts of a source waiting: maintenance that runs, and what somebody shelved, by its key."""

    running: Sequence[Maintenance]
    shelf: Mapping[str, Shelved]


@dataclass(slots=True)
class Slice:
    """What is decided about together. What is found for one alert of a group holds for all others of it.

    `homes` has the incident of each group that has an open one, by what its rule makes of it, and `calling`
    its page, each with the outcome of who joins. `joined` is what joined which incident, `counted` one of
    what was told again of an incident.
    """

    aside: Aside
    homes: dict[tuple[str, Then], tuple[int, str]] = field(default_factory=dict)
    calling: dict[str, tuple[int, str]] = field(default_factory=dict)
    joined: dict[int, list[Alert]] = field(default_factory=dict)
    counted: dict[int, Alert] = field(default_factory=dict)
    heavy: int = 0
    """How many of them opened an incident, or paged."""


def decide_in_turn(tx: Tx, due: Sequence[Timer]) -> None:
    """Decide about what waits of some sources, as much of it as does not keep the next pages waiting."""
    room = AT_ONCE
    for timer in due:
        if room > 0:
            room -= decide(tx, timer, room)
        else:
            tx.known.goes_on = True  # its timer stays due


def decide(tx: Tx, timer: Timer, room: int = AT_ONCE) -> int:
    """Decide what becomes of what a source sent, and return for how many of so many that counts.

    What is left over is next, at once.
    """
    timers.forget(tx, timer.id)
    name = alert_sources.name_of(tx, timer.subject)
    waiting = alerts.waiting(tx, name, room) if name else []
    now = together(waiting)
    heavy = 0
    if now and is_plain(now[0]):
        first = unmarked(now[0])
        made = [_plainly(tx, first)]
        alerts.decided(tx, made)
        count(tx, [first], made)
    else:
        made, heavy = _together(tx, [unmarked(one) for one in now], room)
    if len(made) < len(waiting) or len(waiting) == room:
        tx.known.goes_on = True
        timers.put(tx, timer.subject, TimerKind.ALERTS, Wanted("", tx.now))
    return len(made) + heavy * HEAVY


def _together(tx: Tx, waiting: Sequence[Alert], room: int) -> tuple[list[Alert], int]:
    """Decide about the first of these alerts, as many as there is room for. Return them, and how many of them
    opened an incident or paged.
    """
    if not waiting:
        return [], 0
    these = Slice(Aside(maintenances.running(tx), judged_alerts.shelved_of(tx, waiting[0].source)))
    made: list[Alert] = []
    for one in waiting:
        if len(made) + these.heavy * HEAVY >= room:
            break
        made.append(_decided(tx, one, these))
    alerts.decided(tx, made)
    count(tx, waiting[: len(made)], made)
    for incident, theirs in these.joined.items():
        tell(tx, incident, theirs)
    for incident, one in these.counted.items():
        tx.record(AlertsCounted(incident=incident, by=one.sender))
    tell_over(tx, made)
    return made, these.heavy


def _plainly(tx: Tx, alert: Alert) -> Alert:
    """Return an alert whose rule could not be followed, and the triage opened for it all the same."""
    if alert.incident or alert.page or alert.detached or alert.state is State.RESOLVED:
        return alert
    alert = replace(alert, group=f"A-{alert.id}", rule=DEFAULT.name)
    opened = _opened(tx, alert, Routed(DEFAULT, Then.TRIAGE, alert.severity, alert.group))
    return replace(alert, incident=opened.id, outcome=f"opened INC-{opened.id}")


def _decided(tx: Tx, alert: Alert, these: Slice) -> Alert:
    """Return an alert with what was made of it; what joined an incident that is open is noted in the slice.

    What is put aside is decided about when that is over.
    """
    settled = alert.detached or alert.page or alert.incident or alert.state is State.RESOLVED
    if settled and not lasts(tx, alert):
        return _told_again(tx, alert, these)
    routed = route(tx.process.alert_rules, alert.source, alert)
    made_of = partial(replace, alert, incident=None, group=routed.group, rule=routed.rule.name)
    if routed.then is Then.KEEP or routed.severity is None:
        return made_of(outcome="sent as a test" if alert.test else "kept, pages nobody")
    if waits := _waits(tx, alert, routed, routed.severity, these.aside):
        return made_of(outcome=waits)
    if routed.then is Then.PAGE:
        return _paged(tx, made_of(), routed, these)
    if home := these.homes.get((routed.group, routed.then)) or _home(tx, made_of(), routed):
        these.homes[routed.group, routed.then] = home
        joined = made_of(incident=home[0], outcome=home[1])
        these.joined.setdefault(home[0], []).append(joined)
        return worsened(tx, joined, routed.severity)
    incident = _opened(tx, made_of(), routed).id
    since = f": it fires on although INC-{alert.incident} is resolved" if alert.incident else ""
    made = made_of(incident=incident, outcome=f"opened INC-{incident}{since}")
    # what comes next in this transaction finds it by the group
    alerts.decided(tx, [made])
    these.homes[routed.group, routed.then] = incident, _of_group(incident)
    these.heavy += 1
    return made


def _home(tx: Tx, alert: Alert, routed: Routed) -> tuple[int, str] | None:
    """Return the open incident that an alert joins, with its outcome. What is one by rule is accepted."""
    incident, outcome = _open_for(tx, alert, routed.rule)
    undecided = incidents.get(tx, incident) if incident and routed.then is Then.ACTIVE else None
    if undecided and undecided.status is Status.TRIAGE:
        if undecided.private:
            return None  # no machine knows of it, and this one is to page
        accept(tx, undecided.id, by=alert.sender)  # what is one by rule needs nobody to decide
    return (incident, outcome) if incident else None


def _of_group(incident: int) -> str:
    return f"joined INC-{incident}, which its group has"


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
        if not known or opens < known.due_at:
            timers.put(tx, number, TimerKind.OFFICE_HOURS, Wanted(opens.isoformat(), opens))
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


def _paged(tx: Tx, alert: Alert, routed: Routed, these: Slice) -> Alert:
    """Return an alert with the page that calls for it: its group's, while that waits for an answer."""
    if known := these.calling.get(alert.group):
        return replace(alert, page=known[0], outcome=known[1])
    page, outcome = page_alone(tx, alert, routed)
    made = replace(alert, page=page, outcome=outcome)
    alerts.decided(tx, [made])  # what comes next in this transaction finds it by the group
    these.heavy += result_of(outcome) is Result.PAGED
    these.calling[alert.group] = page, joined_page(page)
    return made


def _told_again(tx: Tx, alert: Alert, these: Slice) -> Alert:
    """Return an alert about which it is decided already, or that is over before it was."""
    if alert.page and alert.state is State.RESOLVED:
        page_ended(tx, alert)
    if alert.detached or alert.page:
        return alert
    alert = worsened(tx, alert, route(tx.process.alert_rules, alert.source, alert).severity)
    if alert.incident and alert.state is not State.RESOLVED:
        these.counted[alert.incident] = alert
    return replace(alert, outcome=alert.outcome or "over before anybody was called")


def _open_for(tx: Tx, alert: Alert, rule: Rule) -> tuple[int | None, str]:
    """Return the open incident in which an alert belongs, and why."""
    since = tx.now - rule.group_for if rule.group_for else None
    found = alerts.incident_of_group(tx, alert.source, alert.group, since)
    if open_one := _still_open(tx, found):
        return open_one.id, _of_group(open_one.id)
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
