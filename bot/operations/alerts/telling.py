"""What is told of alerts: a timeline says that its own are over, and all are counted."""

from collections import Counter
from collections.abc import Sequence

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.requests import Result, result_of
from bot.domain.alerts.routing import DEFAULT, Ended, Rule
from bot.domain.alerts.signals import State
from bot.domain.facts import AlertsEnded
from bot.domain.incidents.incident import Status
from bot.operations.incidents.triage import decline
from storage import alert_tallies, alerts, incidents
from storage.transaction import Tx

OVER = "its source says that all its alerts are over"


def tell_over(tx: Tx, made: Sequence[Alert]) -> None:
    """Note of each incident that the source says which of its alerts are over."""
    over: dict[int, list[Alert]] = {}
    for one in made:
        if one.state is State.RESOLVED and one.incident:
            over.setdefault(one.incident, []).append(one)
    for incident, theirs in over.items():
        _ended(tx, incident, theirs)


def _ended(tx: Tx, number: int, theirs: Sequence[Alert]) -> None:
    """Note that the source says that alerts are over; a triage in which none fires any more ends with them.

    One that comes and goes is left open: somebody has to look why.
    """
    first = theirs[0]
    incident, left = incidents.get(tx, number), alerts.count(tx, number).open
    if not incident.status.open:
        return
    by_rule = _by_rule(tx, theirs)
    flaps = any(
        alerts.flap(tx, first.source, keys, tx.now - rule.flaps_within, rule.flaps) for rule, keys in by_rule
    )
    ways = {rule.ended for rule, _ in by_rule}
    tx.record(
        AlertsEnded(
            incident=incident.id,
            by=first.sender,
            told=incident.status.active and not left,
            alert=first.id,
            title=first.title,
            others=len(theirs) - 1,
            left=left,
            flaps=flaps,
            asks=Ended.ASK in ways and incident.status.active and not left,
        )
    )
    stays = ways != {Ended.CLOSE}
    # a private one is its people's to decide about: no machine knows of it
    if incident.status is Status.TRIAGE and not (left or flaps or stays or incident.private):
        decline(tx, incident.id, by=first.sender, reason=OVER)


def _by_rule(tx: Tx, theirs: Sequence[Alert]) -> list[tuple[Rule, list[str]]]:
    """Return the rules by which it was decided about alerts, each with their keys."""
    rules = {one.name: one for one in tx.process.alert_rules}
    keys: dict[str, list[str]] = {}
    for one in theirs:
        keys.setdefault(one.rule, []).append(one.key)
    return [(rules.get(name, DEFAULT), of_it) for name, of_it in keys.items()]


def count(tx: Tx, before: Sequence[Alert], made: Sequence[Alert]) -> None:
    """Count what became of alerts: each once for what it came to, however often it fires."""
    results: Counter[tuple[str, str]] = Counter()
    for was, now in zip(before, made, strict=True):
        if was.state is not State.RESOLVED and not (was.incident or was.page or was.detached):
            result = result_of(now.outcome)
            if not was.outcome or result_of(was.outcome) is not result:
                results[was.source, result] += 1
            results[was.source, Result.UNROUTED] += not was.outcome and now.rule == DEFAULT.name
    alert_tallies.add(tx, results)
