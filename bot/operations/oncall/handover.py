"""A change of shift: what crosses it is asked to be taken over, and the note for those who come."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.facts import (
    HandoverAsked,
    HandoverNoted,
    HandoverUnanswered,
    LeadChanged,
    ShiftChanged,
    TakenOver,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.oncall import handover as rules
from bot.domain.oncall.handover import ASK_AGAIN, Brief, Duty
from bot.domain.paging.pages import Page
from bot.domain.rights import Right
from bot.operations.incidents.changes import save
from bot.operations.oncall import rota
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.placing import let_in
from bot.operations.rights import allow, visible
from storage import duties, incidents, pages, roles, rotations, timers
from storage.transaction import Tx

_AGAIN = "asked again"
"""The basis of a timer that tells the managers next."""


def look(tx: Tx, timer: Timer) -> None:
    """Do what is due for a schedule: hand over a shift that has changed, and remind of those that begin."""
    rotation = rotations.get(tx, timer.subject)
    if rotation and rotation.schedule in tx.process.schedules:
        change_shift(tx, rotation.schedule)
    rota.remind(tx, timer)


def change_shift(tx: Tx, schedule: str) -> None:
    """Note who is on call now, if others than before are, and have told those who go and who come.

    However many shifts have passed meanwhile, it is one change: from those who were told last.
    """
    latest, people = duties.latest(tx, schedule), rota.rota_of(tx, schedule).on_duty
    if not rules.changes(latest, people):
        return
    duty = duties.add(tx, schedule, people)
    if not latest:
        return
    # nobody took over what the shift before that had left: it still crosses
    left = {one.outgoing for one in duties.briefs(tx, latest.id)} | set(latest.people)
    if gone := left - set(people):
        for incident, role, person in duties.held(tx, gone, tx.process.roles_of(schedule)):
            duties.add_brief(tx, duty.id, incident, role, person)
        timers.put(tx, duty.id, TimerKind.HANDOVER, Wanted("", tx.now + ASK_AGAIN))
    tx.record(ShiftChanged(duty=duty.id))


def ask_again(tx: Tx, timer: Timer) -> None:
    """Ask again who has not taken over, then tell the managers, once."""
    duty = duties.get(tx, timer.subject)
    timers.forget(tx, timer.id)
    if duties.following(tx, duty) or not waiting(tx, duty.id):
        return
    if timer.basis == _AGAIN:
        tx.record(HandoverUnanswered(duty=duty.id))
    else:
        tx.record(HandoverAsked(duty=duty.id))
        timers.put(tx, duty.id, TimerKind.HANDOVER, Wanted(_AGAIN, tx.now + ASK_AGAIN))


def waiting(tx: Tx, duty_id: int) -> list[Brief]:
    """Return what is still to be taken over by whoever began a duty."""
    return [one for one in duties.briefs(tx, duty_id) if _crosses(tx, one, incidents.get(tx, one.incident))]


def _crosses(tx: Tx, brief: Brief, incident: Incident) -> bool:
    return rules.crosses(brief, incident, roles.of(tx, incident.id), pages.pending_of(tx, incident.id))


def take_over(tx: Tx, brief_id: int, *, by: str) -> Incident:
    """Let whoever comes on call have the role, the pages that wait in it, and the lead of who had it.

    To be asked is a right to know of the incident, as a page is, unless they were removed from it.
    """
    allow(tx, by, Right.WORK)
    brief = duties.brief(tx, brief_id)
    handover = duties.handover(tx, brief.duty)
    named = handover.now.schedule in tx.process.schedules
    on_call = rota.rota_of(tx, handover.now.schedule).on_duty if named else ()
    if by in {*handover.incoming, *on_call}:
        let_in(tx, brief.incident, by)
    incident = visible(tx, brief.incident, by)
    rules.taking(brief, incident, handover, by, on_call, crossing=_crosses(tx, brief, incident))
    answered = _answer(tx, pages.pending_of(tx, incident.id), brief, by)
    incident = visible(tx, incident.id, by)
    leads, holds = incident.lead == brief.outgoing, roles.of(tx, incident.id).get(brief.role) == by
    roles.assign(tx, incident.id, brief.role, by)
    if leads:
        tx.record(
            LeadChanged(incident=incident.id, by=by, before=incident.lead, after=by, taken=True, told=False)
        )
        incident = replace(incident, lead=by)
    duties.take(tx, brief, by)
    tx.record(
        TakenOver(
            incident=incident.id,
            by=by,
            role=brief.role,
            outgoing=brief.outgoing,
            lead=leads,
            told=leads or not (answered and holds),  # an acknowledgement says it too
        )
    )
    save(tx, incident)
    return incident


def _answer(tx: Tx, pending: Sequence[Page], brief: Brief, by: str) -> bool:
    """Acknowledge what waits for an answer in the role, and say whether anything did."""
    theirs = [page.id for page in pending if page.role == brief.role]
    for page in theirs:
        if page in {one.id for one in pages.pending_of(tx, brief.incident)}:  # one answer may be to several
            acknowledge(tx, page, by=by, taking=True)
    return bool(theirs)


def put_off(tx: Tx, duty_id: int, *, by: str) -> None:
    """Ask whoever began a duty later: those before them go on for a while."""
    allow(tx, by, Right.WORK)
    handover = duties.handover(tx, duty_id)
    if by not in handover.incoming or duties.following(tx, handover.now) or not waiting(tx, duty_id):
        raise Refused("Nothing waits for you to take it over. `/inc list` shows what is open.")
    timers.put(tx, duty_id, TimerKind.HANDOVER, Wanted("", tx.now + ASK_AGAIN))


def own_duties(tx: Tx, by: str) -> dict[str, Duty]:
    """Return the duties whose note somebody can write, by schedule, as they are at this moment."""
    allow(tx, by, Right.WORK)
    found: dict[str, Duty] = {}
    for name in tx.process.schedules:
        change_shift(tx, name)
        latest = duties.latest(tx, name)
        before = duties.before(tx, latest) if latest else None
        for duty, following in ((latest, None), (before, latest)):
            if duty and rules.may_note(duty, following, by, tx.now):
                found.setdefault(name, duty)
    return found


def leave_note(tx: Tx, duty_id: int, text: str, *, by: str, after: bool = False) -> Duty:
    """Write what the next ones should know, instead of what was written, or `after` it."""
    allow(tx, by, Right.WORK)
    duty = duties.get(tx, duty_id)
    following = duties.following(tx, duty)
    if not rules.may_note(duty, following, by, tx.now):
        raise Refused(
            f"A note for {duty.schedule} is left by whoever is on call, until an hour after their shift. "
            "`/inc oncall` shows who is: tell them."
        )
    duty = rules.noted(duty, text, by, after=after)
    duties.save_note(tx, duty)
    if following:
        tx.record(HandoverNoted(duty=following.id))
    return duty


def handover_shown(tx: Tx, duty_id: int, person: str, channel: str, ts: str) -> None:
    """Remember the message with which somebody was told of a change of shift."""
    duties.record_message(tx, duty_id, person, channel, ts)
