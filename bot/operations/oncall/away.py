"""Somebody is away: whether they are on call then, and who has to know."""

from bot.domain.errors import Refused
from bot.domain.facts import AwayOnCall
from bot.domain.oncall.overrides import LONGEST
from bot.domain.oncall.spans import Span
from bot.domain.rights import Right
from bot.operations.oncall.rota import rota_of
from bot.operations.rights import allow
from storage.transaction import Tx


def away(tx: Tx, span: Span, *, by: str) -> list[tuple[str, Span]]:
    """Return when a person who is away is on call, and have those told who manage these schedules."""
    allow(tx, by, Right.WORK)
    left = Span(max(span.start, tx.now), span.end)
    if left.end <= left.start or left.end - left.start > LONGEST:
        raise Refused("Name a time to come, of a year at most: `/inc away until fri 18:00`.")
    found = []
    for name in tx.process.schedules:
        if shifts := rota_of(tx, name, by).held(by, left):
            start, end = left.start.isoformat(), left.end.isoformat()
            tx.record(AwayOnCall(schedule=name, person=by, start=start, end=end))
            found += [(name, Span(one.start, one.end)) for one in shifts]
    return sorted(found, key=lambda one: one[1].start)
