"""The month's figures, posted once, on the first working morning after it."""

from bot.domain.facts import MonthSummed
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.insights.rules import month_before, next_post
from storage import timers
from storage.transaction import Tx

ALL = 0
"""The subject of the one timer that there is."""


def wait_for_month(tx: Tx) -> None:
    """Have the timer wait for the next such morning while a channel is named, whatever it waited for: the
    zone may be another one, or somebody set the clock. What is due already is posted.
    """
    rules, timer = tx.process.insights, timers.of(tx, ALL, TimerKind.INSIGHTS)
    if not rules.channel:
        if timer:
            timers.forget(tx, timer.id)
        return
    due = next_post(tx.now, rules.zone)
    if not timer or (timer.due_at > tx.now and timer.due_at != due):
        timers.put(tx, ALL, TimerKind.INSIGHTS, Wanted("", due))


def sum_up_month(tx: Tx, timer: Timer) -> None:
    """Post the month that is over, and wait for the next one. Of several that were missed it is the last,
    which names the others."""
    timers.forget(tx, timer.id)
    rules = tx.process.insights
    if rules.channel:
        month, since = (month_before(at, rules.zone).isoformat() for at in (tx.now, timer.due_at))
        tx.record(MonthSummed(place=rules.channel, month=month, since=min(since, month)))
    wait_for_month(tx)
