"""The naive walk: who is on call, found by going through every turn from the first one on.

It shares no line with the rules: it reads local times without `fold`, and looks at everything there is.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.oncall.overrides import Override
from bot.domain.oncall.schedules import Layer, Schedule, Turn

DAY = timedelta(days=1)


def moment_of(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment at which clocks show `local`, or else would, had they not been changed."""
    as_utc = local.replace(tzinfo=UTC)
    before, after = ((as_utc + n * DAY).astimezone(zone).utcoffset() for n in (-1, 1))
    assert before is not None
    assert after is not None
    shown = [
        as_utc - offset
        for offset in (before, after)
        if (as_utc - offset).astimezone(zone).replace(tzinfo=None) == local
    ]
    return min(shown, default=as_utc - before)


def on_call(schedule: Schedule, overrides: Sequence[Override], at: datetime) -> Turn:
    found: Turn = ()
    for layer in schedule.layers:
        found = _turn(layer, at) or found
    for override in overrides:
        if override.start <= at < override.end:
            found = _replaced(found, override) if override.replaces else (override.person,)
    return found


def _replaced(people: Turn, override: Override) -> Turn:
    found: list[str] = []
    for one in people:
        person = override.person if one == override.replaces else one
        if person not in found:
            found.append(person)
    return tuple(found)


def coverage(schedule: Schedule, overrides: Sequence[Override], start: datetime, hours: int) -> list[Turn]:
    return [on_call(schedule, overrides, start + timedelta(hours=n)) for n in range(hours)]


def _turn(layer: Layer, at: datetime) -> Turn:
    if at < moment_of(layer.start, layer.zone) or (layer.end and at >= moment_of(layer.end, layer.zone)):
        return ()
    if layer.restrictions and not any(_inside(layer, at, n) for n in (-2, -1, 0, 1)):
        return ()
    number = 0
    while moment_of(layer.start + (number + 1) * layer.every, layer.zone) <= at:
        number += 1
    return layer.turns[number % len(layer.turns)]


def _inside(layer: Layer, at: datetime, offset: int) -> bool:
    day = at.astimezone(layer.zone).date() + offset * DAY
    for one in layer.restrictions:
        last = day if one.start < one.end else day + DAY
        start, end = datetime.combine(day, one.start), datetime.combine(last, one.end)
        if day.weekday() in one.days and moment_of(start, layer.zone) <= at < moment_of(end, layer.zone):
            return True
    return False
