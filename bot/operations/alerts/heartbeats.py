"""Heartbeats: what is to be heard of regularly. Silence is an alert, and being heard again ends it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches

from bot.domain.alerts.heartbeats import APART
from bot.domain.alerts.routing import Heartbeat
from bot.domain.alerts.signals import Signal, State
from bot.domain.errors import Refused
from bot.domain.incidents.timers import Timer, TimerKind, Wanted
from bot.domain.paging.escalations import Cause
from bot.domain.rights import Right
from bot.operations.alerts.intake import take
from bot.operations.rights import allow
from bot.views.mrkdwn import lasting
from storage import alerts, heartbeats, timers
from storage.alerts import Taken
from storage.heartbeats import Heard
from storage.transaction import Tx

DATED = "dated"
"""The basis of a timer that stays where it is when a clock is set; `COUNTED` knows it."""
MOST = 1000
"""So many heartbeats are expected at most, with their instances."""
LATE = timedelta(seconds=5)
SOURCE = "heartbeat"
"""The source of these alerts, in rules too."""


def expect(tx: Tx) -> None:
    """Expect what the configuration names: one that is new has its whole time, of others only what it says of
    them may be new.
    """
    wanted, known = tx.process.heartbeats, heartbeats.every(tx)
    for name, one in wanted.items():
        if name not in known and not one.instances:
            _await(tx, heartbeats.expect(tx, name), one)
    for name, seen in known.items():
        if expected := _expected(name, wanted):
            _renew(tx, seen, expected)
        else:
            _forget(tx, seen)


def _renew(tx: Tx, seen: Heard, expected: Heartbeat) -> None:
    """Wait for one as the configuration says now, unless its time is over already, or was put off."""
    timer = timers.of(tx, seen.id, TimerKind.HEARTBEAT)
    if not timer or timer.at <= tx.now:
        return
    due = expected.due(seen.last_at) if seen.last_at else timer.at
    if due <= tx.now or not seen.last_at:
        due = min(timer.at, expected.due(tx.now))
    if due != timer.at:
        _await(tx, seen.id, expected, due)


def _expected(name: str, wanted: Mapping[str, Heartbeat]) -> Heartbeat | None:
    """Return what the configuration says of a heartbeat, or of one of its instances: <name>/<instance>."""
    base, part, _ = name.partition(APART)
    one = wanted.get(base)
    return one if one and one.instances is bool(part) else None


def beat(tx: Tx, base: str, instance: str = "") -> None:
    """Note that one was heard of, or an instance of it; if it was missed, that is over."""
    name = f"{base}{APART}{instance}" if instance else base
    known = heartbeats.named(tx, name)
    if not known and heartbeats.count(tx) >= MOST:
        raise Refused(f"{MOST} heartbeats are known: no further instance is expected.")
    number = known.id if known else heartbeats.expect(tx, name)
    heartbeats.heard(tx, number)
    _await(tx, number, tx.process.heartbeats[base])
    if alerts.is_open(tx, SOURCE, name):
        _tell(tx, name, State.RESOLVED, "is heard of again", tx.process.heartbeats)


def forget_heartbeat(tx: Tx, name: str, *, by: str) -> None:
    """Expect an instance no more, until it is heard of again. If it was missed, that is over."""
    allow(tx, by, Right.WORK)
    seen = heartbeats.named(tx, name)
    if not seen:
        known = [one for one in heartbeats.every(tx) if APART in one]
        near = get_close_matches(name, known, 1)
        cure = f"Did you mean `{near[0]}`?" if near else "`/inc alerts heartbeats` has those that there are."
        raise Refused(f"No heartbeat `{name[:80]}` is expected. {cure}")
    if APART not in seen.name:
        raise Refused(
            f"`{seen.name}` stands in `muster.yml`, and is expected as long as it does. An instance, such as "
            f"`{seen.name}{APART}web-1`, can be forgotten."
        )
    _forget(tx, seen)


def expect_again(tx: Tx, number: int) -> None:
    """Wait for one anew, whatever it waited for."""
    known = heartbeats.get(tx, number)
    if known and (expected := _expected(known.name, tx.process.heartbeats)):
        _await(tx, number, expected)


def _forget(tx: Tx, seen: Heard) -> None:
    if timer := timers.of(tx, seen.id, TimerKind.HEARTBEAT):
        timers.forget(tx, timer.id)
    if alerts.is_open(tx, SOURCE, seen.name):
        _tell(tx, seen.name, State.RESOLVED, "is not expected any more", tx.process.heartbeats)
    heartbeats.forget(tx, [seen.name])


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
    if known.last_at is None:
        return f"was never heard of, and is expected {_often(expected)}"
    return f"was not heard of for {lasting(tx.now - known.last_at)}, and is expected {_often(expected)}"


def _often(expected: Heartbeat) -> str:
    if expected.windows:
        return "in each of its windows"
    late = f", {lasting(expected.grace)} later at most" if expected.grace else ""
    return f"{f'by {expected.runs}' if expected.runs else f'every {lasting(expected.every)}'}{late}"


def _await(tx: Tx, number: int, expected: Heartbeat, due: datetime | None = None) -> None:
    basis = DATED if expected.dated else ""
    timers.put(tx, number, TimerKind.HEARTBEAT, Wanted(basis, due or expected.due(tx.now)))


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
