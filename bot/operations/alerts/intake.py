"""Taking alerts in: however many came at once, they are kept with one commit, and decided about after it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.domain.alerts.requests import Refusal, Result, Traced
from bot.domain.alerts.signals import State
from bot.domain.incidents.timers import TimerKind
from storage import alert_sources, alert_tallies, alert_traces, alerts, timers
from storage.alerts import Taken
from storage.transaction import Tx


def take(tx: Tx, deliveries: Sequence[Sequence[Taken]]) -> None:
    """Keep what sources sent, in its order. Nobody is answered before this is kept."""
    taken = [one for each in deliveries for one in each]
    results: Counter[tuple[str, str]] = Counter()
    traced: list[Traced] = []
    for firing, told in _rounds(taken):
        if firing:
            traced += _fired(tx, firing, results)
        if told:
            traced += _told(tx, told, results)
    alert_traces.keep(tx, traced)
    alert_tallies.add(tx, results)
    counted = {one.source: 0 for one in taken}
    for one in taken:
        counted[one.source] += one.times
    alert_sources.took(tx, counted)
    known = alert_sources.ids(tx)
    timers.put_sooner(tx, [known[name] for name in sorted(counted)], TimerKind.ALERTS)


def reword(tx: Tx, alert_id: int, title: str, text: str) -> None:
    """Have an open alert say something else, as its source says; its triage shows it."""
    source = alerts.reword(tx, alert_id, title, text)
    if source:
        timers.put_sooner(tx, [alert_sources.ids(tx)[source]], TimerKind.ALERTS)


def _fired(tx: Tx, firing: Sequence[Taken], results: Counter[tuple[str, str]]) -> Iterator[Traced]:
    """Keep what fires, and count what of it is new, was told before, or could not be read."""
    made = alerts.fire(tx, firing)
    for one in firing:
        number, fired = made[one.source, one.signal.key]
        new = fired == one.times
        results[one.source, Result.TAKEN] += one.times
        results[one.source, Result.DUPLICATE] += one.times - new
        results[one.source, Result.UNREADABLE] += 0 if one.signal.readable else one.times
        yield from _traced(one, number)


def _told(tx: Tx, told: Sequence[Taken], results: Counter[tuple[str, str]]) -> Iterator[Traced]:
    """Note what is acknowledged or over, and count what of it was not open."""
    known = alerts.tell(tx, told)
    for one in told:
        number = known.get((one.source, one.signal.key))
        results[one.source, Result.TAKEN] += one.times
        results[one.source, Result.UNMATCHED] += one.times if number is None else 0
        yield from _traced(one, number)


def _traced(one: Taken, number: int | None) -> Iterator[Traced]:
    for trace in dict.fromkeys((*one.earlier, one.trace)):
        if trace:
            yield Traced(trace, one.source, one.signal.state.value, number)


def refuse(tx: Tx, source: str, reason: str, trace: str = "", address: str = "") -> None:
    """Count what could not be taken, for whoever wonders why nothing arrives."""
    alert_sources.refused(tx, source, reason)
    alert_tallies.add(tx, {(source, Result.REFUSED): 1})
    alert_traces.refuse(tx, Refusal(trace, source, address, reason, tx.now))


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
                now[key] = _with(one, before)
        # always in the same order, so that two replicas never wait for each other's rows
        each = [now[key] for key in sorted(now)]
        yield (
            [one for one in each if one.signal.state is State.FIRING],
            [one for one in each if one.signal.state is not State.FIRING],
        )
        left = later


def _with(one: Taken, before: Taken | None) -> Taken:
    """Return a signal as one with the same that was told just before it."""
    if not before:
        return one
    return replace(one, times=one.times + before.times, earlier=(*before.earlier, before.trace))
