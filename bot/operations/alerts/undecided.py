"""What is done when it failed to decide about the alerts of a source."""

from bot.domain.alerts.undecided import (
    AGAIN,
    AT_ONCE,
    LOST,
    PLAINLY,
    failed_before,
    is_plain,
    together,
    unmarked,
)
from bot.domain.incidents.timers import Timer
from storage import alert_sources, alerts
from storage.transaction import Tx


def decision_failed(tx: Tx, timer: Timer) -> bool:
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
            alerts.mark(tx, one.id, f"{PLAINLY if failed_before(one) else AGAIN}{before}")
    return bool(failed)
