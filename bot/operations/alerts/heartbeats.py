"""Heartbeats: what is to be heard of regularly. Silence is an alert, and being heard again ends it."""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.alerts.routing import Heartbeat
from bot.domain.alerts.signals import Signal, State
from bot.domain.errors import Refused
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.paging.escalations import Cause
from bot.operations.alerts.intake import take
from bot.views.mrkdwn import lasting
from storage import alerts, heartbeats, timers
from storage.alerts import Taken
from storage.heartbeats import Heard
from storage.transaction import Tx

APART = "/"
MOST = 1000
"""So many heartbeats are expected at most, with their instances."""
LATE = timedelta(seconds=5)
SOURCE = "heartbeat"
"""The source of these alerts, in rules too."""


def expect(tx: Tx) -> None:
    """Expect what the configuration names: one that is new has its whole time; of others nothing changes."""
    wanted, known = tx.process.heartbeats, heartbeats.every(tx)
    for name, one in wanted.items():
        if name not in known and not one.instances:
            _await(tx, heartbeats.expect(tx, name), one)
    over = {name for name in known if not _expected(name, wanted)}
    for name, gone in known.items():
        if name in over:
            if timer := timers.of(tx, gone.id, TimerKind.HEARTBEAT):
                timers.forget(tx, timer.id)
            if alerts.is_open(tx, SOURCE, name):
                _tell(tx, name, State.RESOLVED, "is not expected any more", wanted)
    heartbeats.forget(tx, over)


def _expected(name: str, wanted: Mapping[str, Heartbeat]) -> Heartbeat | None:
    """Return what the configuration says of a heartbeat, or of one of its instances: <name>/<instance>."""
    base, part, _ = name.partition(APART)
    one = wanted.get(base)
    return one if one and one.instances is bool(part) else None


def beat(tx: Tx, base: str, instance: str = "") -> None:
    """Note that one was heard of, or an instance of it; if it was missed, that is over."""
    every = heartbeats.every(tx)
    name = f"{base}{APART}{instance}" if instance else base
    known = every.get(name)
    if not known and len(every) >= MOST:
        raise Refused(f"{MOST} heartbeats are known: no further instance is expected.")
    number = known.id if known else heartbeats.expect(tx, name)
    heartbeats.heard(tx, number)
    _await(tx, number, tx.process.heartbeats[base])
    if alerts.is_open(tx, SOURCE, name):
        _tell(tx, name, State.RESOLVED, "is heard of again", tx.process.heartbeats)


def missed(tx: Tx, timer: Timer) -> None:
    """Raise an alert for one that was not heard of in its time. It stays until it is heard of again."""
    timers.forget(tx, timer.id)
    known = heartbeats.get(tx, timer.subject)
    expected = _expected(known.name, tx.process.heartbeats) if known else None
    if not known or not expected:
        return
    if tx.now - timer.at > LATE and tx.why_late(timer.at) is Cause.NOT_RUNNING:
        _await(tx, known.id, expected)  # nobody was here to hear it
    else:
        _tell(tx, known.name, State.FIRING, _since(known, expected, tx), tx.process.heartbeats)


def _since(known: Heard, expected: Heartbeat, tx: Tx) -> str:
    often = f"every {lasting(expected.every)}" if not expected.windows else "in each of its windows"
    if known.last_at is None:
        return f"was never heard of, and is expected {often}"
    return f"was not heard of for {lasting(tx.now - known.last_at)}, and is expected {often}"


def _await(tx: Tx, number: int, expected: Heartbeat) -> None:
    timers.put(tx, number, TimerKind.HEARTBEAT, Wanted("", expected.due(tx.now)))


def _tell(tx: Tx, name: str, state: State, said: str, wanted: Mapping[str, Heartbeat]) -> None:
    expected = _expected(name, wanted)
    severity = expected.severity if expected else None
    base, _, instance = name.partition(APART)
    signal = Signal(
        key=name,
        title=f"{name} {said}",
        state=state,
        severity=severity,
        labels={"heartbeat": base, **({"instance": instance} if instance else {})},
        group=name,
    )
    take(tx, [[Taken(SOURCE, signal, "")]])
