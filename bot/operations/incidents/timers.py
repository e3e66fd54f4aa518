"""What is done when a timer is due, and putting one off or stopping it."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.domain.errors import Refused, Step
from bot.domain.facts import TimerPutOff
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timers import SNOOZE, Timer, TimerKind
from bot.domain.paging.escalations import lateness
from bot.operations.incidents.changes import timers_of
from bot.operations.incidents.lifecycle import page_im_for_slow_investigation
from bot.operations.incidents.triage import mind_triage
from bot.operations.incidents.verify import ask_to_verify
from bot.operations.incidents.weekend import end_weekend
from bot.operations.oncall.rota import remind
from bot.operations.rights import visible
from bot.operations.work.update import nudge
from storage import incidents, timers
from storage.transaction import Tx

ACTS: Mapping[TimerKind, Callable[[Tx, Incident, timedelta], object]] = {
    TimerKind.UPDATE: nudge,
    TimerKind.INVESTIGATING: page_im_for_slow_investigation,
    TimerKind.TRIAGE: mind_triage,
    TimerKind.VERIFY: ask_to_verify,
    TimerKind.WEEKEND: end_weekend,
}
"""Each is told by how much it is late, or nothing."""


def act(tx: Tx, timer_id: int) -> None:
    """Act on a timer, unless it was put off or stopped meanwhile, or the incident has no use for it."""
    timer = timers.get(tx, timer_id)
    if timer is None or timer.stopped or timer.at > tx.now:
        return
    if timer.kind is TimerKind.SHIFT:
        remind(tx, timer)
        return
    incident = incidents.get(tx, timer.subject)
    state = timers_of(tx, incident)
    wanted = state.get(timer.kind)
    if wanted is None:
        timers.keep(tx, incident.id, state)
        return
    # The next time counts from now: after an hour's downtime it is acted on once, not for each time missed.
    timers.repeat(tx, timer, tx.now + wanted.again if wanted.again else None)
    ACTS[timer.kind](tx, incident, lateness(timer.at, tx.now))


def snooze(tx: Tx, incident_id: int, kind: TimerKind, *, by: str) -> Incident:
    timers.snooze(tx, _running(tx, incident_id, kind, by), tx.now + SNOOZE)
    tx.record(TimerPutOff(incident=incident_id, by=by))
    return visible(tx, incident_id, by)


def stop(tx: Tx, incident_id: int, kind: TimerKind, *, by: str) -> Incident:
    timers.stop(tx, _running(tx, incident_id, kind, by))
    tx.record(TimerPutOff(incident=incident_id, by=by))
    return visible(tx, incident_id, by)


def _running(tx: Tx, incident_id: int, kind: TimerKind, by: str) -> Timer:
    incident = visible(tx, incident_id, by)
    timer = timers.of(tx, incident_id, kind)
    if not timer or kind not in timers_of(tx, incident):
        raise Refused(
            f"INC-{incident_id} is {incident.status}: no reminder is due.",
            Step("How it stands", "", incident_id),
        )
    return timer
