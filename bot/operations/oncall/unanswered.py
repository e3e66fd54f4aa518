"""Requests for cover that nobody accepts: the asker hears of it in time, and the message says so."""

from datetime import datetime, timedelta

from bot.domain.facts import CoverAnswered, CoverLacking
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from storage import cover_requests, timers
from storage.transaction import Tx, instant

LOOK_AGAIN = timedelta(days=1)


def await_cover(tx: Tx, request_id: int, since: datetime | None = None) -> None:
    """Have a request looked at when its next time comes; its timer's basis is when it was looked at last."""
    since = since or tx.now
    coming = [at for at in cover_requests.get(tx, request_id).looks if at > since]
    if coming:
        due = min(*coming, since + LOOK_AGAIN)
        timers.put(tx, request_id, TimerKind.COVER, Wanted(since.isoformat(), due))


def follow_up(tx: Tx, timer: Timer) -> None:
    """Tell the asker that nobody has accepted, once however late it is; a request that is over ends."""
    request = cover_requests.get(tx, timer.subject)
    timers.forget(tx, timer.id)
    if not request.open:
        return
    if tx.now >= request.ends_at:
        tx.record(CoverAnswered(request=request.id))
        return
    passed = [at for at in request.looks if instant(timer.basis) < at <= tx.now]
    if passed and tx.now < request.starts_at:
        tx.record(CoverLacking(request=request.id))
    await_cover(tx, request.id, tx.now)
