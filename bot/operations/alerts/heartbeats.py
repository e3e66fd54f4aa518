"""Heartbeats: what is to be heard of regularly. Silence is an alert, and being heard again ends it."""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.alerts.routing import Heartbeat
from bot.domain.alerts.signals import Signal, State
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.paging.escalations import Cause
from bot.operations.alerts.intake import take
from bot.views.mrkdwn import lasting
from storage import alerts, heartbeats, timers
from storage.alerts import Taken
from storage.heartbeats import Heard
from storage.transaction import Tx

LATE = timedelta(seconds=5)
SOURCE = "heartbeat"
"""The source of these alerts, in rules too."""


def expect(tx: Tx) -> None:
    """Expect what the configuration names: one that is new has its whole time; of others nothing changes."""
    wanted, known = tx.process.heartbeats, heartbeats.every(tx)
    for name, one in wanted.items():
        if name not in known:
            _await(tx, heartbeats.expect(tx, name), one)
    for name, gone in known.items():
        if name not in wanted:
            if timer := timers.of(tx, gone.id, TimerKind.HEARTBEAT):
                timers.forget(tx, timer.id)
            if alerts.is_open(tx, SOURCE, name):
                _tell(tx, name, State.RESOLVED, "is not expected any more", wanted)
    heartbeats.forget(tx, known.keys() - wanted.keys())


def beat(tx: Tx, name: str) -> None:
    """Note that one was heard of; if it was missed, that is over."""
    known = heartbeats.every(tx).get(name)
    number = known.id if known else heartbeats.expect(tx, name)
    heartbeats.heard(tx, number)
    _await(tx, number, tx.process.heartbeats[name])
    if alerts.is_open(tx, SOURCE, name):
        _tell(tx, name, State.RESOLVED, "is heard of again", tx.process.heartbeats)


def missed(tx: Tx, timer: Timer) -> None:
    """Raise an alert for one that was not heard of in its time. It stays until it is heard of again."""
    timers.forget(tx, timer.id)
    known = heartbeats.get(tx, timer.subject)
    expected = tx.process.heartbeats.get(known.name) if known else None
    if not known or not expected:
        return
    if tx.now - timer.at > LATE and tx.why_late(timer.at) is Cause.NOT_RUNNING:
        _await(tx, known.id, expected)  # nobody was here to hear it
    else:
        _tell(tx, known.name, State.FIRING, _since(known, expected, tx), tx.process.heartbeats)


def _since(known: Heard, expected: Heartbeat, tx: Tx) -> str:
    if known.last_at is None:
        return f"was never heard of, and is expected every {lasting(expected.every)}"
    silent, every = lasting(tx.now - known.last_at), lasting(expected.every)
    return f"was not heard of for {silent}, and is expected every {every}"


def _await(tx: Tx, number: int, expected: Heartbeat) -> None:
    timers.put(tx, number, TimerKind.HEARTBEAT, Wanted("", tx.now + expected.every))


def _tell(tx: Tx, name: str, state: State, said: str, wanted: Mapping[str, Heartbeat]) -> None:
    severity = wanted[name].severity if name in wanted else None
    signal = Signal(
        key=name,
        title=f"{name} {said}",
        state=state,
        severity=severity,
        labels={"heartbeat": name},
        group=name,
    )
    take(tx, [[Taken(SOURCE, signal, "")]])
