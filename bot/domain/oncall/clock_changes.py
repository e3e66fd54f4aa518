"""Where clocks change: hours that do not exist or exist twice, and the handovers that fall into them."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.domain.oncall.schedules import Layer

_MINUTES = range(1, 24 * 60 + 1)


@dataclass(frozen=True, slots=True)
class Change:
    """From `start` until `end`, both naive, the clocks show no time at all (`skipped`) or each time twice."""

    start: datetime
    end: datetime
    skipped: bool


@lru_cache(maxsize=256)
def changes(zone: ZoneInfo, year: int) -> tuple[Change, ...]:
    """Return where the clocks of a zone change in a year, to the minute."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(367)]
    return tuple(
        _change(zone, day) for day, next_ in pairwise(days) if _offset(zone, day) != _offset(zone, next_)
    )


def odd_handovers(layer: Layer) -> dict[bool, datetime]:
    """Return a layer's first handover that is skipped (True), and its first that comes twice (False).

    Its first two years are looked at. A layer of one turn hands nothing over.
    """
    found: dict[bool, datetime] = {}
    years = (layer.start.year, layer.start.year + 1) if len(layer.turns) > 1 else ()
    for change in (change for year in years for change in changes(layer.zone, year)):
        number = max(0, -((layer.start - change.start) // layer.every))
        local = layer.start + number * layer.every
        if change.start <= local < change.end and not (layer.end and local >= layer.end):
            found.setdefault(change.skipped, local)
    return found


def _change(zone: ZoneInfo, day: datetime) -> Change:
    before = _offset(zone, day)
    minute = bisect_left(_MINUTES, True, key=lambda n: _offset(zone, day + timedelta(minutes=n)) != before)
    moment = day + timedelta(minutes=_MINUTES[minute])
    after = _offset(zone, moment)
    local = moment.replace(tzinfo=None)
    return Change(local + min(before, after), local + max(before, after), skipped=after > before)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
