"""What time does to a maintenance: it comes near, begins, overruns, and is over when nobody ends it."""

from bot.domain.facts import (
    MaintenanceEnded,
    MaintenanceNear,
    MaintenanceOverran,
    MaintenanceStarted,
    MaintenanceUnasked,
    MaintenanceUnended,
)
from bot.domain.facts.maintenance import OfMaintenance
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.maintenance.maintenance import Maintenance, Passed, Warned, next_look, passed
from storage import alert_sources, alerts, maintenances, people, timers
from storage.alerts import held_by
from storage.transaction import Tx


def look(tx: Tx, timer: Timer) -> None:
    """Do what is due for a maintenance, once however late it is, and wait for what is next."""
    timers.forget(tx, timer.id)
    pass_time(tx, maintenances.get(tx, timer.subject))


def pass_time(tx: Tx, seen: Maintenance) -> Maintenance:
    """Bring a maintenance up to this moment, and keep it with the timer that it needs."""
    now, happened = passed(seen, tx.now)
    maintenances.save(tx, now)
    for one in happened:
        tx.record(_FACTS[one](now))
    if Passed.OVERRAN in happened or not now.state.open:
        release(tx, now)
    if not now.state.open:
        unasked(tx, now)
    if due := next_look(now, tx.now):
        timers.put(tx, now.id, TimerKind.MAINTENANCE, Wanted("", due))
    elif timer := timers.of(tx, now.id, TimerKind.MAINTENANCE):
        timers.forget(tx, timer.id)
    return now


def release(tx: Tx, seen: Maintenance) -> None:
    """Have it decided anew what becomes of alerts that it held and that fire still."""
    known = alert_sources.ids(tx)
    for source in alerts.release(tx, held_by(seen.id)):
        timers.put(tx, known[source], TimerKind.ALERTS, Wanted("", tx.now))


def unasked(tx: Tx, over: Maintenance) -> None:
    """Have cards ask no more about a maintenance that is over."""
    if over.started_at:
        for incident in maintenances.unanswered(tx, over.started_at):
            tx.record(MaintenanceUnasked(incident=incident))


def warned(tx: Tx) -> list[Warned]:
    """Return the teams that are told of a C1, with whoever is on call for each."""
    on_call, teams = people.on_call(tx), tx.process.teams
    named = (teams[name] for name in tx.process.maintenance.tell if name in teams)
    return [Warned(team.name, team.role, on_call.get(team.name, ())) for team in named]


def _near(one: Maintenance) -> OfMaintenance:
    return MaintenanceNear(maintenance=one.id)


def _started(one: Maintenance) -> OfMaintenance:
    return MaintenanceStarted(maintenance=one.id)


def _overran(one: Maintenance) -> OfMaintenance:
    return MaintenanceOverran(maintenance=one.id)


def _still(one: Maintenance) -> OfMaintenance:
    return MaintenanceUnended(maintenance=one.id)


def _lapsed(one: Maintenance) -> OfMaintenance:
    return MaintenanceEnded(maintenance=one.id, lapsed=True)


_FACTS = {
    Passed.NEAR: _near,
    Passed.STARTED: _started,
    Passed.OVERRAN: _overran,
    Passed.STILL: _still,
    Passed.LAPSED: _lapsed,
}
