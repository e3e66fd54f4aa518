"""Taking alerts in: however many came at once, they are kept with one commit, and decided about after it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.domain.alerts.signals import State
from bot.domain.incidents.timers import TimerKind, Wanted
from storage import alert_sources, alerts, timers
from storage.alerts import Taken
from storage.transaction import Tx


def take(tx: Tx, deliveries: Sequence[Sequence[Taken]]) -> None:
    """Keep what sources sent, in its order. Nobody is answered before this is kept."""
    taken = [one for each in deliveries for one in each]
    for firing, told in _rounds(taken):
        if firing:
            alerts.fire(tx, firing)
        if told:
            alerts.tell(tx, told)
    counted = dict.fromkeys((one.source for one in taken), 0)
    for one in taken:
        counted[one.source] += one.times
    alert_sources.took(tx, counted)
    known = alert_sources.ids(tx)
    for name in counted:
        timers.put(tx, known[name], TimerKind.ALERTS, Wanted("", tx.now))


def refuse(tx: Tx, source: str, reason: str) -> None:
    """Count what could not be taken, for whoever wonders why nothing arrives."""
    alert_sources.refused(tx, source, reason)


def _rounds(taken: Sequence[Taken]) -> Iterator[tuple[list[Taken], list[Taken]]]:
    """Yield what can be written at once, which fires and which does not: of each alert one signal.

    What is told of one alert again and again without a change is one signal that was told so often.
    """
    left = list(taken)
    while left:
        now: dict[tuple[str, str], Taken] = {}
        later: list[Taken] = []
        held: set[tuple[str, str]] = set()
        for one in left:
            key = one.source, one.signal.key
            before = now.get(key)
            if key in held or (before and before.signal.state is not one.signal.state):
                held.add(key)
                later.append(one)
            else:
                now[key] = replace(one, times=one.times + (before.times if before else 0))
        # always in the same order, so that two replicas never wait for each other's rows
        each = [now[key] for key in sorted(now)]
        yield (
            [one for one in each if one.signal.state is State.FIRING],
            [one for one in each if one.signal.state is not State.FIRING],
        )
        left = later
