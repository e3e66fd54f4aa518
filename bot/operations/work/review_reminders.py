"""Reminding the owner of a review of its tasks: before one is due, and after it was."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.domain import facts
from bot.domain.incidents.incident import FINISHED, Incident
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.incidents.weekend import next_working_morning, zone_of
from bot.domain.work import reviews as rules
from bot.domain.work.reviews import Review
from bot.operations.rights import visible
from storage import incidents, members, people, reviews, timers
from storage.transaction import Tx


def remind_in_time(tx: Tx, incident: Incident, review: Review | None) -> None:
    """Have the timer wait for when the owner hears of the tasks next; not for a drill, or while it rests.

    A reminder that was put off stays so.
    """
    before = timers.of(tx, incident.id, TimerKind.REVIEW)
    at = None
    if review and review.open and incident.status in FINISHED and not incident.drill:
        at = rules.next_nudge(review.tasks, _zone(tx, owner_of(tx, incident, review)), tx.now)
    if before:
        timers.forget(tx, before.id)
    if not at:
        return
    if before and before.snoozed_until and before.snoozed_until > tx.now:
        at = max(at, before.snoozed_until)
    timers.put(tx, incident.id, TimerKind.REVIEW, Wanted("", at))


def mind_tasks(tx: Tx, timer: Timer) -> None:
    """Remind the owner of what is due; at night, and on a weekend, in the next morning."""
    incident = incidents.get(tx, timer.subject)
    review = reviews.review_of(tx, incident.id)
    if not review or not review.open or incident.status not in FINISHED:
        timers.forget(tx, timer.id)
        return
    owner = owner_of(tx, incident, review)
    zone = _zone(tx, owner)
    if quiet := rules.quiet_until(zone, tx.now):
        timers.put(tx, incident.id, TimerKind.REVIEW, Wanted("", quiet))
        return
    if owner and rules.due_soon(review, tx.now.astimezone(zone).date()):
        tx.record(facts.ReviewDue(incident=incident.id, person=owner))
    timers.forget(tx, timer.id)
    remind_in_time(tx, incident, review)


def snooze_review(tx: Tx, incident_id: int, *, by: str) -> Timer:
    """Put the reminder of its tasks off until the next working morning."""
    incident = visible(tx, incident_id, by)
    review = rules.workable(incident, reviews.review_of(tx, incident_id))
    person = people.get(tx, by)
    until = next_working_morning(tx.now, person.tz if person else None)
    timers.put(tx, incident_id, TimerKind.REVIEW, Wanted("", until))
    timer = timers.of(tx, review.incident, TimerKind.REVIEW)
    assert timer  # it was just put
    timers.snooze(tx, timer, until)
    tx.record(facts.ReviewPutOff(incident=incident_id, by=by))
    return replace(timer, snoozed_until=until)


def owner_of(tx: Tx, incident: Incident, review: Review) -> str:
    """Return who hears of the tasks: the owner, or the lead where they left or were removed. Or nobody."""
    gone = members.gone(tx, incident.id)
    named = (review.owner, incident.lead)
    return next((one for one in named if one and one not in gone and people.present(tx, one)), "")


def _zone(tx: Tx, who: str) -> ZoneInfo:
    person = people.get(tx, who) if who else None
    return zone_of(person.tz if person else None)
