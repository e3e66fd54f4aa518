"""When it cannot be decided about alerts together: each of them by itself, then without its rule.

What is decided in one transaction fails as one. Without this a single alert would keep all others of its
source waiting, and nobody would be called for them.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.alerts.alert import Alert

AGAIN = "is decided about by itself: "
PLAINLY = "is decided about without its rule: "
LOST = "could not be decided about: Muster's log says why"
"""Beginnings of outcomes, as they are seen meanwhile, and the last of them. They stand with the alert, as
whatever its source sends meanwhile sets its timer anew.
"""
AT_ONCE = 200
"""So many alerts are decided about in one transaction: pages that are due meanwhile wait for no more."""
HEAVY = 20
"""As so many counts one that opens an incident or pages."""


def together(waiting: Sequence[Alert]) -> list[Alert]:
    """Return the first alerts of these that are to be decided about in one transaction."""
    first = next((number for number, one in enumerate(waiting) if failed_before(one)), len(waiting))
    return list(waiting[: first or 1])


def failed_before(alert: Alert) -> bool:
    """Say whether it failed before to decide about it."""
    return alert.outcome.startswith((AGAIN, PLAINLY))


def is_plain(alert: Alert) -> bool:
    """Say whether its rule could not be followed."""
    return alert.outcome.startswith(PLAINLY)


def unmarked(alert: Alert) -> Alert:
    """Return an alert with the outcome that it had before it failed."""
    if not failed_before(alert):
        return alert
    return replace(alert, outcome=alert.outcome.removeprefix(AGAIN).removeprefix(PLAINLY))
