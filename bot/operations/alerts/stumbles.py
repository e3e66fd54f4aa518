"""When it cannot be decided about alerts together: each of them by itself, then without its rule.

What is decided in one transaction fails as one. Without this a single alert would keep all others of its
source waiting, and nobody would be called for them.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.alerts.alert import Alert
from bot.domain.incidents.timers import Timer
from storage import alert_sources, alerts
from storage.transaction import Tx

AGAIN = "is decided about by itself: "
PLAINLY = "is decided about without its rule: "
LOST = "could not be decided about: Muster's log says why"
"""Beginnings of outcomes, as they are seen meanwhile, and the last of them. They stand with the alert, as
whatever its source sends meanwhile sets its timer anew.
"""
AT_ONCE = 200
"""So many alerts of one source are decided about in one transaction; pages are due in between."""


def together(waiting: Sequence[Alert]) -> list[Alert]:
    """Return the first alerts of these that are to be decided about in one transaction."""
    first = next((number for number, one in enumerate(waiting) if _stumbled(one)), len(waiting))
    return list(waiting[: first or 1])


def _stumbled(alert: Alert) -> bool:
    return alert.outcome.startswith((AGAIN, PLAINLY))


def is_plain(alert: Alert) -> bool:
    """Say whether its rule could not be followed."""
    return alert.outcome.startswith(PLAINLY)


def unmarked(alert: Alert) -> Alert:
    """Return an alert with the outcome that it had before it failed."""
    return replace(alert, outcome=alert.outcome.removeprefix(AGAIN).removeprefix(PLAINLY))


def stumbled(tx: Tx, timer: Timer) -> bool:
    """Note that it failed to decide about a source's alerts, so that the next tick goes about it another way.

    Return False where none wait.
    """
    name = alert_sources.name_of(tx, timer.subject)
    failed = together(alerts.waiting(tx, name, AT_ONCE)) if name else []
    for one in failed:
        before = unmarked(one).outcome
        if is_plain(one):
            alerts.place(tx, one.id, one.incident, before or LOST)
        else:
            alerts.mark(tx, one.id, f"{PLAINLY if _stumbled(one) else AGAIN}{before}")
    return bool(failed)
