"""What is done when a timer is due, and putting one off or stopping it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeAlias

from bot.domain.errors import Refused, Step
from bot.domain.facts import TimerPutOff
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.nudges import SNOOZES
from bot.domain.incidents.timers import Timer, TimerKind
from bot.domain.paging.escalations import lateness
from bot.operations.alerts import heartbeats, judging, routing
from bot.operations.alerts.undecided import decision_failed
from bot.operations.incidents import silence
from bot.operations.incidents.archiving import end_channel
from bot.operations.incidents.changes import timers_of
from bot.operations.incidents.fields import ask_for_fields
from bot.operations.incidents.lifecycle import page_im_for_slow_investigation
from bot.operations.incidents.nudges import comes_again, first_due, nudges_of, put_off_at_night
from bot.operations.incidents.nudges import nudge as remind_of
from bot.operations.incidents.overload import unhelped
from bot.operations.incidents.public_notices import ask_whether_communicated, remind_of_notice
from bot.operations.incidents.public_status import engage_cmoc
from bot.operations.incidents.triage import mind_triage
from bot.operations.incidents.verify import ask_to_verify
from bot.operations.incidents.weekend import end_weekend
from bot.operations.insights.monthly import sum_up_month
from bot.operations.maintenance.passing import look
from bot.operations.oncall import handover, rota
from bot.operations.oncall.findings import look_ahead
from bot.operations.oncall.unanswered import follow_up
from bot.operations.paging.escalate import remind
from bot.operations.rights import visible
from bot.operations.work.follow_up_reminders import mind_follow_ups
from bot.operations.work.review_reminders import mind_tasks
from bot.operations.work.update import nudge
from storage import incidents, timers
from storage.transaction import Tx

Act: TypeAlias = Callable[[Tx, Sequence[Timer]], None]


def act(tx: Tx, *ids: int) -> None:
    """Act on timers, unless they were put off or stopped meanwhile: those of a kind together."""
    due = timers.among(tx, ids)
    for kind in dict.fromkeys(timer.kind for timer in due):
        ACTS[kind](tx, [timer for timer in due if timer.kind is kind])


def set_timer_aside(tx: Tx, timer_id: int) -> None:
    """Push a timer that cannot be acted on away for a while. Alerts wait for no other one of them."""
    for timer in timers.among(tx, [timer_id]):
        if timer.kind is TimerKind.ALERTS and decision_failed(tx, timer):
            return
    timers.set_aside(tx, timer_id)


def _each(do: Callable[[Tx, Timer], object]) -> Act:
    def act_on_each(tx: Tx, due: Sequence[Timer]) -> None:
        for timer in due:
            do(tx, timer)

    return act_on_each


def _of_incident(do: Callable[[Tx, Incident, timedelta], object]) -> Act:
    """Return what is done for each of these timers; it is told by how much it is late, or nothing."""
    return _each(partial(_act, do))


def _act(do: Callable[[Tx, Incident, timedelta], object], tx: Tx, timer: Timer) -> None:
    """Act on a timer, unless its incident has no use for it any more."""
    incident = incidents.get(tx, timer.subject)
    state = timers_of(tx, incident)
    wanted = state.get(timer.kind)
    if wanted is None:
        timers.keep(tx, incident.id, state)
        return
    if put_off_at_night(tx, timer, incident):
        return
    # The next time counts from now: after an hour's downtime it is acted on once, not for each time missed.
    again = comes_again(tx, incident, timer.kind, wanted.again, tx.now) if wanted.again else None
    timers.repeat(tx, timer, again)
    do(tx, incident, lateness(timer.at, tx.now))


def _reminding(kind: TimerKind) -> Callable[[Tx, Incident, timedelta], None]:
    return lambda tx, incident, late: remind_of(tx, incident, kind)


ACTS: Mapping[TimerKind, Act] = {
    TimerKind.UPDATE: _of_incident(nudge),
    TimerKind.INVESTIGATING: _of_incident(page_im_for_slow_investigation),
    TimerKind.TRIAGE: _of_incident(mind_triage),
    TimerKind.VERIFY: _of_incident(ask_to_verify),
    TimerKind.WEEKEND: _of_incident(end_weekend),
    TimerKind.ANOTHER_IM: _each(unhelped),
    TimerKind.SHIFT: _each(handover.look),
    TimerKind.ON_CALL: _each(rota.note_on_call),
    TimerKind.HANDOVER: _each(handover.ask_again),
    TimerKind.FINDINGS: look_ahead,
    TimerKind.MAINTENANCE: _each(look),
    TimerKind.COVER: _each(follow_up),
    TimerKind.SILENT: _of_incident(silence.look),
    TimerKind.FIELDS: _of_incident(ask_for_fields),
    TimerKind.UNACKNOWLEDGED: _of_incident(_reminding(TimerKind.UNACKNOWLEDGED)),
    TimerKind.ONLY_REPORTER: _of_incident(_reminding(TimerKind.ONLY_REPORTER)),
    TimerKind.SUMMARY: _of_incident(_reminding(TimerKind.SUMMARY)),
    TimerKind.MONITORING: _of_incident(_reminding(TimerKind.MONITORING)),
    TimerKind.STILL_OPEN: _of_incident(_reminding(TimerKind.STILL_OPEN)),
    TimerKind.ARCHIVE: _of_incident(end_channel),
    TimerKind.CMOC: _of_incident(engage_cmoc),
    TimerKind.COMMUNICATED: _of_incident(ask_whether_communicated),
    TimerKind.PUBLIC_NOTICE: _of_incident(remind_of_notice),
    TimerKind.PAGE_REMINDER: remind,
    TimerKind.FOLLOW_UPS: _each(mind_follow_ups),
    TimerKind.INSIGHTS: _each(sum_up_month),
    TimerKind.REVIEW: _each(mind_tasks),
    TimerKind.HEARTBEAT: _each(heartbeats.missed),
    TimerKind.ALERTS: routing.decide_in_turn,
    TimerKind.OFFICE_HOURS: _each(routing.opened),
    TimerKind.SHELF: _each(judging.shelf_over),
}


PRESSED_TWICE = timedelta(seconds=5)
"""Who snoozes twice so shortly pressed twice: that is told once."""


def snooze(tx: Tx, incident_id: int, kind: TimerKind, span: timedelta | None = None, *, by: str) -> Incident:
    """Put a nudge off, for the time that is usual for it unless `span` says another.

    One that did not come yet never comes sooner by that: its time counts from when it was due.
    """
    timer, span = _running(tx, incident_id, kind, by), span or SNOOZES[kind]
    due = first_due(tx, visible(tx, incident_id, by), timer)
    until = due + span if due and tx.now + span <= due else tx.now + span
    if not timer.stopped and timer.snoozed_until and abs(until - timer.snoozed_until) < PRESSED_TWICE:
        return visible(tx, incident_id, by)
    timers.snooze(tx, timer, until)
    return _noted(tx, incident_id, kind, "snoozed", until.isoformat(), by=by)


def stop(tx: Tx, incident_id: int, kind: TimerKind, *, by: str) -> Incident:
    timer = _running(tx, incident_id, kind, by)
    if timer.stopped:
        return visible(tx, incident_id, by)
    timers.stop(tx, timer)
    return _noted(tx, incident_id, kind, "stopped", by=by)


def start(tx: Tx, incident_id: int, kind: TimerKind, *, by: str) -> Incident:
    """Have a nudge wait anew that was stopped or snoozed."""
    _running(tx, incident_id, kind, by)
    wanted = timers_of(tx, visible(tx, incident_id, by))[kind]
    timers.put(tx, incident_id, kind, wanted)
    return _noted(tx, incident_id, kind, "started", wanted.due_at.isoformat(), by=by)


def each(
    tx: Tx, incident_id: int, how: str, span: timedelta | None = None, *, by: str
) -> tuple[Incident, list[TimerKind]]:
    """Snooze, stop or start every nudge that an incident has as it stands, and return which those are.

    One that was stopped stays so until it is started.
    """
    incident = visible(tx, incident_id, by)
    found = nudges_of(tx, incident)
    if how == "start":
        kinds = [one.kind for one in found if one.stopped or one.snoozed_until]
    else:
        kinds = [one.kind for one in found if not one.stopped]
    for kind in kinds:
        if how == "start":
            start(tx, incident_id, kind, by=by)
        elif how == "stop":
            stop(tx, incident_id, kind, by=by)
        else:
            snooze(tx, incident_id, kind, span, by=by)
    if not kinds:
        none = "is stopped or snoozed" if how == "start" else f"is left to {how}"
        raise Refused(
            f"No reminder of INC-{incident_id} {none}.", Step("Show the reminders", "nudges", incident_id)
        )
    return incident, kinds


def _noted(tx: Tx, incident_id: int, kind: TimerKind, did: str, until: str = "", *, by: str) -> Incident:
    tx.record(TimerPutOff(incident=incident_id, by=by, nudge=kind.value, did=did, until=until))
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
