"""Nudging whoever leads, and showing which nudges an incident has."""

from datetime import datetime, timedelta

from bot.domain.actors import BOT
from bot.domain.facts import Nudged, TimerPutOff
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.nudges import KEPT_AS, RARER, SNOOZES, again_at, held_until
from bot.domain.incidents.timers import Timer, TimerKind
from bot.domain.paging.pages import since_reopened
from bot.domain.paging.practice import asked_in
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.changes import timers_of
from storage import members, pages, people, posts, timeline, timers
from storage.transaction import Tx


def nudge(tx: Tx, incident: Incident, kind: TimerKind) -> None:
    """Remind of what is missing, unless it is there after all."""
    if kind is not TimerKind.UNACKNOWLEDGED or not acknowledged(tx, incident):
        tx.record(Nudged(incident=incident.id, nudge=kind.value, person=asked_of(tx, incident, kind)))


def asked_of(tx: Tx, incident: Incident, kind: TimerKind) -> str:
    """Return who is nudged: whoever leads, in private; empty for the channel, where nobody can be asked, or
    everybody may help.
    """
    if kind is TimerKind.ONLY_REPORTER or incident.lead in members.gone(tx, incident.id):
        return ""
    if not asked_in(incident, incident.lead):
        return ""
    return incident.lead if incident.lead and people.present(tx, incident.lead) else ""


def acknowledged(tx: Tx, incident: Incident) -> bool:
    """Say whether somebody has acknowledged a page of the incident, whoever holds its roles."""
    return any(page.answered_by for page in since_reopened(pages.of_incident(tx, incident.id)))


def put_off_at_night(tx: Tx, timer: Timer, incident: Incident) -> bool:
    """Have a nudge that is due wait for the morning, if it has to."""
    if timer.kind not in SNOOZES or (incident.severity.high and timer.kind is not TimerKind.STILL_OPEN):
        return False
    lead = people.get(tx, incident.lead)
    until = held_until(timer.kind, incident, tx.now, lead.tz if lead else None)
    if not until or not (tx.process.nudges.quiet_at_night or timer.kind is TimerKind.STILL_OPEN):
        return False
    timers.snooze(tx, timer, until)
    _note_wait(tx, incident.id, timer.kind, until)
    return True


def _note_wait(tx: Tx, incident_id: int, kind: TimerKind, until: datetime) -> None:
    """Note that a nudge waits by itself."""
    tx.record(
        TimerPutOff(incident=incident_id, by=BOT, nudge=kind.value, did="waits", until=until.isoformat())
    )


def first_due(tx: Tx, incident: Incident, timer: Timer) -> datetime | None:
    """Return when a nudge comes for the first time; None if it came, and comes again by its rhythm."""
    came = timeline.of_kinds(tx, incident.id, Kind.NUDGED, Kind.UPDATE_OVERDUE)
    of_this = [one for one in came if one.data.get("nudge", TimerKind.UPDATE) == timer.kind]
    usual = timers_of(tx, incident)[timer.kind].again
    stands = (
        of_this and usual and timer.due_at <= comes_again(tx, incident, timer.kind, usual, of_this[-1].at)
    )
    return None if stands or timer.kind is TimerKind.FIELDS else timer.due_at


def comes_again(tx: Tx, incident: Incident, kind: TimerKind, usual: timedelta, now: datetime) -> datetime:
    """Return when a timer is acted on again that is acted on now: a nudge that came often comes rarely."""
    if kind not in RARER:
        return now + usual
    came = 1
    for one in timeline.of_kinds(tx, incident.id, Kind.NUDGED, Kind.PUT_OFF, Kind.STATUS):
        if one.kind is Kind.STATUS:
            came = 1 if kind is TimerKind.MONITORING else came
        elif one.data["nudge"] == kind and one.at < now:
            came = came + 1 if one.kind is Kind.NUDGED else 1 if one.data["did"] == "started" else came
    return again_at(kind, came, usual, now, high=incident.severity.high)


def nudges_of(tx: Tx, incident: Incident) -> list[Timer]:
    """Return the nudges that an incident has as it stands, the next one first; stopped ones last."""
    wanted = timers_of(tx, incident)
    found = [timers.of(tx, incident.id, kind) for kind in SNOOZES if kind in wanted]
    return sorted((one for one in found if one), key=lambda one: (one.stopped, one.at))


def asked_now(tx: Tx, incident: Incident) -> list[Timer]:
    """Return the nudges that ask something now: each has a message that stands."""
    there = {one.kind for one in posts.of(tx, incident.id)}
    found = nudges_of(tx, incident)
    return [one for one in found if KEPT_AS[one.kind] in there and not (one.stopped or one.snoozed_until)]


def standing(tx: Tx, incident: Incident, kind: TimerKind) -> tuple[bool, Timer | None]:
    """Return whether a nudge is still asked, and its timer, if the incident has a use for it."""
    timer = timers.of(tx, incident.id, kind) if kind in timers_of(tx, incident) else None
    asked = timer is not None and not timer.stopped and timer.snoozed_until is None
    if kind is TimerKind.UNACKNOWLEDGED and timer and acknowledged(tx, incident):
        return False, None
    return asked, timer
