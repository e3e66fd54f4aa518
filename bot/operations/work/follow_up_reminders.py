"""What time does with follow-ups: their owners are reminded, their issues looked at, a digest is posted."""

from datetime import datetime, timedelta

from bot.domain import facts
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.incidents.weekend import zone_of
from bot.domain.work.follow_ups import FollowUp, reminder
from storage import chores, follow_ups, incidents, members, people, timers
from storage.people import Person
from storage.transaction import Tx

ALL = 0
"""The subject of the one timer that there is for all of them."""
HOUR = timedelta(hours=1)
AT_ONCE = 50
APART = timedelta(seconds=30)
"""So many are looked at in one transaction, and how long the next ones wait: pages come in between. Their
trackers are asked as evenly; 6,000 open ones take an hour."""
WEEK = timedelta(days=7)
MAY_COME_BACK = timedelta(days=30)
"""How long the issue of one that ended is looked at: somebody may reopen it there."""
_MORNING, _EVENING = 9, 18
_DAY = 24


def begin_to_mind(tx: Tx) -> None:
    """Have the timer run while a follow-up is open, or one that ended may be reopened in its tracker."""
    running = timers.of(tx, ALL, TimerKind.FOLLOW_UPS)
    if not running and follow_ups.any_minded(tx, tx.now - MAY_COME_BACK):
        timers.put(tx, ALL, TimerKind.FOLLOW_UPS, Wanted("", _next_hour(tx)))


def mind_follow_ups(tx: Tx, timer: Timer) -> None:
    """Do what is due for the next of them, and begin anew in an hour while there is any.

    The timer's basis is the number of the last one that was looked at in this round.
    """
    timers.forget(tx, timer.id)
    past = int(timer.basis or 0)
    found = follow_ups.minded(tx, tx.now - MAY_COME_BACK, past, AT_ONCE)
    for one in found:
        remind_owner(tx, one)
        if one.issue and (not one.issue.gone or _turn(tx, one)):
            tx.record(facts.FollowUpIssueLooked(incident=one.action.incident, action=one.action.id))
    if not past:
        _sum_up(tx)
    if len(found) == AT_ONCE:
        timers.put(tx, ALL, TimerKind.FOLLOW_UPS, Wanted(str(found[-1].action.id), tx.now + APART))
        return
    begin_to_mind(tx)


def _turn(tx: Tx, one: FollowUp) -> bool:
    """Say whether this is its hour of the day: an issue that was gone may be back."""
    return one.action.id % _DAY == tx.now.hour


def _next_hour(tx: Tx) -> datetime:
    return tx.now.replace(minute=0, second=0, microsecond=0) + HOUR


def remind_owner(tx: Tx, one: FollowUp) -> None:
    """Have whoever minds it told."""
    person = minding(tx, one)
    if not person:
        return
    due = reminder(one, zone_of(person.tz), tx.now, tx.process.follow_ups.before)
    if due:
        follow_ups.remind(tx, one.action.id, due)
        number = one.action.id
        tx.record(facts.FollowUpDue(incident=one.action.incident, action=number, person=person.id))


def minding(tx: Tx, one: FollowUp) -> Person | None:
    """Return its owner; where nobody has it, or they left, the incident's lead, or else who added it."""
    incident = incidents.get(tx, one.action.incident)
    gone = members.gone(tx, incident.id)
    for whom in (one.action.assignee, incident.lead, one.action.by):
        person = people.get(tx, whom) if isinstance(whom, str) and whom not in gone else None
        if person and person.active:
            return person
    return None


def _sum_up(tx: Tx) -> None:
    """Post the digest once a week, on its day, in the morning (UTC)."""
    rules = tx.process.follow_ups
    in_time = tx.now.weekday() == rules.digest_day and _MORNING <= tx.now.hour < _EVENING
    if rules.digest and in_time and chores.falls_to_us(tx, "follow_up_digest", WEEK - timedelta(days=1)):
        tx.record(facts.FollowUpsSummed(place=rules.digest))
