"""Looking once more at messages that were redrawn, where an older drawing may have come last.

Slack may have been slow rather than dead: a call that nobody waits for any more can still have its effect,
after newer ones had theirs.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from bot.jobs import Effect, Job
from storage import outbox
from storage.outbox import Delivery
from storage.transaction import Tx

LOOKS = (timedelta(seconds=30), timedelta(minutes=5))
"""When it is looked after a redraw of unknown fate: soon, and when no such call can be under way any more."""


def doubted(tx: Tx, redraw: Delivery) -> None:
    """Look later at what was drawn, since an earlier attempt may have its effect only then."""
    for after in LOOKS:
        outbox.reconcile(tx, redraw, after, last=redraw.lease_key)


def overtaken(tx: Tx, redraw: Delivery) -> None:
    """Look at once: whoever took over has drawn already, and what we drew since may be older."""
    outbox.reconcile(tx, redraw, timedelta(), last=(redraw.id, redraw.attempt + 1))


async def reconcile(look: Delivery, jobs: Mapping[str, Job]) -> Effect | None:
    """Have a message redrawn, unless it is seen that nothing older came last. Raises DeliveryFailed."""
    job, subject = jobs.get(look.subject["job"]), look.subject["of"]
    shown = await job.drawn(subject) if job and job.drawn else None
    if shown and shown >= tuple(look.subject["last"]):
        return None
    return partial(_once_more, look=look)


def _once_more(tx: Tx, *, look: Delivery) -> None:
    tx.queue_again(look.subject["job"], look.event, look.subject["of"])
